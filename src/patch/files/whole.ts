/**
 * Whole files. Most that a program reads are small and in the kernel's memory: those are read in one go, which takes less
 * than Node's own four calls, each with its way into C++. What is not in memory takes one piece of work for a thread, where
 * those calls would take one each.
 */
import { binding, Peek } from '../../core/binding';
import { getHub } from '../../core/hub/hub';
import { complete, type Outcome } from './completion';
import { hideFramesOf } from '../engine/hidden-frames';
import type { MakeCooperative, ModuleFunction } from '../engine/table';
import { giveWay, isOthersTurn, mayYield } from '../engine/yielding';

type Holder = Readonly<Record<string, unknown>>;

const { files } = binding;
const hub = getHub();
/** So many bytes are copied once more in no time; more are read to where they belong. */
const MOST = 64 * 1024;
const READ_ONLY = 0;
const NONE = -1;

const told = new Int32Array(1);
let scratch: Buffer | undefined;
// With --permission Node checks what is opened.
const readsItself = !('permission' in process);
hideFramesOf(__filename);

/**
 * Reads a file at once, or else on a thread that does nothing but that, and makes something of its bytes; what is no file, or
 * cannot be read, is left to another way.
 *
 * @param make is given where the bytes lie for the moment, and how many they are
 * @param otherwise the other way
 */
function readWhole<R>(path: unknown, make: (bytes: Buffer, length: number) => R, otherwise: () => R): R {
  scratch ??= Buffer.allocUnsafeSlow(MOST);
  const peek = files.readWhole(path, scratch, told);
  const [number = NONE] = told;
  if (peek === Peek.Done) return make(scratch, number);
  if (peek === Peek.Waits) {
    const bytes = readOnThread(path);
    return bytes === undefined ? otherwise() : make(bytes, bytes.length);
  }
  if (peek !== Peek.Rendezvous) return otherwise();
  try {
    return otherwise();
  } finally {
    if (number !== NONE) files.closeReader(number);
  }
}

// The thread has the descriptor to itself: whoever is thrown out of here leaves nothing behind.
function readOnThread(path: unknown): Buffer | undefined {
  const outcome = complete<Buffer | undefined>((done) => {
    files.startRead(path, (bytes) => {
      const outer = hub.enter(false);
      try {
        done(null, bytes);
      } finally {
        hub.exit(outer);
      }
    });
  });
  return 'result' in outcome ? outcome.result : undefined;
}

/**
 * The text of a file.
 *
 * @param flags those with which it is opened
 * @param otherwise reads it in another way
 */
export function readText(path: unknown, flags: unknown, otherwise: () => Outcome<unknown>): Outcome<unknown> {
  return readsItself && flags === READ_ONLY ? readWhole(path, textOf, otherwise) : otherwise();
}

/** The text that these bytes are, or what Node says of one that is longer than a string can be. */
export function textOf(bytes: Buffer, length: number): Outcome<unknown> {
  try {
    return { result: bytes.toString('utf8', 0, length) };
  } catch (error) {
    return { error };
  }
}

function lasting(bytes: Buffer, length: number): Buffer {
  if (bytes !== scratch) return bytes;
  const copy = Buffer.allocUnsafe(length);
  bytes.copy(copy, 0, 0, length);
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
      return readWhole(path, lasting, readByNode);
    };
  };
}
