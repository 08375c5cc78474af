// To be preloaded: from here on no file is ever in the kernel's memory, so that every call waits for a thread.
import { binding, type Files, Peek } from '../../../src/core/binding';
import { internals } from '../../../src/core/internals';

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const { read } = binding.files;
const { fstat } = internals.internalBinding('fs') as {
  fstat(fd: number, hasBigints: false): Float64Array | undefined;
};

function isFile(fd: number): boolean {
  try {
    return ((fstat(fd, false)?.[1] ?? 0) & S_IFMT) === S_IFREG;
  } catch {
    return false;
  }
}

const waits = (): Peek => Peek.Waits;
const nothing: Partial<Files> = {
  peekPath: waits,
  peekOpen: waits,
  peekStat: waits,
  peekClose: waits,
  open: (_path, _flags, opened) => {
    opened[0] = -1;
    return Peek.Unknown;
  },
  readWhole: waits,
  read: (fd, bytes, offset, length, position, counted) => {
    if (!isFile(fd)) return read(fd, bytes, offset, length, position, counted);
    counted[0] = 0;
    return Peek.Waits;
  },
};

Object.assign(binding.files, nothing);
