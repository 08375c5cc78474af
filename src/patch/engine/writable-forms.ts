import type { Writable } from 'node:stream';

import type { WaitLimits } from '../../core/bridges/abort-signal';
import { blockingForm } from './blocking-form';
import { endOf, writeTo } from './stream-io';

/** What is added to all that can be written to. */
export interface BlockingWritable {
  /** Writes, and waits until it is written unless it goes out at once. */
  writeSync(chunk: unknown, encoding?: BufferEncoding, options?: WaitLimits): void;
  /** Ends the stream, and waits until all of it is written. */
  endSync(chunk?: unknown, encoding?: BufferEncoding, options?: WaitLimits): void;
}

/** `writeSync` of whatever has `write`. */
export const writeSync = blockingForm(
  'writeSync',
  function (this: Writable, chunk: unknown, encoding?: BufferEncoding, options?: WaitLimits) {
    writeTo(this, chunk, encoding, options);
  },
);

/** `endSync` of whatever has `end`. */
export const endSync = blockingForm(
  'endSync',
  function (this: Writable, chunk?: unknown, encoding?: BufferEncoding, options?: WaitLimits) {
    endOf(this, chunk, encoding, options);
  },
);
