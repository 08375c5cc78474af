/** `read`: what is in memory at once, the rest on a thread. */
import { binding, Peek } from '../../core/binding';
import type { Outcome } from './completion';
import { descriptor, DIRECT, type FileCall, type FileCallOptions, isDescriptor, request, WAITS } from './file-call';

type ReadArguments = [fd: number, bytes: ArrayBufferView, offset: number, length: number, position: number | bigint];

const { files } = binding;
/** As many bytes as are copied within some tenths of a millisecond: more is a thread's work, wherever it is. */
const MOST_AT_ONCE = 512 * 1024;

const counted = new Uint32Array(1);
// How much the attempt of a call has read that did not get all.
const begun = new WeakMap<FileCall, number>();

/** `read(fd, bytes, offset, length, position)`. */
export const reading: FileCallOptions = { arity: 5, subject: descriptor, attempt, wait };

function attempt(call: FileCall): unknown {
  const [fd, bytes, offset, length, position] = call.args as ReadArguments;
  if (!isDescriptor(fd)) return DIRECT;
  if (length > MOST_AT_ONCE || begun.has(call)) return WAITS;
  const peek = files.read(fd, bytes, offset, length, Number(position), counted);
  if (peek === Peek.Done) return counted[0];
  if (peek === Peek.Ready) return DIRECT;
  if (counted[0]! > 0) begun.set(call, counted[0]!);
  return WAITS;
}

function wait(call: FileCall, options: FileCallOptions): Outcome<unknown> {
  const done = begun.get(call) ?? 0;
  if (done === 0) return request(call, options);
  const [fd, bytes, offset, length, position] = call.args as ReadArguments;
  const from = Number(position) < 0 ? position : Number(position) + done;
  const outcome = request({ ...call, args: [fd, bytes, offset + done, length - done, from] }, options);
  // What is read is read.
  return { result: done + ('error' in outcome ? 0 : (outcome.result as number)) };
}
