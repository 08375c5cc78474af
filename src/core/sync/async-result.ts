import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions, checkTimeout } from '../argument-checks';
import { Timeout } from '../waiting/timeout';
import { AbstractLinkable } from './linkable';

/** What an AsyncResult can take its outcome from: another one, a greenlet. */
export interface Outcome<T> {
  successful(): boolean;
  readonly value: T | undefined;
  readonly exception: unknown;
}

/**
 * A place for one value, or one error, that greenlets can wait for.
 *
 * @example
 * const result = new AsyncResult<number>();
 * spawn(() => result.set(compute()));
 * result.get(); // what compute() returned, once it has
 *
 * Source: `gevent.event.AsyncResult`.
 */
export class AsyncResult<T = unknown> extends AbstractLinkable {
  #value: T | undefined;
  #exception: unknown;
  #hasValue = false;
  #hasException = false;

  /** Whether there is a value or an error. */
  override ready(): boolean {
    return this.#hasValue || this.#hasException;
  }

  /** Whether there is a value. */
  successful(): boolean {
    return this.#hasValue;
  }

  /** The value, if there is one. */
  get value(): T | undefined {
    return this.#value;
  }

  /** The error, if there is one; undefined otherwise. */
  get exception(): unknown {
    return this.#exception;
  }

  /** Stores the value: all that wait get their turn. It may replace another one, and it covers an error. */
  set(value: T): void {
    this.#value = value;
    this.#hasValue = true;
    this.checkAndNotify();
  }

  /** Stores an error, to be thrown by `get`, unless there is a value. */
  setException(exception: unknown): void {
    this.#exception = exception;
    this.#hasException = true;
    this.checkAndNotify();
  }

  /**
   * Takes over the value or the error of something else: what to link.
   *
   * @example greenlet.rawLink((source) => result.setFrom(source));
   *
   * Source: `AsyncResult.__call__`.
   */
  setFrom(source: Outcome<T>): void {
    if (source.successful()) this.set(source.value as T);
    else this.setException(source.exception);
  }

  /**
   * The value; waits for it if need be.
   *
   * @param options `block`: false throws instead of waiting; `timeout`: milliseconds, for ever unless given
   * @throws the error that was stored, the same one each time; {Timeout} if there is nothing in time, or it may not wait;
   *   {BlockingSwitchOutError} where waiting is not possible
   */
  get(options?: BlockOptions): T {
    checkBlockOptions(options);
    if (!this.ready()) {
      if (options?.block === false) throw new Timeout().withStack(this.get);
      if (!this.waitCore(options?.timeout)) throw new Timeout(options?.timeout).withStack(this.get);
    }
    if (this.#hasValue) return this.#value as T;
    throw this.#exception;
  }

  /**
   * The value, if it is there.
   *
   * @throws the error that was stored; {Timeout} if there is nothing
   */
  getNowait(): T {
    return this.get({ block: false });
  }

  /**
   * Waits until there is a value or an error.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns the value; undefined for an error, or if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  wait(timeout?: number | null): T | undefined {
    if (this.ready()) {
      checkTimeout(timeout);
      this.waitTurn();
    } else {
      this.waitCore(timeout);
    }
    return this.#value;
  }

  /** `get({ timeout })` by the name that futures have. */
  result(timeout?: number | null): T {
    return this.get({ timeout });
  }

  /** `set` by the name that futures have. */
  setResult(value: T): void {
    this.set(value);
  }

  /** `ready` by the name that futures have. */
  done(): boolean {
    return this.ready();
  }

  /** Cannot be done: false. */
  cancel(): boolean {
    return false;
  }

  /** Never: false. */
  cancelled(): boolean {
    return false;
  }

  [inspect.custom](): string {
    const value = this.#hasValue ? `value: ${inspect(this.#value)}, ` : '';
    const exception = this.#hasException ? `exception: ${inspect(this.#exception)}, ` : '';
    const state = this.ready() ? `${value}${exception}` : 'unset, ';
    return `${this.constructor.name} { ${state}links: ${this.linkCount} }`;
  }
}
