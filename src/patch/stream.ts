import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { waitPromise } from '../core/bridges/bridge';
import { blockingForm, formOfPromise } from './engine/blocking-form';
import { type Chunk, readFrom, readLineFrom } from './engine/stream-io';
import { type BlockingWritable, endSync, writeSync } from './engine/writable-forms';
import { definePatch, type ModuleFunction } from './engine/table';

interface BlockingReadable {
  /**
   * Reads what is there, or waits until something is.
   *
   * @param size how many bytes; fewer only at the end; unless given, as many as there are
   * @param options `timeout` in milliseconds, `signal`
   * @returns a chunk; null at the end
   */
  readSync(size?: number | null, options?: WaitLimits): Chunk | null;
  /** Reads a line, which is returned without its end; null at the end of the stream. */
  readLineSync(options?: WaitLimits): string | null;
  /** Reads to the end. Returns a Buffer; a string if the stream has an encoding; a list if it is one of objects. */
  readAllSync(): Buffer | string | unknown[];
}

type Chunks = Iterable<unknown> | AsyncIterable<unknown>;
type Source = Chunks | (() => Chunks);
// A method, whose parameter may be more special than this.
type Step = NodeJS.WritableStream | { through(source: AsyncIterable<unknown>): unknown }['through'];
type Options = { signal?: AbortSignal; end?: boolean };

declare module 'stream' {
  /**
   * The blocking form of `stream/promises.pipeline`: suspends the greenlet until all has gone through.
   *
   * @returns what a function at the end has returned
   */
  function pipelineSync(source: Source, ...steps: Array<Step | Options>): unknown;
  function pipelineSync(streams: ReadonlyArray<Source | Step>, options?: Options): unknown;
  interface Readable extends BlockingReadable {}
  interface Writable extends BlockingWritable {}
  interface Duplex extends BlockingWritable {}
}

async function readAll(stream: Readable): Promise<unknown> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  if (stream.readableObjectMode) return chunks;
  return stream.readableEncoding === null ? Buffer.concat(chunks as Uint8Array[]) : chunks.join('');
}

const extensions: Record<string, ModuleFunction> = {
  pipelineSync: formOfPromise('pipelineSync', pipeline as (...args: never[]) => unknown),
  'Readable.prototype.readSync': blockingForm(
    'readSync',
    function (this: Readable, size?: number | null, options?: WaitLimits) {
      return readFrom(this, size ?? undefined, options);
    },
  ),
  'Readable.prototype.readLineSync': blockingForm('readLineSync', function (this: Readable, options?: WaitLimits) {
    return readLineFrom(this, options);
  }),
  'Readable.prototype.readAllSync': blockingForm('readAllSync', function (this: Readable) {
    return waitPromise(readAll(this));
  }),
  'Writable.prototype.writeSync': writeSync,
  'Writable.prototype.endSync': endSync,
  // It has copies of the methods that a Writable had when Node was built.
  'Duplex.prototype.writeSync': writeSync,
  'Duplex.prototype.endSync': endSync,
};

/** Streams that are read, written and waited for in a straight line: sockets, bodies, pipes. */
export const stream = definePatch({ module: 'stream', extensions });
