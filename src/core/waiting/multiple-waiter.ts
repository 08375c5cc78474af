import { Ring } from '../ring';
import { Waiter } from './waiter';

/**
 * A mailbox for any number of messages: one greenlet takes them out with `get`, one by one; what is delivered while it does
 * something else is kept for it. For who waits for several things and may be switched out between two of them.
 *
 * @example
 * const waiter = new MultipleWaiter<string>();
 * setTimeout(() => waiter.switch('first'), 10);
 * setTimeout(() => waiter.switch('second'), 20);
 * console.log(waiter.get(), waiter.get()); // first second
 *
 * Source: `gevent._waiter.MultipleWaiter`.
 */
export class MultipleWaiter<T> {
  readonly #messages = new Ring<T>();
  readonly #waiter = new Waiter<undefined>();

  /** Whether a message is there. */
  get ready(): boolean {
    return this.#messages.length > 0;
  }

  /**
   * Takes the oldest message out; waits for one if there is none.
   *
   * @returns the message
   * @throws what is thrown into the greenlet meanwhile; {ConcurrentObjectUseError} if another greenlet waits for it;
   *   {BlockingSwitchOutError} where waiting is not possible
   */
  get(): T {
    while (!this.ready) {
      this.#waiter.clear();
      this.#waiter.get();
    }
    return this.#messages.shift()!;
  }

  /** Delivers a message, from the hub or from any greenlet; who waits is switched in by the hub. */
  switch(message: T): void {
    this.#messages.push(message);
    this.#waiter.switch(undefined);
  }
}
