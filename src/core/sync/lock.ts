import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions } from '../argument-checks';
import { LockError } from '../errors';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { type Lock, Semaphore } from './semaphore';

/** What an RLock was when it was left altogether. */
export interface Holding {
  readonly owner: RawGreenlet | undefined;
  readonly count: number;
}

/**
 * A lock that belongs to the greenlet that has acquired it, which may acquire it again, and must release it as often.
 *
 * A greenlet that is killed while it holds the lock does not release it: do so in `finally`, or declare
 * `using held = lock.hold()`.
 *
 * @example
 * const lock = new RLock();
 * lock.acquire();
 * try {
 *   transfer(from, to); // which may acquire it too
 * } finally {
 *   lock.release();
 * }
 *
 * Source: `gevent.lock.RLock`.
 */
export class RLock implements Lock {
  readonly #block = new Semaphore(1);
  #owner: RawGreenlet | undefined;
  #count = 0;

  /** Whether it belongs to a greenlet. */
  locked(): boolean {
    return this.#count > 0;
  }

  /** Whether it belongs to the current greenlet. */
  isOwned(): boolean {
    return this.#owner === getCurrent();
  }

  /**
   * Acquires it; waits while it belongs to another greenlet.
   *
   * @param options `block`: false returns instead of waiting; `timeout`: milliseconds, for ever unless given
   * @returns whether it was acquired
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  acquire(options?: BlockOptions): boolean {
    checkBlockOptions(options);
    const current = getCurrent();
    if (this.#owner === current) {
      this.#count++;
      return true;
    }
    if (!this.#block.acquire(options)) return false;
    this.#owner = current;
    this.#count = 1;
    return true;
  }

  /**
   * Releases it once.
   *
   * @throws {LockError} ERR_UNBLOCK_NOT_OWNER if it does not belong to the current greenlet
   */
  release(): void {
    if (this.#owner !== getCurrent()) {
      const owner = this.#owner === undefined ? 'nobody' : inspect(this.#owner);
      throw new LockError('ERR_UNBLOCK_NOT_OWNER', `The lock belongs to ${owner}, not to ${inspect(getCurrent())}`);
    }
    if (--this.#count === 0) this.releaseAll();
  }

  /**
   * Acquires it, as `acquire` does, for a `using` declaration.
   *
   * @returns what releases it at the end of the block
   */
  hold(): Disposable {
    this.acquire();
    return this;
  }

  /** Leaves it altogether. For conditions. */
  releaseAll(): Holding {
    const holding = { owner: this.#owner, count: this.#count };
    this.#owner = undefined;
    this.#count = 0;
    this.#block.release();
    return holding;
  }

  /** Acquires it as often as it was held before. For conditions. */
  restore({ owner, count }: Holding): void {
    this.#block.acquire();
    this.#owner = owner;
    this.#count = count;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  [inspect.custom](): string {
    const owner = this.#owner === undefined ? 'free' : `owner: ${inspect(this.#owner)}, count: ${this.#count}`;
    return `${this.constructor.name} { ${owner}, links: ${this.#block.linkCount} }`;
  }
}
