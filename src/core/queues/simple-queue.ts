import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions, checkIterable } from '../argument-checks';
import { toAsyncIterable } from '../bridges/async-iteration';
import { Empty, Full, ShutDown } from '../errors';
import { getHub } from '../hub/hub';
import { Ring } from '../ring';
import { peekCurrent } from '../switching/raw-greenlet';
import { within } from '../waiting/timeout';
import { switchIn, Unlocking, waitIn } from '../waiting/unlocking';
import { Place, WaitList } from '../waiting/wait-list';
import { type Iterated, itemsOf } from './queue-iteration';
import { checkQueueOptions, type QueueOptions, toBound } from './queue-options';

/** What a queue keeps its items in. Which one `shift` takes out is the kind of the queue. */
export interface Store<T> extends Iterable<T> {
  readonly length: number;
  push(item: T): void;
  /** Takes the next one out. */
  shift(): T | undefined;
  /** The next one. */
  peek(): T | undefined;
}

const hub = getHub();

/**
 * A queue between greenlets, first in, first out: `get` waits for an item, and `put` for room if there is a bound. Who has
 * waited longest is served first.
 *
 * Neither switches when it need not: what is put is handed to those who wait at the hub's next turn, to all of them in
 * one go. On the hub nothing waits, but a full or empty queue is helped by those who do: `put` lets blocked getters take
 * their items, `get` lets blocked putters put theirs.
 *
 * A subclass may replace `_init`, `_put`, `_get` and `_peek`, which store the items.
 *
 * @example
 * const queue = new SimpleQueue<string>(10);
 * spawn(() => { for (const line of queue) console.log(line); });
 * queue.put('hello');
 * queue.shutdown();
 *
 * Source: `gevent.queue.SimpleQueue`.
 */
export class SimpleQueue<T> {
  /** What the items are kept in. */
  protected queue!: Store<T>;
  #maxsize: number;
  #isShutdown = false;
  readonly #getters = new WaitList<Place>();
  readonly #putters = new WaitList<Place>();
  readonly #unlocking = new Unlocking(() => this.#choose());
  #isGettersTurn = false;

  /**
   * Makes a queue.
   *
   * @param maxsize how many items it has room for; without a bound unless above 0
   * @param options `items`: what it holds to begin with, be it more than the bound
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what cannot be a bound, or options
   */
  constructor(maxsize?: number | null, options: QueueOptions<T> = {}) {
    this.#maxsize = toBound(maxsize);
    checkQueueOptions(options, this.optionNames());
    if (options.items !== undefined) checkIterable(options.items, 'options.items');
    this._init(this.#maxsize, options);
  }

  /** How many items it has room for; Infinity without a bound. Set higher, it lets those in who wait. */
  get maxsize(): number {
    return this.#maxsize;
  }

  set maxsize(maxsize: number | null | undefined) {
    this.#maxsize = toBound(maxsize);
    if (this.#putters.length > 0) this.#unlocking.schedule();
  }

  /** How many items it holds. Source: `qsize` and `len`. */
  get size(): number {
    return this.queue.length;
  }

  /** Whether it was shut down. */
  get isShutdown(): boolean {
    return this.#isShutdown;
  }

  /** Whether it holds nothing. */
  empty(): boolean {
    return this.size === 0;
  }

  /** Whether there is no room. */
  full(): boolean {
    return this.size >= this.#maxsize;
  }

  /**
   * Puts an item in; waits for room if it is full.
   *
   * @param item the item
   * @param options whether and how long to wait, in milliseconds
   * @throws {Full} if there is no room in time; {ShutDown} if the queue is shut down, now or meanwhile; {TypeError}
   *   ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options; {BlockingSwitchOutError} where waiting is not
   *   possible, except on the hub
   * @example queue.put('hello', { timeout: 100 });
   */
  put(item: T, options?: BlockOptions): void {
    checkBlockOptions(options);
    if (this.#isShutdown) throw new ShutDown();
    if (this.full()) this.#awaitRoom(options);
    this._put(item);
    if (this.#getters.length > 0) this.#unlocking.schedule();
  }

  /** As `put`, but never waits. */
  putNowait(item: T): void {
    this.put(item, { block: false });
  }

  /**
   * Takes an item out; waits for one if it is empty.
   *
   * @param options whether and how long to wait, in milliseconds
   * @returns the item
   * @throws {Empty} if there is none in time; {ShutDown} if there is none and the queue is shut down, now or meanwhile;
   *   and as `put` for the options and for where it is called
   * @example const line = queue.get();
   */
  get(options?: BlockOptions): T {
    checkBlockOptions(options);
    if (this.size === 0) this.#awaitItem(options);
    if (this.#putters.length > 0) this.#unlocking.schedule();
    return this._get();
  }

  /** As `get`, but never waits. */
  getNowait(): T {
    return this.get({ block: false });
  }

  /** As `get`, but leaves the item in. */
  peek(options?: BlockOptions): T {
    checkBlockOptions(options);
    if (this.size === 0) this.#awaitItem(options);
    return this._peek();
  }

  /** As `peek`, but never waits. */
  peekNowait(): T {
    return this.peek({ block: false });
  }

  /**
   * Ends the queue: nothing can be put any more, and once the items are taken nothing can be got. Whoever waits for what
   * will not come is thrown ShutDown.
   *
   * @param immediate whether to drop the items too
   */
  shutdown(immediate = false): void {
    this.#isShutdown = true;
    while (immediate && this.size > 0) this._get();
    if (this.#getters.length + this.#putters.length > 0) this.#unlocking.schedule();
  }

  /** Makes another queue of this class, with the same bound and the same items. */
  copy(): this {
    const maxsize = this.#maxsize === Infinity ? undefined : this.#maxsize;
    return Reflect.construct(this.constructor, [maxsize, this.copyOptions()]);
  }

  /**
   * Gets items, waiting for each, until the queue is shut down and empty, or an item is `StopIteration`.
   *
   * @example for (const line of queue) console.log(line);
   */
  [Symbol.iterator](): IterableIterator<Iterated<T>> {
    return itemsOf(this);
  }

  /** The same for async functions, which await each item instead. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Iterated<T>> {
    return toAsyncIterable(itemsOf(this));
  }

  [inspect.custom](): string {
    const facts = [`size: ${this.size}`];
    if (this.#maxsize !== Infinity) facts.push(`maxsize: ${this.#maxsize}`);
    if (this.#getters.length > 0) facts.push(`getters: ${this.#getters.length}`);
    if (this.#putters.length > 0) facts.push(`putters: ${this.#putters.length}`);
    if (this.#isShutdown) facts.push('shut down');
    return `${this.constructor.name} { ${facts.join(', ')} }`;
  }

  /** What the constructor has options for. Called by it, as `_init` is. */
  protected optionNames(): readonly string[] {
    return ['items'];
  }

  /** Makes the store. Called by the constructor: before the fields of a subclass are set. */
  protected _init(_maxsize: number, { items }: QueueOptions<T>): void {
    this.queue = new Ring(items);
  }

  /** Stores an item. */
  protected _put(item: T): void {
    this.queue.push(item);
  }

  /** Takes an item out; there is one. */
  protected _get(): T {
    return this.queue.shift()!;
  }

  /** The item that `_get` would take out; there is one. */
  protected _peek(): T {
    return this.queue.peek()!;
  }

  /** The options from which the constructor makes a copy. */
  protected copyOptions(): QueueOptions<T> {
    return { items: this.queue };
  }

  #awaitRoom(options: BlockOptions | undefined): void {
    if (peekCurrent() === hub.greenlet) {
      while (this.full() && this.#getters.length > 0) switchIn(this.#getters.shift()!);
      if (this.full()) throw new Full();
      return;
    }
    if (options === undefined) {
      waitIn(this.#putters, new Place());
    } else {
      if (options.block === false) throw new Full();
      within(options.timeout, () => waitIn(this.#putters, new Place()), throwFull);
    }
    if (this.#isShutdown) throw new ShutDown();
  }

  #awaitItem(options: BlockOptions | undefined): void {
    if (this.#isShutdown) throw new ShutDown();
    if (peekCurrent() === hub.greenlet) {
      while (this.size === 0 && this.#putters.length > 0) switchIn(this.#putters.shift()!);
      if (this.size === 0) throw new Empty();
      return;
    }
    if (options === undefined) {
      waitIn(this.#getters, new Place());
    } else {
      if (options.block === false) throw new Empty();
      within(options.timeout, () => waitIn(this.#getters, new Place()), throwEmpty);
    }
    if (this.size === 0) throw new ShutDown();
  }

  // Putters and getters by turns.
  #choose(): Place | undefined {
    const chosen = this.#isGettersTurn
      ? (this.#nextGetter() ?? this.#nextPutter())
      : (this.#nextPutter() ?? this.#nextGetter());
    if (chosen === undefined) this.#isGettersTurn = false;
    return chosen;
  }

  #nextPutter(): Place | undefined {
    if (this.full() && !this.#isShutdown) return undefined;
    this.#isGettersTurn = true;
    return this.#putters.shift();
  }

  #nextGetter(): Place | undefined {
    if (this.size === 0 && !this.#isShutdown) return undefined;
    this.#isGettersTurn = false;
    return this.#getters.shift();
  }
}

function throwFull(): never {
  throw new Full();
}

function throwEmpty(): never {
  throw new Empty();
}
