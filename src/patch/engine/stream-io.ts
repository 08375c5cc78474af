/** Reading and writing Node's streams in a straight line: what is there is taken at once, the rest is waited for. */
import type { Readable, Writable } from 'node:stream';

import type { WaitLimits } from '../../core/bridges/abort-signal';
import { ConcurrentObjectUseError } from '../../core/errors';
import { Waiter } from '../../core/waiting/waiter';
import { awaitEvent, closedMeanwhile, waitIn } from './await-event';

/** What comes out of a stream: bytes, or text if it has an encoding. */
export type Chunk = Buffer | string;

const LF = 10;
const CR = 13;

// One greenlet at a time waits to read from a stream, and one to write to it.
const reading = new WeakSet<object>();
const writing = new WeakSet<object>();

function alone<T>(busy: WeakSet<object>, stream: object, wait: () => T): T {
  if (busy.has(stream)) throw new ConcurrentObjectUseError('This stream is already used by another greenlet');
  busy.add(stream);
  try {
    return wait();
  } finally {
    busy.delete(stream);
  }
}

/**
 * Reads what is there, or waits until something is.
 *
 * @param size how many bytes; fewer only at the end; unless given, as many as there are
 * @returns a chunk; null at the end
 * @throws {Error} EBADF if the stream was closed before its end, ETIMEDOUT if nothing comes in time; the stream's error;
 *   {ConcurrentObjectUseError} if another greenlet waits for this stream already
 *
 * Source: `gevent.socket.recv`.
 */
export function readFrom(stream: Readable, size?: number, options?: WaitLimits): Chunk | null {
  for (;;) {
    if (stream.errored) throw stream.errored;
    const chunk = stream.read(size) as Chunk | null;
    if (chunk !== null) return chunk;
    if (stream.readableEnded) return null;
    if (stream.destroyed) throw stream.errored ?? closedMeanwhile('read');
    alone(reading, stream, () => awaitEvent(stream, ['readable', 'end', 'close'], 'read', options));
  }
}

/**
 * Reads up to the end of a line.
 *
 * @returns the line without its end; null at the end of the stream
 * @throws as `readFrom`; what was read of the line by then is put back
 */
export function readLineFrom(stream: Readable, options?: WaitLimits): string | null {
  const before: Buffer[] = [];
  try {
    for (;;) {
      const chunk = readFrom(stream, undefined, options);
      if (chunk === null) return before.length === 0 ? null : Buffer.concat(before).toString();
      const bytes = Buffer.from(chunk as string);
      const end = bytes.indexOf(LF);
      before.push(end === -1 ? bytes : bytes.subarray(0, end));
      if (end === -1) continue;
      if (end + 1 < bytes.length) stream.unshift(bytes.subarray(end + 1));
      return textOf(Buffer.concat(before.splice(0)));
    }
  } catch (error) {
    if (before.length > 0) stream.unshift(Buffer.concat(before));
    throw error;
  }
}

function textOf(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === CR ? line.length - 1 : line.length);
}

/**
 * Writes, and waits until it is written unless it went out at once.
 *
 * @throws as `readFrom`
 *
 * Source: `gevent.socket.sendall`.
 */
export function writeTo(stream: Writable, chunk: unknown, encoding?: BufferEncoding, options?: WaitLimits): void {
  send(stream, 'write', options, (done) => stream.write(chunk, encoding ?? 'utf8', done));
}

/**
 * Ends a stream, and waits until all of it is written.
 *
 * @throws as `readFrom`
 */
export function endOf(stream: Writable, chunk?: unknown, encoding?: BufferEncoding, options?: WaitLimits): void {
  send(stream, 'shutdown', options, (done) => void stream.end(chunk, encoding ?? 'utf8', done));
}

function send(
  stream: Writable,
  syscall: string,
  options: WaitLimits | undefined,
  start: (done: (error?: Error | null) => void) => void,
): void {
  if (stream.destroyed) throw stream.errored ?? closedMeanwhile(syscall);
  alone(writing, stream, () => {
    const waiter = new Waiter<undefined>();
    start((error) => {
      if (!error) return waiter.switch(undefined);
      // It is told to the caller, and need not be told again by an event that nobody listens to, which may come first.
      stream.once('error', () => {});
      waiter.throw(error);
    });
    if (stream.writableLength === 0 && !stream.errored && !stream.writableEnded) return;
    try {
      waitIn(waiter, syscall, options);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_STREAM_DESTROYED' ? closedMeanwhile(syscall) : error;
    }
  });
}
