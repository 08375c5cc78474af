import { checkCount, checkFunction, checkIterable, checkOptions } from '../argument-checks';
import { Greenlet } from '../greenlets/greenlet';
import type { Waitable } from '../greenlets/iwait';
import { SimpleQueue } from '../queues/simple-queue';
import { Semaphore } from '../sync/semaphore';

/** What will have an outcome: what a pool's `spawn` returns. */
export interface Task<R> extends Waitable {
  get(): R;
  successful(): boolean;
  readonly value: R | undefined;
  readonly exception: unknown;
}

/** How to map. */
export interface IMapOptions {
  /** How many results may wait to be taken; without a bound unless given. */
  maxsize?: number | null;
}

/** For each argument of a function, where its values come from. */
export type IterablesOf<A extends readonly unknown[]> = { [K in keyof A]: Iterable<A[K]> };

/** Has the function called with some arguments; the pool's business. */
type SpawnWith<A extends unknown[], R> = (args: A) => Task<R>;

interface Arrival<R> {
  readonly index: number;
  /** The task that has ended; undefined for the end of all. */
  readonly task?: Task<R>;
  /** What the input has thrown. */
  readonly failure?: { readonly error: unknown };
}

/**
 * The results of a function that a pool calls for each item of its input, as they come: an iterator that waits for each.
 * An item's error is thrown in its place, and the next call goes on behind it. The input is taken by a greenlet of its own,
 * at once and as fast as the pool allows.
 *
 * A loop that is left early ends it: no more input is taken.
 *
 * Source: `gevent._imap.IMapUnordered`.
 */
export class IMapUnordered<A extends unknown[], R> implements IterableIterator<R, undefined>, Disposable {
  /** The greenlet that takes the input. */
  readonly driver: Greenlet;
  readonly #arrivals = new SimpleQueue<Arrival<R>>();
  // Taken by each item, given back when a result is asked for: bounds the results that nobody has asked for.
  readonly #room: Semaphore | undefined;
  #count = 0;
  #running = 0;
  #isExhausted = false;
  #isOver = false;

  constructor(spawnWith: SpawnWith<A, R>, input: Iterable<A>, maxsize?: number | null) {
    if (maxsize !== undefined && maxsize !== null) {
      checkCount(maxsize, 'options.maxsize', 1);
      this.#room = new Semaphore(maxsize);
    }
    this.driver = Greenlet.spawn(() => this.#drive(spawnWith, input));
  }

  /** How many results wait to be taken. */
  get waitingCount(): number {
    return this.#arrivals.size;
  }

  /**
   * Waits for the next result.
   *
   * @throws what the function has thrown for the item, what the input has thrown
   */
  next(): IteratorResult<R, undefined> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#room?.release();
    const { task, failure } = this.nextArrival(this.#arrivals);
    if (task !== undefined) return { done: false, value: task.get() };
    this.#isOver = true;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  /** Ends it: no more input is taken. What runs already runs on. */
  return(): IteratorReturnResult<undefined> {
    this.#isOver = true;
    this.driver.kill(undefined, { block: false });
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.return();
  }

  protected nextArrival(arrivals: SimpleQueue<Arrival<R>>): Arrival<R> {
    return arrivals.get();
  }

  #drive(spawnWith: SpawnWith<A, R>, input: Iterable<A>): void {
    try {
      for (const args of input) {
        this.#room?.acquire();
        this.#await(spawnWith(args));
      }
    } catch (error) {
      this.#arrivals.put({ index: this.#count, failure: { error } });
      throw error;
    }
    this.#isExhausted = true;
    this.#endIfDone();
  }

  #await(task: Task<R>): void {
    const index = this.#count++;
    this.#running++;
    task.rawLink(() => {
      this.#running--;
      this.#arrivals.put({ index, task });
      this.#endIfDone();
    });
  }

  #endIfDone(): void {
    if (this.#isExhausted && this.#running === 0) this.#arrivals.put({ index: this.#count });
  }
}

/**
 * As IMapUnordered, but the results come in the order of the input.
 *
 * Source: `gevent._imap.IMap`.
 */
export class IMap<A extends unknown[], R> extends IMapUnordered<A, R> {
  readonly #early = new Map<number, Arrival<R>>();
  #nextIndex = 0;

  protected override nextArrival(arrivals: SimpleQueue<Arrival<R>>): Arrival<R> {
    let arrival = this.#early.get(this.#nextIndex);
    this.#early.delete(this.#nextIndex);
    while (arrival === undefined) {
      const next = arrivals.get();
      if (next.index === this.#nextIndex) arrival = next;
      else this.#early.set(next.index, next);
    }
    this.#nextIndex++;
    return arrival;
  }
}

/** Starts a map over iterables, the last of which may be options instead. */
export function startIMap<A extends unknown[], R>(
  Kind: typeof IMap | typeof IMapUnordered,
  fn: (...args: A) => R,
  inputs: readonly unknown[],
  spawnWith: SpawnWith<A, R>,
): IMapUnordered<A, R> {
  checkFunction(fn, 'fn');
  const last = inputs.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !(Symbol.iterator in last);
  const options = hasOptions ? (last as IMapOptions) : undefined;
  checkOptions(options, ['maxsize']);
  const iterables = hasOptions ? inputs.slice(0, -1) : inputs;
  for (const iterable of iterables) checkIterable(iterable, 'iterables', 'iterable');
  const input = zip(iterables as Array<Iterable<unknown>>) as Iterable<A>;
  return new Kind(spawnWith, input, options?.maxsize);
}

// Ends with the shortest, as Python's does.
function* zip(iterables: ReadonlyArray<Iterable<unknown>>): Generator<unknown[]> {
  const iterators = iterables.map((iterable) => iterable[Symbol.iterator]());
  if (iterators.length === 0) return;
  let isOver = false;
  try {
    for (;;) {
      const results = [];
      for (const iterator of iterators) {
        const result = iterator.next();
        if (result.done === true) {
          isOver = true;
          return;
        }
        results.push(result.value);
      }
      yield results;
    }
  } finally {
    if (!isOver) for (const iterator of iterators) iterator.return?.();
  }
}
