import { type BlockOptions, checkCount, checkFunction, checkTimeout } from '../argument-checks';
import { clock } from '../clock';
import { invalidArgType, LockError } from '../errors';
import { shield } from '../hub/shield';
import { within } from '../waiting/timeout';
import { Place, WaitList } from '../waiting/wait-list';
import { assertCanBlock } from '../waiting/waiter';
import { RLock } from './lock';
import type { Lock } from './semaphore';

/**
 * A lock, and a bell for those who wait, without the lock, for what it guards to become different.
 *
 * @example
 * const changed = new Condition();
 * function take(): Item {
 *   using held = changed.hold();
 *   changed.waitFor(() => items.length > 0);
 *   return items.shift();
 * }
 * function put(item: Item): void {
 *   using held = changed.hold();
 *   items.push(item);
 *   changed.notify();
 * }
 *
 * Source: `threading.Condition`.
 */
export class Condition {
  readonly #lock: Lock;
  readonly #places = new WaitList<Place>();

  /**
   * @param lock the lock; a new RLock unless given
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no lock
   */
  constructor(lock: Lock = new RLock()) {
    checkLock(lock);
    this.#lock = lock;
  }

  /** `acquire` of the lock. */
  acquire(options?: BlockOptions): boolean {
    return this.#lock.acquire(options);
  }

  /** `release` of the lock. */
  release(): void {
    this.#lock.release();
  }

  /**
   * Acquires the lock, for a `using` declaration.
   *
   * @returns what releases it at the end of the block
   */
  hold(): Disposable {
    this.#lock.acquire();
    return this;
  }

  /**
   * Releases the lock, however often it is held, waits to be notified, and acquires it again, also when the wait is ended
   * by a kill or a timeout: those wait until the lock is there.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns true; false if the time was over first
   * @throws {LockError} ERR_UNBLOCK_NOT_OWNER if the lock is not held; {BlockingSwitchOutError} where waiting is not
   *   possible
   */
  wait(timeout?: number | null): boolean {
    checkTimeout(timeout);
    this.#assertHeld();
    assertCanBlock();
    const place = new Place();
    this.#places.add(place);
    const holding = this.#leaveLock();
    let isServed = false;
    try {
      const wait = (): boolean => {
        place.wait();
        return true;
      };
      // Notified in time, but something else ran until the time was over.
      isServed = within(timeout, wait, () => place.isCalled);
      return isServed;
    } finally {
      this.#places.remove(place);
      // Whoever was notified and is killed before its turn passes that on.
      if (place.isCalled && !isServed) this.#notifyNext();
      this.#enterLock(holding);
    }
  }

  /**
   * Waits, as `wait` does, until something is the case.
   *
   * @param predicate says whether it is, called with the lock held
   * @param timeout milliseconds, in all; undefined or null for ever
   * @returns what the predicate has returned last
   * @throws as `wait`; what the predicate throws
   */
  waitFor<T>(predicate: () => T, timeout?: number | null): T {
    checkFunction(predicate, 'predicate');
    checkTimeout(timeout);
    const end = timeout === undefined || timeout === null ? undefined : clock.now() + timeout;
    let result = predicate();
    while (!result) {
      const rest = end === undefined ? undefined : end - clock.now();
      if (rest !== undefined && rest <= 0) break;
      this.wait(rest);
      result = predicate();
    }
    return result;
  }

  /**
   * Wakes those who have waited longest; they go on once the lock is theirs.
   *
   * @param count how many at most
   * @throws {LockError} ERR_UNBLOCK_NOT_OWNER if the lock is not held
   */
  notify(count = 1): void {
    checkCount(count, 'count', 0);
    this.#assertHeld();
    for (let rest = count; rest > 0 && this.#places.length > 0; rest--) this.#notifyNext();
  }

  /** Wakes all who wait: `notify` without a limit. */
  notifyAll(): void {
    this.notify(this.#places.length);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #notifyNext(): void {
    this.#places.shift()?.call();
  }

  #assertHeld(): void {
    const isHeld = this.#lock instanceof RLock ? this.#lock.isOwned() : this.#lock.locked();
    if (!isHeld) throw new LockError('ERR_UNBLOCK_NOT_OWNER', 'The lock of the condition is not held');
  }

  // Returns how to get it back.
  #leaveLock(): () => void {
    const lock = this.#lock;
    if (lock instanceof RLock) {
      const holding = lock.releaseAll();
      return () => lock.restore(holding);
    }
    lock.release();
    return () => void lock.acquire();
  }

  // The caller's `finally` will release the lock, so it has to be held there.
  #enterLock(enter: () => void): void {
    if (this.#lock.locked()) shield(enter);
    else enter();
  }
}

function checkLock(lock: unknown): void {
  const { acquire, release, locked } = (lock ?? {}) as Partial<Lock>;
  if (typeof acquire !== 'function' || typeof release !== 'function' || typeof locked !== 'function') {
    throw invalidArgType('lock', 'a lock', lock);
  }
}
