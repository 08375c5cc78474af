import { checkFunction } from '../argument-checks';
import { type Comparator, Heap } from './heap';
import { type JoinableQueueOptions, Queue } from './queue';
import type { Store } from './simple-queue';

/** What a PriorityQueue is made of. */
export interface PriorityQueueOptions<T> extends JoinableQueueOptions<T> {
  /** Says which of two items comes first: below 0 the left one. By value, arrays entry by entry, unless given. */
  compare?: Comparator<T>;
}

/**
 * A queue from which the least item is got first. Among equal ones the order is not defined.
 *
 * @example
 * const queue = new PriorityQueue<[priority: number, url: string]>();
 * queue.put([2, 'later']);
 * queue.put([1, 'first']);
 * queue.get(); // [1, 'first']
 * new PriorityQueue<Job>(null, { compare: (left, right) => left.due - right.due });
 *
 * Source: `gevent.queue.PriorityQueue`.
 */
export class PriorityQueue<T> extends Queue<T> {
  declare protected queue: Heap<T>;

  /**
   * Makes a queue.
   *
   * @param maxsize how many items it has room for; without a bound unless above 0
   * @param options as those of `Queue`, and `compare`: which of two items comes first
   * @throws as `Queue`; what `compare` throws
   */
  constructor(maxsize?: number | null, options?: PriorityQueueOptions<T>) {
    if (options?.compare !== undefined) checkFunction(options.compare, 'options.compare');
    super(maxsize, options);
  }

  protected override optionNames(): readonly string[] {
    return [...super.optionNames(), 'compare'];
  }

  protected override _init(_maxsize: number, { items, compare }: PriorityQueueOptions<T>): void {
    this.queue = new Heap(items, compare);
  }

  protected override copyOptions(): PriorityQueueOptions<T> {
    return { ...super.copyOptions(), compare: this.queue.compare };
  }
}

/**
 * A queue from which the item that was put last is got first.
 *
 * @example
 * const queue = new LifoQueue<number>(null, { items: [1, 2] });
 * queue.get(); // 2
 *
 * Source: `gevent.queue.LifoQueue`.
 */
export class LifoQueue<T> extends Queue<T> {
  protected override _init(_maxsize: number, { items }: JoinableQueueOptions<T>): void {
    this.queue = new Stack(items);
  }
}

class Stack<T> implements Store<T> {
  readonly #items: T[];

  constructor(items: Iterable<T> = []) {
    this.#items = [...items];
  }

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    return this.#items.pop();
  }

  peek(): T | undefined {
    return this.#items.at(-1);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }
}
