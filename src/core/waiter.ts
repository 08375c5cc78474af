import { leave } from './carrier';
import { BlockingSwitchOutError, InvalidSwitchError } from './errors';
import { getHub } from './hub';
import { internals } from './internals';
import { binding } from './binding';
import { getCurrent, getMain, type RawGreenlet } from './raw-greenlet';

const inspector = internals.internalBinding('inspector') as { isEnabled?: () => boolean };

/** Why the running code cannot be suspended, or undefined. */
function whyNot(): string | undefined {
  if (getCurrent() === getMain()) return 'on the hub, which must go on for all others';
  if ((process as NodeJS.Process & { _exiting?: boolean })._exiting) return 'in an exit handler';
  if (inspector.isEnabled?.() && binding.isPausedByDebugger()) return 'while the debugger holds the thread';
  return undefined;
}

/** Whether a blocking call can suspend the code that runs now. */
export function canBlock(): boolean {
  return whyNot() === undefined;
}

/** Throws unless a blocking call can suspend the code that runs now. */
export function assertCanBlock(): void {
  const reason = whyNot();
  if (reason !== undefined) throw new BlockingSwitchOutError(`Impossible to block ${reason}`);
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
export class Waiter<T> {
  #greenlet: RawGreenlet | undefined;
  #isReady = false;
  #value: T | undefined;
  #error: unknown;
  #hasFailed = false;

  /**
   * The message; waits for it if it is not there yet.
   *
   * @throws what was delivered with `throw`; {BlockingSwitchOutError} where waiting is not possible
   */
  get(): T {
    if (!this.#isReady) this.#wait();
    if (this.#hasFailed) throw this.#error;
    return this.#value as T;
  }

  /** Delivers a value. */
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

  #wait(): void {
    assertCanBlock();
    this.#greenlet = getCurrent();
    const sent = leave();
    this.#greenlet = undefined;
    if (sent !== this) throw new InvalidSwitchError('A switch into a waiting greenlet that its wait knows nothing of');
  }

  #wake(): void {
    this.#isReady = true;
    if (this.#greenlet === undefined) return;
    if (getCurrent() === getMain()) this.#switchIn();
    else getHub().runCallback(() => this.#switchIn());
  }

  #switchIn(): void {
    if (this.#greenlet !== undefined) getHub().switchIn(this.#greenlet, this);
  }
}
