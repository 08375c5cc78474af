/** Reading: what is in memory at once, the rest of a file on a thread, of a stream when there is something. */
import { binding, Peek } from '../../core/binding';
import type { Outcome } from './completion';
import { descriptor, DIRECT, type FileCall, type FileCallOptions, isDescriptor, request, WAITS } from './call';
import { READABLE, waitUntilReady } from './stream';

type ReadArguments = [fd: number, bytes: ArrayBufferView, offset: number, length: number, position: number | bigint];
type ReadvArguments = [fd: number, buffers: readonly NodeJS.ArrayBufferView[], position: number | null];

/** How an attempt has ended that did not read all. */
interface Attempted {
  readonly peek: Peek;
  readonly count: number;
}

const { files } = binding;
/** As many bytes as are copied within some tenths of a millisecond: more is a thread's work, wherever it is. */
const MOST_AT_ONCE = 512 * 1024;
const FROM_HERE = -1;

const counted = new Int32Array(1);
const attempted = new WeakMap<FileCall, Attempted>();

/** `read(fd, bytes, offset, length, position)`. */
export const reading: FileCallOptions = {
  arity: 5,
  subject: descriptor,
  attempt: (call) => {
    const [fd, bytes, offset, length, position] = call.args as ReadArguments;
    if (!isDescriptor(fd)) return DIRECT;
    const part = Math.min(length, MOST_AT_ONCE);
    const peek = files.read(fd, bytes, offset, part, Number(position), counted);
    const count = counted[0]!;
    if (peek === Peek.Ready) return DIRECT;
    return peek === Peek.Done && (count < part || part === length) ? count : attemptedUpTo(call, peek, count);
  },
  wait: (call, options) =>
    waitForStream(call, options) ??
    readRest(call, options, (count) => {
      const [fd, bytes, offset, length, position] = call.args as ReadArguments;
      return [fd, bytes, offset + count, length - count, position < 0 ? position : Number(position) + count];
    }),
};

/** `readBuffers(fd, buffers, position)`. */
export const readingMany: FileCallOptions = {
  arity: 3,
  subject: descriptor,
  attempt: (call) => {
    const [fd, buffers, position] = call.args as ReadvArguments;
    if (!isDescriptor(fd) || buffers.length === 0) return DIRECT;
    let count = 0;
    for (const buffer of buffers) {
      const { byteLength } = buffer;
      const part = Math.min(byteLength, MOST_AT_ONCE - count);
      const peek = files.read(fd, buffer, 0, part, placeBehind(position, count) ?? FROM_HERE, counted);
      if (peek === Peek.Ready) return count > 0 ? count : DIRECT;
      count += counted[0]!;
      if (peek === Peek.Done && counted[0]! < part) return count;
      if (peek !== Peek.Done || part < byteLength) return attemptedUpTo(call, peek, count);
    }
    return count;
  },
  wait: (call, options) =>
    waitForStream(call, options) ??
    readRest(call, options, (count) => {
      const [fd, buffers, position] = call.args as ReadvArguments;
      return [fd, behind(buffers, count), placeBehind(position, count)];
    }),
};

function attemptedUpTo(call: FileCall, peek: Peek, count: number): unknown {
  // A stream gives what there is.
  if (peek === Peek.Rendezvous && count > 0) return count;
  attempted.set(call, { peek, count });
  return WAITS;
}

function waitForStream(call: FileCall, options: FileCallOptions): Outcome<unknown> | undefined {
  const [fd] = call.args as [number];
  while (attempted.get(call)?.peek === Peek.Rendezvous) {
    if (!waitUntilReady(fd, READABLE)) return undefined;
    const result = options.attempt!(call);
    if (result !== WAITS) return { result };
  }
  return undefined;
}

function readRest(
  call: FileCall,
  options: FileCallOptions,
  argumentsBehind: (count: number) => unknown[],
): Outcome<unknown> {
  const count = attempted.get(call)?.count ?? 0;
  if (count === 0) return request(call, options);
  const outcome = request({ ...call, args: argumentsBehind(count) }, options);
  // What is read is read.
  return { result: count + ('error' in outcome ? 0 : (outcome.result as number)) };
}

// Null for where the file is, which is what C++ takes any other value for.
function placeBehind(position: number | null, count: number): number | null {
  return Number.isSafeInteger(position) && position! >= 0 ? position! + count : null;
}

function behind(buffers: readonly NodeJS.ArrayBufferView[], count: number): NodeJS.ArrayBufferView[] {
  const rest: NodeJS.ArrayBufferView[] = [];
  let skipped = 0;
  for (const { buffer, byteOffset, byteLength } of buffers) {
    const skip = Math.min(byteLength, count - skipped);
    skipped += skip;
    if (skip < byteLength) rest.push(new Uint8Array(buffer, byteOffset + skip, byteLength - skip));
  }
  return rest;
}
