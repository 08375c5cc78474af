import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions, checkCount, checkTimeout } from '../argument-checks';
import { LockError } from '../errors';
import { AbstractLinkable } from './linkable';

/** What `acquire`s and `release`s. */
export interface Lock {
  acquire(options?: BlockOptions): boolean;
  release(): unknown;
  locked(): boolean;
}

/**
 * A counter that is never below 0: `acquire` takes 1 and waits while there is nothing to take, `release` gives 1 back.
 * Nobody owns what is taken: any greenlet may release.
 *
 * Those who wait are served in the order in which they came, but a release only calls the first of them, and until it has
 * its turn another greenlet may be quicker; it then waits on, still the first.
 *
 * A greenlet that is killed while it holds a semaphore does not give it back: release in `finally`, or declare
 * `using held = semaphore.hold()`.
 *
 * @example
 * const connections = new Semaphore(10);
 * function query(text: string): Row[] {
 *   using held = connections.hold();
 *   return send(text);
 * }
 *
 * Source: `gevent.lock.Semaphore`.
 */
export class Semaphore extends AbstractLinkable implements Lock {
  #counter: number;

  /**
   * @param value how often it can be acquired to begin with; 1 unless given
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no whole number >= 0
   */
  constructor(value = 1) {
    super(true);
    checkCount(value, 'value', 0);
    this.#counter = value;
  }

  /** How often it can be acquired before that blocks. */
  get counter(): number {
    return this.#counter;
  }

  /** Whether `acquire` would not wait. */
  override ready(): boolean {
    return this.#counter > 0;
  }

  protected override room(): number {
    return this.#counter;
  }

  /** Whether `acquire` would wait. */
  locked(): boolean {
    return this.#counter === 0;
  }

  /**
   * Takes 1; waits while there is none.
   *
   * @param options `block`: false returns instead of waiting; `timeout`: milliseconds, for ever unless given
   * @returns whether it was taken
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  acquire(options?: BlockOptions): boolean {
    checkBlockOptions(options);
    if (this.#counter === 0 && !(options?.block !== false && this.waitCore(options?.timeout))) return false;
    this.#counter--;
    return true;
  }

  /**
   * Gives 1 back, or adds 1.
   *
   * @returns the counter
   */
  release(): number {
    this.#counter++;
    this.checkAndNotify();
    return this.#counter;
  }

  /**
   * Waits until `acquire` would not wait, and takes nothing.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns how often it can be acquired; 0 if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  wait(timeout?: number | null): number {
    if (this.#counter > 0) {
      checkTimeout(timeout);
    } else {
      this.waitCore(timeout);
      // What was offered here is for the next.
      this.checkAndNotify();
    }
    return this.#counter;
  }

  /**
   * Takes 1, as `acquire` does, for a `using` declaration.
   *
   * @returns what gives it back at the end of the block
   */
  hold(): Disposable {
    this.acquire();
    return this;
  }

  [Symbol.dispose](): void {
    this.release();
  }

  [inspect.custom](): string {
    return `${this.constructor.name} { counter: ${this.#counter}, links: ${this.linkCount} }`;
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired, which is always a mistake.
 *
 * @example
 * const lock = new BoundedSemaphore();
 * lock.acquire();
 * lock.release(); // 1
 *
 * Source: `gevent.lock.BoundedSemaphore`.
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /**
   * @param value how often it can be acquired; 1 unless given
   * @throws as `Semaphore`
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives 1 back.
   *
   * @returns the counter
   * @throws {LockError} ERR_UNBLOCK_OVER_RELEASE if nothing is taken
   */
  override release(): number {
    if (this.counter === this.#bound) {
      throw new LockError('ERR_UNBLOCK_OVER_RELEASE', `A semaphore of ${this.#bound} was released too many times`);
    }
    return super.release();
  }
}

/**
 * A semaphore that is always free, for code that can do with or without a limit.
 *
 * Source: `gevent.lock.DummySemaphore`.
 */
export class DummySemaphore extends AbstractLinkable implements Lock {
  /** Always true. */
  override ready(): boolean {
    return true;
  }

  /** Always false. */
  locked(): boolean {
    return false;
  }

  /** Always true, and at once. */
  acquire(options?: BlockOptions): boolean {
    checkBlockOptions(options);
    return true;
  }

  /** Does nothing. */
  release(): void {}

  /** Always 1, and at once. */
  wait(timeout?: number | null): number {
    checkTimeout(timeout);
    return 1;
  }

  /** For a `using` declaration. */
  hold(): Disposable {
    return this;
  }

  [Symbol.dispose](): void {}
}
