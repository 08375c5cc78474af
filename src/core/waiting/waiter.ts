import { inspect } from 'node:util';

import { binding } from '../binding';
import { BlockingSwitchOutError, ConcurrentObjectUseError, InvalidSwitchError } from '../errors';
import { leave } from '../hub/carrier';
import { assertNotCritical } from '../hub/critical';
import { getHub, type Wakeup } from '../hub/hub';
import { whyNoYield } from '../hub/no-yield';
import { rethrowSwallowed } from '../hub/sticky-cancellation';
import { whyNotBelowWasm } from '../hub/wasm-stacks';
import { isTelling } from '../switching/channels';
import { context } from '../switching/context';
import { getCurrent, peekCurrent, type RawGreenlet } from '../switching/raw-greenlet';

const hub = getHub();

const { pausedByDebugger } = binding;
const { whyBound } = context;

/** Why the running code cannot be suspended, or undefined. */
function whyNot(): string | undefined {
  if (peekCurrent() === hub.greenlet) return 'on the hub, which must go on for all others';
  if (hub.destroyed) return 'when the hub is destroyed';
  if (isTelling()) return 'in a subscriber to what greenlets do';
  const reason = whyNoYield();
  if (reason !== undefined) return reason;
  if ((process as NodeJS.Process & { _exiting?: boolean })._exiting) return 'in an exit handler';
  if (pausedByDebugger[0] === 1) return 'while the debugger holds the thread';
  return whyNotBelowWasm() ?? whyBound();
}

/** Whether a blocking call can suspend the code that runs now. */
export function canBlock(): boolean {
  return whyNot() === undefined;
}

/**
 * Throws unless a blocking call can suspend the code that runs now: a BlockingSwitchOutError, or what is waiting to be
 * thrown into it; a HubDestroyedError if the hub is.
 */
export function assertCanBlock(): void {
  hub.assertNotDestroyed();
  const reason = whyNot();
  if (reason !== undefined) throw new BlockingSwitchOutError(`Impossible to block ${reason}`);
  assertNotCritical();
  rethrowSwallowed();
}

/**
 * A mailbox for one message: one greenlet waits in `get`, anyone delivers with `switch` or `throw`. It is what every
 * blocking call is made of, and the one place where a wait and its wake-up meet.
 *
 * @example
 * const waiter = new Waiter<string>();
 * setTimeout(() => waiter.switch('late'), 10);
 * waiter.get(); // 'late', after 10 ms in which everything else runs
 *
 * Source: `gevent._waiter.Waiter`.
 */
export class Waiter<T> implements Wakeup {
  /** Who waits; the hub's business. */
  greenlet: RawGreenlet | undefined;
  readonly #keepsTurns: boolean;
  #isReady = false;
  #value: T | undefined;
  #error: unknown;
  #hasFailed = false;

  /**
   * @param keepsTurns internal: whether the message comes by itself, as that of a patched call, so that who waits for it keeps
   *   the turns that it has at streams and the like
   */
  constructor(keepsTurns = false) {
    this.#keepsTurns = keepsTurns;
  }

  /** Whether the message is there. */
  get ready(): boolean {
    return this.#isReady;
  }

  /**
   * The message; waits for it if it is not there yet.
   *
   * @throws what was delivered with `throw`, or thrown into the greenlet meanwhile; {ConcurrentObjectUseError} if
   *   another greenlet waits for it; {BlockingSwitchOutError} where waiting is not possible
   */
  get(): T {
    if (!this.#isReady) this.#wait();
    if (this.#hasFailed) throw this.#error;
    return this.#value as T;
  }

  /** Delivers a value, from the hub or from any greenlet; who waits is switched in by the hub. */
  switch(value: T): void {
    this.#value = value;
    this.#wake();
  }

  /** Delivers an error. */
  throw(error: unknown): void {
    this.#error = error;
    this.#hasFailed = true;
    this.#wake();
  }

  /** Forgets the message, so that the mailbox can be used again. */
  clear(): void {
    this.#isReady = false;
    this.#hasFailed = false;
    this.#value = undefined;
    this.#error = undefined;
  }

  #wait(): void {
    if (this.greenlet !== undefined) {
      throw new ConcurrentObjectUseError(`This Waiter is already used by ${inspect(this.greenlet)}`);
    }
    assertCanBlock();
    this.greenlet = getCurrent();
    let sent: unknown;
    try {
      sent = leave(this.#keepsTurns);
    } finally {
      this.greenlet = undefined;
    }
    if (sent !== this) throw new InvalidSwitchError(`A stray switch into a waiting greenlet, with ${inspect(sent)}`);
  }

  #wake(): void {
    const isWoken = this.#isReady;
    this.#isReady = true;
    // Woken twice for one wait, it would end the next one before its message is there.
    if (this.greenlet === undefined || isWoken) return;
    if (peekCurrent() === hub.greenlet) hub.switchIn(this.greenlet, this);
    else hub.wake(this);
  }
}
