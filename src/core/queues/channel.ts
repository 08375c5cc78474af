import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions } from '../argument-checks';
import { toAsyncIterable } from '../bridges/async-iteration';
import { Empty, Full, outOfRange, ShutDown } from '../errors';
import { getHub } from '../hub/hub';
import { peekCurrent } from '../switching/raw-greenlet';
import { within } from '../waiting/timeout';
import { switchIn, Unlocking, waitIn } from '../waiting/unlocking';
import { Place, WaitList } from '../waiting/wait-list';
import { type Iterated, itemsOf } from './queue-iteration';

/** Who waits in a channel, with the item that is handed over. */
class Transfer<T> extends Place {
  item: T | undefined;
  /** Whether the channel was shut down before the other side came. */
  isRefused = false;

  constructor(item?: T) {
    super();
    this.item = item;
  }
}

const hub = getHub();

/**
 * Hands items over from greenlet to greenlet and holds none: `put` waits until the item is taken, `get` until one is
 * offered. The getter goes on first. Who has waited longest is served first.
 *
 * What does not wait (`{ block: false }`, and everything on the hub) succeeds only if the other side waits already.
 *
 * @example
 * const channel = new Channel<string>();
 * spawn(() => { channel.put('hello'); console.log('taken'); });
 * console.log(channel.get()); // hello, and then: taken
 *
 * Source: `gevent.queue.Channel`, which cannot be shut down; that is as of `gevent.queue.Queue`.
 */
export class Channel<T> {
  readonly #getters = new WaitList<Transfer<T>>();
  readonly #putters = new WaitList<Transfer<T>>();
  readonly #unlocking = new Unlocking(() => this.#choose());
  // Whose item has just been handed over.
  #served: Transfer<T> | undefined;
  #isShutdown = false;

  /**
   * Makes a channel.
   *
   * @param maxsize 1, for code that makes queues and channels alike
   * @throws {RangeError} ERR_OUT_OF_RANGE for anything else
   */
  constructor(maxsize = 1) {
    if (maxsize !== 1) throw outOfRange('maxsize', '1', maxsize);
  }

  /** How many more greenlets offer an item than wait for one. */
  get balance(): number {
    return this.#putters.length - this.#getters.length;
  }

  /** Always 0: a channel holds nothing. */
  get size(): number {
    return 0;
  }

  /** Whether it was shut down. */
  get isShutdown(): boolean {
    return this.#isShutdown;
  }

  /** Always true. */
  empty(): boolean {
    return true;
  }

  /** Always true. */
  full(): boolean {
    return true;
  }

  /**
   * Hands an item over; waits until somebody takes it.
   *
   * @param item the item
   * @param options whether and how long to wait, in milliseconds
   * @throws {Full} if nobody takes it in time; {ShutDown} if the channel is shut down, now or meanwhile; {TypeError}
   *   ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options; {BlockingSwitchOutError} where waiting is not
   *   possible, except on the hub
   * @example channel.put('hello', { timeout: 100 });
   */
  put(item: T, options?: BlockOptions): void {
    checkBlockOptions(options);
    if (this.#isShutdown) throw new ShutDown();
    if (peekCurrent() === hub.greenlet) {
      const getter = this.#getters.shift();
      if (getter === undefined) throw new Full();
      getter.item = item;
      switchIn(getter);
    } else {
      const { block, timeout } = options ?? {};
      if (block === false && this.balance >= 0) throw new Full();
      const putter = new Transfer(item);
      const throwFull = (): void => {
        // The time may be over while the getter, which goes on first, is busy with the item.
        if (!putter.isCalled) throw new Full();
      };
      // The other side is there, and needs one turn.
      within(block === false ? 0 : timeout, () => this.#waitIn(this.#putters, putter), throwFull);
    }
  }

  /** As `put`, but only if somebody waits for an item; it returns when that one has had its turn. */
  putNowait(item: T): void {
    this.put(item, { block: false });
  }

  /**
   * Takes an item over; waits until somebody offers one.
   *
   * @param options whether and how long to wait, in milliseconds
   * @returns the item
   * @throws {Empty} if nobody offers one in time; and as `put`
   * @example const line = channel.get();
   */
  get(options?: BlockOptions): T {
    checkBlockOptions(options);
    if (this.#isShutdown) throw new ShutDown();
    if (peekCurrent() === hub.greenlet) {
      const putter = this.#putters.shift();
      if (putter === undefined) throw new Empty();
      putter.call();
      return putter.item!;
    }
    const { block, timeout } = options ?? {};
    if (block === false && this.balance <= 0) throw new Empty();
    const getter = new Transfer<T>();
    within(block === false ? 0 : timeout, () => this.#waitIn(this.#getters, getter), throwEmpty);
    return getter.item!;
  }

  /** As `get`, but only if somebody offers an item. */
  getNowait(): T {
    return this.get({ block: false });
  }

  /**
   * Ends the channel: nothing can be put or got any more. Whoever waits is thrown ShutDown, except those who have found each
   * other already: their items are handed over.
   *
   * @example
   * const words = new Channel<string>();
   * setTimeout(() => words.shutdown(), 10);
   * for (const word of words) console.log(word); // ends after 10 ms
   */
  shutdown(): void {
    this.#isShutdown = true;
    if (this.#getters.length + this.#putters.length > 0) this.#unlocking.schedule();
  }

  /** Gets items, waiting for each, until the channel is shut down, or one is `StopIteration`. */
  [Symbol.iterator](): IterableIterator<Iterated<T>> {
    return itemsOf(this);
  }

  /** The same for async functions, which await each item instead. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Iterated<T>> {
    return toAsyncIterable(itemsOf(this));
  }

  [inspect.custom](): string {
    const facts = [`getters: ${this.#getters.length}`, `putters: ${this.#putters.length}`];
    if (this.#isShutdown) facts.push('shut down');
    return `${this.constructor.name} { ${facts.join(', ')} }`;
  }

  #waitIn(line: WaitList<Transfer<T>>, place: Transfer<T>): void {
    const otherLine = line === this.#getters ? this.#putters : this.#getters;
    if (otherLine.length > 0) this.#unlocking.schedule();
    waitIn(line, place);
    if (place.isRefused) throw new ShutDown();
  }

  // A getter, and then the putter whose item it has got.
  #choose(): Transfer<T> | undefined {
    const served = this.#served;
    if (served !== undefined) {
      this.#served = undefined;
      return served;
    }
    if (this.#getters.length === 0 || this.#putters.length === 0) return this.#isShutdown ? this.#refuse() : undefined;
    const getter = this.#getters.shift()!;
    this.#served = this.#putters.shift()!;
    this.#served.isCalled = true;
    getter.item = this.#served.item;
    return getter;
  }

  // One who has waited in vain.
  #refuse(): Transfer<T> | undefined {
    const refused = this.#getters.shift() ?? this.#putters.shift();
    if (refused !== undefined) refused.isRefused = true;
    return refused;
  }
}

function throwEmpty(): never {
  throw new Empty();
}
