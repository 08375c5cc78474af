/**
 * Whole files. Most that a program reads are small and in the kernel's memory: those are read in one go, which takes less
 * than Node's own four calls, each with its way into C++.
 */
import { binding, Peek } from '../../core/binding';
import { hideFramesOf } from '../engine/hidden-frames';
import type { MakeCooperative, ModuleFunction } from '../engine/table';
import { giveWay, isOthersTurn, mayYield } from '../engine/yielding';

type Holder = Readonly<Record<string, unknown>>;

const { files } = binding;
/** So many bytes are copied once more in no time; more are read to where they belong. */
const MOST = 64 * 1024;
const READ_ONLY = 0;
const NONE = -1;

const told = new Int32Array(1);
let bytes: Buffer | undefined;
// With --permission Node checks what is opened.
const readsItself = !('permission' in process);
hideFramesOf(__filename);

/**
 * Reads a file if it can be read now, and makes something of its bytes; else does it in another way.
 *
 * @param make is given where the bytes lie for the moment, and how many they are
 * @param otherwise the other way
 */
function readNow<R>(path: unknown, make: (bytes: Buffer, length: number) => R, otherwise: () => R): R {
  bytes ??= Buffer.allocUnsafeSlow(MOST);
  const peek = files.readWhole(path, bytes, told);
  const [number = NONE] = told;
  if (peek === Peek.Done) return make(bytes, number);
  if (peek !== Peek.Rendezvous) return otherwise();
  try {
    return otherwise();
  } finally {
    files.closeReader(number);
  }
}

/**
 * The text of a file.
 *
 * @param flags those with which it is opened
 * @param otherwise reads it in another way
 */
export function readText<R>(path: unknown, flags: unknown, otherwise: () => R): R | { readonly result: string } {
  if (!readsItself || flags !== READ_ONLY) return otherwise();
  return readNow<R | { readonly result: string }>(path, textOf, otherwise);
}

function textOf(from: Buffer, length: number): { readonly result: string } {
  return { result: from.toString('utf8', 0, length) };
}

function copyOf(from: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  from.copy(copy, 0, 0, length);
  return copy;
}

/**
 * `readFileSync(path)`, without options; with them Node does what it does.
 *
 * @param module what has `openSync` and the others that Node calls: others, such as mocks of the file system, may put theirs
 *   in their place
 * @param beneath the same of the C++ functions
 */
export function readingBytes(module: Holder, beneath: Holder): MakeCooperative {
  return (original: ModuleFunction) => {
    const { openSync, readSync, closeSync } = module;
    const { open, fstat, read, close } = beneath;
    const isUntouched = (): boolean =>
      module.openSync === openSync &&
      module.readSync === readSync &&
      module.closeSync === closeSync &&
      beneath.open === open &&
      beneath.fstat === fstat &&
      beneath.read === read &&
      beneath.close === close;
    return function readFileSync(this: unknown, path: unknown, options: unknown): unknown {
      const readByNode = (): unknown => Reflect.apply(original, this, arguments as unknown as never[]);
      if (options !== undefined || typeof path !== 'string' || path.includes('\0')) return readByNode();
      if (!readsItself || !isUntouched() || !mayYield()) return readByNode();
      if (isOthersTurn()) giveWay();
      return readNow(path, copyOf, readByNode);
    };
  };
}
