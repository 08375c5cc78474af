import { inspect } from 'node:util';

import {
  type BlockOptions,
  checkBlockOptions,
  checkFunction,
  checkIterable,
  checkOptions,
  checkTimeout,
} from '../argument-checks';
import { hasFailed } from '../bridges/wait';
import { invalidArgType } from '../errors';
import { Greenlet } from '../greenlets/greenlet';
import { type Waitable, WaitIterator } from '../greenlets/iwait';
import { kill } from '../greenlets/kill-all';
import type { ErrorClass } from '../switching/greenlet-arguments';
import { getCurrent, RawGreenlet } from '../switching/raw-greenlet';
import { Event } from '../sync/event';
import { within } from '../waiting/timeout';
import { MappingPool, type PoolFunction } from './mapping-pool';

/** A class of greenlets. */
export type GreenletClass = new (run: (...args: never) => unknown, ...args: unknown[]) => Greenlet;

/** How to join a group. */
export interface GroupJoinOptions {
  /** Whether to throw the error of one that has failed meanwhile; false unless given. */
  raiseError?: boolean;
}

type Member = RawGreenlet & {
  ready?(): boolean;
  successful?(): boolean;
  readonly exception?: unknown;
  rawLink?(callback: (greenlet: RawGreenlet) => void): void;
  unlink?(callback: (greenlet: RawGreenlet) => void): void;
};

/**
 * Greenlets that are alive: each one that dies leaves the group.
 *
 * @example
 * const group = new Group();
 * for (const path of paths) group.spawn(fetchPage, path);
 * group.join();
 *
 * Source: `gevent.pool.Group`.
 */
export class Group extends MappingPool implements Iterable<RawGreenlet>, Disposable {
  /** What `spawn` makes; Greenlet unless a subclass or a program sets it. */
  greenletClass: GreenletClass = Greenlet;
  readonly #members = new Set<Member>();
  // Those that are on their way out, so that none is killed twice.
  readonly #dying = new Set<Member>();
  readonly #empty = new Event();
  // A property, since each member is to find the same function again.
  readonly #leave = (greenlet: RawGreenlet): void => this.#drop(greenlet);

  /**
   * Makes a group of greenlets that are there already.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no list of greenlets
   */
  constructor(greenlets: Iterable<RawGreenlet> = []) {
    super();
    checkIterable(greenlets, 'greenlets', 'an iterable of greenlets');
    this.#empty.set();
    for (const greenlet of greenlets) this.#admit(greenlet);
  }

  /** How many are in it. Source: `len`. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether a greenlet is in it. */
  has(greenlet: RawGreenlet): boolean {
    return this.#members.has(greenlet);
  }

  /** Those that are in it. */
  [Symbol.iterator](): IterableIterator<RawGreenlet> {
    return this.#members.values();
  }

  /**
   * Takes a greenlet in. One that is in it already is not taken in again. A raw one does not leave by itself.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no greenlet
   */
  add(greenlet: RawGreenlet): void {
    this.#admit(greenlet);
  }

  /** Lets a greenlet go, dead or alive. One that is not in it is no error. */
  discard(greenlet: RawGreenlet): void {
    (greenlet as Member).unlink?.(this.#leave);
    this.#drop(greenlet);
  }

  /** Takes in a greenlet that was not started, and starts it. */
  start(greenlet: Greenlet): void {
    this.add(greenlet);
    greenlet.start();
  }

  /** Starts a function in a greenlet of the group. */
  override spawn<A extends unknown[], R>(fn: PoolFunction<A, R>, ...args: A): Greenlet<R> {
    checkFunction(fn, 'fn');
    const greenlet = new this.greenletClass(fn, ...args);
    this.start(greenlet);
    return greenlet as Greenlet<R>;
  }

  /**
   * Waits until nobody is in it; that may have changed by the time this returns.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @param options `raiseError`: whether to throw the error of one that was in it at the beginning and has failed
   * @returns whether that came to pass in time
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  join(timeout?: number | null, options?: GroupJoinOptions): boolean {
    checkOptions(options, ['raiseError']);
    const watched = options?.raiseError === true ? [...this.#members] : [];
    const hasEmptied = this.#empty.wait(timeout);
    for (const greenlet of watched) {
      if (hasFailed(greenlet)) throw greenlet.exception;
    }
    return hasEmptied;
  }

  /**
   * Kills all that are in it, each once, and waits until they are dead.
   *
   * @param exception what to throw into them; GreenletExit unless given
   * @param options `block`: false does not wait; `timeout`: how long at most, in milliseconds. If some are still alive
   *   then, it returns all the same
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  kill(exception?: Error | ErrorClass, options?: BlockOptions): void {
    checkBlockOptions(options);
    if (options?.block === false) {
      this.#killOnce(exception);
      return;
    }
    within(
      options?.timeout,
      () => {
        // While it waits, others may come.
        while (this.#members.size > 0) {
          this.#killOnce(exception);
          new WaitIterator([...this.#members].filter(isWaitable)).rest();
          if (![...this.#members].some(isWaitable)) return;
        }
      },
      () => undefined,
    );
  }

  /** Kills one greenlet if it is in it and was not killed before; otherwise as `kill`. */
  killOne(greenlet: RawGreenlet, exception?: Error | ErrorClass, options?: BlockOptions): void {
    checkBlockOptions(options);
    if (!this.#members.has(greenlet) || this.#dying.has(greenlet)) return;
    this.#strike(greenlet, exception);
    if (options?.block !== false && greenlet instanceof Greenlet) greenlet.join(options?.timeout);
  }

  /** Whether `spawn` would wait: never. */
  full(): boolean {
    return false;
  }

  /** Waits until `spawn` would not wait, which is never necessary. */
  waitAvailable(timeout?: number | null): number {
    checkTimeout(timeout);
    return Infinity;
  }

  /** Kills all that are in it: what `using` does at the end of a block. To have their work done, `join` before. */
  [Symbol.dispose](): void {
    this.kill();
  }

  [inspect.custom](): string {
    return `${this.constructor.name} { ${this.#members.size} ${this.#members.size === 1 ? 'greenlet' : 'greenlets'} }`;
  }

  /** For a subclass: is called when a greenlet has left. */
  protected hasLeft(): void {}

  protected override appliesInline(): boolean {
    return this.#members.has(getCurrent());
  }

  protected override spawnAtOnce<A extends unknown[], R>(fn: PoolFunction<A, R>, args: A): Greenlet<R> | undefined {
    return this.full() ? undefined : this.spawn(fn, ...args);
  }

  protected override callBack<R>(callback: (result: R) => void, result: R): void {
    Greenlet.spawn(callback, result);
  }

  #admit(greenlet: Member): void {
    if (!(greenlet instanceof RawGreenlet)) throw invalidArgType('greenlet', 'a greenlet', greenlet);
    if (this.#members.has(greenlet)) return;
    this.#members.add(greenlet);
    this.#empty.clear();
    greenlet.rawLink?.(this.#leave);
  }

  #drop(greenlet: Member): void {
    if (!this.#members.delete(greenlet)) return;
    this.#dying.delete(greenlet);
    if (this.#members.size === 0) this.#empty.set();
    this.hasLeft();
  }

  #killOnce(exception: Error | ErrorClass | undefined): void {
    for (const greenlet of [...this.#members]) {
      if (!this.#dying.has(greenlet)) this.#strike(greenlet, exception);
    }
  }

  #strike(greenlet: Member, exception: Error | ErrorClass | undefined): void {
    kill(greenlet, exception);
    this.#dying.add(greenlet);
  }
}

function isWaitable(greenlet: Member): greenlet is Member & Waitable {
  return greenlet.rawLink !== undefined;
}
