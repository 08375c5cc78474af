import { checkCount, checkIterable, checkOptions, checkTimeout } from '../argument-checks';
import { invalidArgType } from '../errors';
import { Deadline } from '../waiting/deadlines';
import { Waiter } from '../waiting/waiter';

/** What can be waited for: it calls those that are linked to it, on the hub, when it is ready. */
export interface Waitable {
  rawLink(callback: (source: this) => void): void;
  unlink(callback: (source: this) => void): void;
}

/** How much to wait for. */
export interface WaitOptions {
  /** How long at most, in milliseconds; for ever unless given. */
  timeout?: number | null;
  /** How many are enough; all of them unless given. */
  count?: number | null;
}

const WAIT_OPTIONS = ['timeout', 'count'];

/**
 * Yields objects in the order in which they become ready. Nothing is linked before the first is asked for, and nothing is
 * left linked when the loop over it is left, in whatever way.
 *
 * @param objects what to wait for: greenlets, events, semaphores and the like
 * @param options how many, and how long for all together; when the time is over the iteration ends
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what cannot be waited for; {RangeError} ERR_OUT_OF_RANGE for what is no
 *   time or no count
 * @example for (const greenlet of iwait(greenlets, { timeout: 1000 })) console.log(greenlet.value);
 *
 * Source: `gevent.iwait`.
 */
export function iwait<W extends Waitable>(objects: Iterable<W>, options?: WaitOptions): WaitIterator<W> {
  return new WaitIterator(objects, options);
}

/** What `iwait` returns. */
export class WaitIterator<W extends Waitable> implements IterableIterator<W, undefined>, Disposable {
  #objects: readonly W[];
  // What is linked to each.
  readonly #callbacks: Array<() => void> = [];
  // How many of them are still to be yielded.
  #missing: number;
  // What has become ready so far, and how much of it was yielded.
  readonly #ready: W[] = [];
  #taken = 0;
  readonly #timeout: number | null | undefined;
  #end: IterationEnd | undefined;
  #hasBegun = false;
  #waiter: Waiter<undefined> | undefined;
  // How many of the ready ones are to wake the waiter.
  #wanted = 0;

  constructor(objects: Iterable<W>, options: WaitOptions = {}) {
    checkOptions(options, WAIT_OPTIONS);
    const { timeout, count } = options;
    checkTimeout(timeout, 'options.timeout');
    if (count !== undefined && count !== null) checkCount(count, 'options.count', 0);
    this.#objects = waitablesOf(objects);
    this.#missing = Math.min(count ?? Infinity, this.#objects.length);
    this.#timeout = timeout;
  }

  /**
   * Waits for the next object that is ready.
   *
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  next(): IteratorResult<W, undefined> {
    this.#waitFor(1);
    const [value] = this.#take(1);
    return value === undefined ? this.return() : { done: false, value };
  }

  /** Waits for all that `next` would yield. */
  rest(): W[] {
    this.#waitFor(this.#missing);
    const rest = this.#take(this.#missing);
    this.return();
    return rest;
  }

  /** Takes all links back; a loop that is left early does so by itself. */
  return(): IteratorReturnResult<undefined> {
    this.#missing = 0;
    this.#end?.disarm();
    const objects = this.#objects;
    this.#objects = [];
    this.#callbacks.forEach((callback, index) => objects[index]!.unlink(callback));
    this.#callbacks.length = 0;
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.return();
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    for (const object of this.#objects) {
      // One for each, since an object may be listed twice, and is then yielded twice.
      const callback = (): void => this.#arrive(object);
      this.#callbacks.push(callback);
      object.rawLink(callback);
    }
    if (this.#timeout === undefined || this.#timeout === null) return;
    this.#end = new IterationEnd(() => this.#waiter?.switch(undefined));
    this.#end.arm(this.#timeout);
  }

  #arrive(object: W): void {
    this.#ready.push(object);
    if (this.#ready.length - this.#taken >= this.#wanted) this.#waiter?.switch(undefined);
  }

  #waitFor(wanted: number): void {
    if (this.#missing === 0) return;
    try {
      this.#begin();
      if (this.#ready.length - this.#taken >= wanted || this.#end?.isOver) return;
      this.#wanted = wanted;
      this.#waiter = new Waiter();
      this.#waiter.get();
    } catch (error) {
      this.return();
      throw error;
    } finally {
      this.#waiter = undefined;
    }
  }

  #take(most: number): W[] {
    const taken = this.#ready.slice(this.#taken, this.#taken + Math.min(most, this.#missing));
    this.#taken += taken.length;
    this.#missing -= taken.length;
    return taken;
  }
}

/** The end of the time for a whole iteration, which may pass through several greenlets. */
class IterationEnd extends Deadline {
  isOver = false;
  readonly #wake: () => void;

  constructor(wake: () => void) {
    super(true);
    this.#wake = wake;
  }

  override expire(): void {
    this.isOver = true;
    (0, this.#wake)();
  }
}

function waitablesOf<W extends Waitable>(objects: Iterable<W>): W[] {
  checkIterable(objects, 'objects', 'an iterable of what can be waited for');
  const list = [...objects];
  for (const object of list) {
    if (typeof object?.rawLink !== 'function' || typeof object.unlink !== 'function') {
      throw invalidArgType('objects', 'an iterable of what has rawLink() and unlink()', object);
    }
  }
  return list;
}
