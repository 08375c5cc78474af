import { checkCount } from '../argument-checks';
import { outOfRange, TaskDoneError } from '../errors';
import { Event } from '../sync/event';
import type { QueueOptions } from './queue-options';
import { SimpleQueue } from './simple-queue';

/** What a queue that can be joined is made of. */
export interface JoinableQueueOptions<T> extends QueueOptions<T> {
  /** How many items are to be done to begin with; all that it holds unless given. */
  unfinishedTasks?: number;
}

/**
 * A queue that knows whether all that was put into it has been worked off: `join` waits until for each item `taskDone` was
 * called.
 *
 * @example
 * const queue = new Queue<string>();
 * spawn(() => {
 *   for (const url of queue) {
 *     fetchPage(url);
 *     queue.taskDone();
 *   }
 * });
 * urls.forEach((url) => queue.put(url));
 * queue.join();
 *
 * Source: `gevent.queue.Queue`, which is `JoinableQueue` as well.
 */
export class Queue<T> extends SimpleQueue<T> {
  #unfinishedTasks: number;
  readonly #allDone = new Event();

  /**
   * Makes a queue.
   *
   * @param maxsize how many items it has room for; without a bound unless above 0
   * @param options `items`: what it holds to begin with; `unfinishedTasks`: how many are to be done, all of these unless
   *   given
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what cannot be a bound or a count
   */
  constructor(maxsize?: number | null, options: JoinableQueueOptions<T> = {}) {
    // What is no object is the next constructor's to refuse.
    const unfinishedTasks = options?.unfinishedTasks;
    if (unfinishedTasks !== undefined) checkCount(unfinishedTasks, 'options.unfinishedTasks', 0);
    super(maxsize, options);
    this.#unfinishedTasks = unfinishedTasks ?? this.size;
    if (this.#unfinishedTasks === 0) this.#allDone.set();
  }

  /** How many items are not done yet. */
  get unfinishedTasks(): number {
    return this.#unfinishedTasks;
  }

  /**
   * Tells that an item that was got has been worked off.
   *
   * @throws {TaskDoneError} if that was told of all items already
   */
  taskDone(): void {
    if (this.#unfinishedTasks === 0) throw new TaskDoneError('taskDone() was called more often than items were put');
    if (--this.#unfinishedTasks === 0) this.#allDone.set();
  }

  /**
   * Waits until all items have been worked off.
   *
   * @param timeout how long at most, in milliseconds; for ever unless given
   * @returns whether they have, false if the time is over
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  join(timeout?: number | null): boolean {
    return this.#allDone.wait(timeout);
  }

  /** @inheritDoc The items that are dropped count as done. */
  override shutdown(immediate = false): void {
    const dropped = immediate ? Math.min(this.size, this.#unfinishedTasks) : 0;
    super.shutdown(immediate);
    for (let item = 0; item < dropped; item++) this.taskDone();
  }

  protected override _put(item: T): void {
    super._put(item);
    if (this.#unfinishedTasks++ === 0) this.#allDone.clear();
  }

  protected override optionNames(): readonly string[] {
    return ['items', 'unfinishedTasks'];
  }

  protected override copyOptions(): JoinableQueueOptions<T> {
    return { ...super.copyOptions(), unfinishedTasks: this.#unfinishedTasks };
  }
}

export { Queue as JoinableQueue };

/**
 * A queue that has no bound, and refuses one.
 *
 * Source: `gevent.queue.UnboundQueue`.
 */
export class UnboundQueue<T> extends Queue<T> {
  /**
   * Makes a queue.
   *
   * @param maxsize undefined or null, for code that makes queues of several kinds
   * @param options as those of `Queue`
   * @throws {RangeError} ERR_OUT_OF_RANGE for a bound
   */
  constructor(maxsize?: null, options?: JoinableQueueOptions<T>) {
    super(checkUnbound(maxsize), options);
  }

  override get maxsize(): number {
    return super.maxsize;
  }

  override set maxsize(maxsize: null | undefined) {
    super.maxsize = checkUnbound(maxsize);
  }
}

function checkUnbound(maxsize: unknown): undefined {
  if (maxsize !== undefined && maxsize !== null) throw outOfRange('maxsize', 'undefined or null', maxsize);
}
