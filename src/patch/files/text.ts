/** Reading and writing whole files as text: Node does it in C++ that has no form for a thread. Here it is done by steps. */
import type { Outcome } from './completion';
import {
  closeLater,
  descriptor,
  DIRECT,
  type FileCall,
  type FileCallOptions,
  type FileFunction,
  isDescriptor,
  outcomeOf,
  WAITS,
} from './call';
import { S_IFREG, sizeIn, typeIn } from './type';
import { readText, textOf } from './whole';

/** A function beneath `fs`, and what is particular about it. */
interface FileStep {
  readonly original: FileFunction;
  readonly options: FileCallOptions;
}

/** What a whole file takes. */
export interface FileSteps {
  readonly open: FileStep;
  readonly fstat: FileStep;
  readonly read: FileStep;
  readonly writeBuffer: FileStep;
  readonly close: FileStep;
}

const DEFAULT_MODE = 0o666;
const LEAST = 8 * 1024;
const FROM_HERE = -1;

// Of a call that is given a descriptor of the program's.
const givenDescriptor = (call: FileCall): unknown => (typeof call.args[0] === 'number' ? descriptor(call) : undefined);

// No descriptor is refused here that is none: what is done with it fails.
const attempt = ({ args: [file] }: FileCall): unknown =>
  typeof file === 'number' && !isDescriptor(file) ? DIRECT : WAITS;

/** Makes a step of a function: the turn of its descriptor is that of the whole. */
export function step(original: FileFunction, options: FileCallOptions): FileStep {
  return { original, options: { ...options, subject: undefined, partOf: options.subject } };
}

/** `readFileUtf8(path or descriptor, flags)`. */
export function readingText(steps: FileSteps): FileCallOptions {
  return {
    arity: 2,
    subject: givenDescriptor,
    attempt,
    wait: ({ args: [file, flags] }) => {
      const readBySteps = (): Outcome<unknown> =>
        withFile(steps, [file, flags, DEFAULT_MODE], (fd) => readAll(steps, fd));
      return typeof file === 'number' ? readBySteps() : readText(file, flags, readBySteps);
    },
  };
}

/** `writeFileUtf8(path or descriptor, text, flags, mode)`. */
export function writingText(steps: FileSteps): FileCallOptions {
  return {
    arity: 4,
    subject: givenDescriptor,
    attempt,
    wait: ({ args: [file, text, flags, mode] }) =>
      withFile(steps, [file, flags, mode], (fd) => writeAll(steps, fd, Buffer.from(text as string, 'utf8'))),
  };
}

function take({ original, options }: FileStep, ...args: unknown[]): Outcome<unknown> {
  return outcomeOf({ original, self: undefined, args }, options);
}

function withFile(
  steps: FileSteps,
  [file, flags, mode]: readonly unknown[],
  use: (fd: number) => Outcome<unknown>,
): Outcome<unknown> {
  if (typeof file === 'number') return use(file);
  const opened = take(steps.open, file, flags, mode);
  if ('error' in opened) return opened;
  const fd = opened.result as number;
  let used: Outcome<unknown>;
  try {
    used = use(fd);
  } catch (error) {
    closeLater(steps.close.original, fd);
    throw error;
  }
  const closed = take(steps.close, fd);
  return 'error' in used ? used : 'error' in closed ? closed : used;
}

function readAll(steps: FileSteps, fd: number): Outcome<unknown> {
  const stats = take(steps.fstat, fd, false, undefined, true);
  if ('error' in stats) return stats;
  const isRegular = typeIn(stats) === S_IFREG;
  let bytes: Buffer = Buffer.allocUnsafeSlow(isRegular ? sizeIn(stats) + 1 : LEAST);
  let length = 0;
  for (let isAtEnd = false; !isAtEnd;) {
    const room = bytes.length - length;
    const outcome = take(steps.read, fd, bytes, length, room, FROM_HERE);
    if ('error' in outcome) return outcome;
    const count = outcome.result as number;
    length += count;
    isAtEnd = count === 0 || (isRegular && count < room);
    if (length === bytes.length) bytes = grown(bytes);
  }
  return textOf(bytes, length);
}

function grown(bytes: Buffer): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, LEAST));
  bytes.copy(larger);
  return larger;
}

function writeAll(steps: FileSteps, fd: number, bytes: Buffer): Outcome<unknown> {
  for (let offset = 0; offset < bytes.length;) {
    const outcome = take(steps.writeBuffer, fd, bytes, offset, bytes.length - offset, null);
    if ('error' in outcome) return outcome;
    offset += outcome.result as number;
  }
  return { result: undefined };
}
