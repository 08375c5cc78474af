import { internals } from '../core/internals';
import { type FileCallOptions, type FileFunction, onThread } from './engine/file-call';
import { definePatch } from './engine/table';

const { close } = internals.internalBinding('fs') as { close: FileFunction };

// For which errors there is no entry.
const LOOKS_NO_FURTHER = new Set(process.version.startsWith('v20.') ? ['ENOENT'] : ['ENOENT', 'ENOTDIR']);
const IS_NOT_THERE = new Set(['ENOENT']);

const closeIt = (fd: unknown): void => void close(fd);
const hasBigints = (args: readonly unknown[]): boolean => args[1] === true;

const statLike = (codes: ReadonlySet<string>): FileCallOptions => ({
  arity: 2,
  hasBigints,
  forgives: ({ code }, args) => args[3] === false && codes.has(code!),
});

/** Everything that waits for a file. */
export const fs = definePatch({
  module: 'fs',
  beneath: {
    fs: {
      access: onThread({ arity: 2 }),
      chmod: onThread({ arity: 2 }),
      chown: onThread({ arity: 3 }),
      close: onThread({ arity: 1 }),
      copyFile: onThread({ arity: 3 }),
      fchmod: onThread({ arity: 2 }),
      fchown: onThread({ arity: 3 }),
      fdatasync: onThread({ arity: 1 }),
      fstat: onThread({ arity: 2, hasBigints, forgives: (_error, args) => args[3] === true }),
      fsync: onThread({ arity: 1 }),
      ftruncate: onThread({ arity: 2 }),
      futimes: onThread({ arity: 3 }),
      lchown: onThread({ arity: 3 }),
      link: onThread({ arity: 2 }),
      lstat: onThread(statLike(IS_NOT_THERE)),
      lutimes: onThread({ arity: 3 }),
      mkdir: onThread({ arity: 3, failsOtherwise: true }),
      mkdtemp: onThread({ arity: 2, failsOtherwise: true }),
      open: onThread({ arity: 3, discard: closeIt }),
      read: onThread({ arity: 5 }),
      readBuffers: onThread({ arity: 3 }),
      readdir: onThread({ arity: 3 }),
      readlink: onThread({ arity: 2 }),
      realpath: onThread({ arity: 2 }),
      rename: onThread({ arity: 2 }),
      rmdir: onThread({ arity: 1 }),
      stat: onThread(statLike(LOOKS_NO_FURTHER)),
      statfs: onThread({ arity: 2, hasBigints }),
      symlink: onThread({ arity: 3 }),
      unlink: onThread({ arity: 1 }),
      utimes: onThread({ arity: 3 }),
      writeBuffer: onThread({ arity: 5 }),
      writeBuffers: onThread({ arity: 3 }),
      writeString: onThread({ arity: 4 }),
    },
  },
  covers: [
    'accessSync',
    'appendFileSync',
    'chmodSync',
    'chownSync',
    'closeSync',
    'copyFileSync',
    'cpSync',
    'existsSync',
    'fchmodSync',
    'fchownSync',
    'fdatasyncSync',
    'fstatSync',
    'fsyncSync',
    'ftruncateSync',
    'futimesSync',
    'globSync',
    'lchownSync',
    'linkSync',
    'lstatSync',
    'lutimesSync',
    'mkdirSync',
    'mkdtempSync',
    'mkdtempDisposableSync',
    'openSync',
    'opendirSync',
    'readFileSync',
    'readSync',
    'readdirSync',
    'readlinkSync',
    'readvSync',
    'realpathSync',
    'renameSync',
    'rmSync',
    'rmdirSync',
    'statSync',
    'statfsSync',
    'symlinkSync',
    'truncateSync',
    'unlinkSync',
    'utimesSync',
    'writeFileSync',
    'writeSync',
    'writevSync',
  ],
});
