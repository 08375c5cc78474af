/** What putting into a queue or a channel and getting from it have in common. */
import { checkTimeout } from './argument-checks';
import { invalidArgType } from './errors';
import type { Place, WaitList } from './wait-list';
import { assertCanBlock } from './waiter';

/** How `put`, `get` and `peek` behave when what they do is not possible at once. */
export interface TransferOptions {
  /** Whether to wait; true unless given. */
  block?: boolean;
  /** How long at most, in milliseconds; for ever unless given. */
  timeout?: number | null;
}

/** For the calls that never wait. */
export const NOWAIT: TransferOptions = Object.freeze({ block: false });

/** Throws for options that cannot be. */
export function checkTransfer({ block, timeout }: TransferOptions): void {
  if (block !== undefined && typeof block !== 'boolean') throw invalidArgType('options.block', 'a boolean', block);
  checkTimeout(timeout, 'options.timeout');
}

/** Waits at the end of a line until somebody takes the place out of it and switches it in. */
export function waitIn<P extends Place>(line: WaitList<P>, place: P): void {
  assertCanBlock();
  line.add(place);
  try {
    place.wait();
  } finally {
    line.remove(place);
  }
}
