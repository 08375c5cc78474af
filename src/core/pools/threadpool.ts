import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';

import type * as piscina from 'piscina';

import {
  type BlockOptions,
  checkBlockOptions,
  checkCount,
  checkFunction,
  checkOptions,
  checkTimeout,
} from '../argument-checks';
import { waitPromise } from '../bridges/bridge';
import { config } from '../config';
import { reportError, ReportedCall } from '../hub/error-report';
import { getHub } from '../hub/hub';
import { node } from '../node';
import { Ring } from '../ring';
import { AsyncResult } from '../sync/async-result';
import { Event } from '../sync/event';
import { Semaphore } from '../sync/semaphore';
import { within } from '../waiting/timeout';
import { assertCanBlock } from '../waiting/waiter';
import { MappingPool, type PoolFunction } from './mapping-pool';
import { ThreadPoolKilled } from './pool-errors';
import { type Job, type JobOutcome, toJob, toThrown } from './thread-job';

/** What a thread pool is made of. */
export interface ThreadPoolOptions {
  /** How long a thread stays that has nothing to do, in milliseconds; unless given 5000, or what is configured. */
  idleTimeout?: number;
}

/** A job, and who waits for it. */
interface ThreadTask {
  readonly fn: (...args: never) => unknown;
  readonly job: Job;
  readonly result: AsyncResult<unknown>;
}

/** The library's threads, as many as one bound allows: another bound takes others. */
interface Crew {
  readonly piscina: piscina.Piscina;
  running: number;
}

type Ended = (outcome: JobOutcome) => void;

const WORKER = join(__dirname, 'thread-worker.js');
// Loaded when the first thread is needed: it takes longer to load than all the rest of the package.
const load = createRequire(__filename);

/**
 * Worker threads that call functions, while the greenlets which wait for them let others run: for what computes, or blocks
 * in a way that no patch can help.
 *
 * A thread shares nothing with this one. A function is sent as its source, so that it sees its arguments, the globals and
 * `require`, and no variable from around it; or it is named by `moduleFunction`. Arguments, results and errors are copied,
 * as `structuredClone` does. The promise of an async function is awaited in the thread.
 *
 * An error of a function is thrown by `get`, and reported, as a greenlet's is.
 *
 * @example
 * const pool = new ThreadPool(4);
 * pool.apply((n: number) => { let sum = 0; for (let i = 1; i <= n; i++) sum += i; return sum; }, [1e9]);
 *
 * Source: `gevent.threadpool.ThreadPool`.
 */
export class ThreadPool extends MappingPool implements Disposable {
  readonly #idleTimeout: number;
  #maxsize = 0;
  // One more than there are threads: while a thread is told of its next job, that can be on its way.
  readonly #room = new Semaphore(1);
  // How much room a smaller bound has still to take back.
  #surplus = 0;
  readonly #queue = new Ring<ThreadTask>();
  readonly #unfinished = new Set<ThreadTask>();
  readonly #idle = new Event();
  #crew: Crew | undefined;
  // In all crews.
  #running = 0;

  /**
   * Makes a pool; it has no threads before it has jobs.
   *
   * @param maxsize how many threads there may be; unless given 10, or what is configured
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no whole number >= 0
   */
  constructor(maxsize = config.threadPoolSize, options?: ThreadPoolOptions) {
    super();
    checkOptions(options, ['idleTimeout']);
    checkTimeout(options?.idleTimeout, 'options.idleTimeout');
    this.#idleTimeout = options?.idleTimeout ?? config.threadPoolIdleTimeout;
    this.#idle.set();
    this.maxsize = maxsize;
  }

  /** How many threads there may be. With 0 jobs wait until it is set higher; set lower, those that run end as they would. */
  get maxsize(): number {
    return this.#maxsize;
  }

  set maxsize(maxsize: number) {
    checkCount(maxsize, 'maxsize', 0);
    for (let more = maxsize - this.#maxsize; more > 0; more--) this.#giveRoom();
    for (let less = this.#maxsize - maxsize; less > 0; less--) {
      if (!this.#room.acquire({ block: false })) this.#surplus++;
    }
    this.#maxsize = maxsize;
    this.#dismiss();
    this.#dispatch();
  }

  /** How many threads there are. */
  get size(): number {
    return this.#crew?.piscina.threads.length ?? 0;
  }

  /** How many jobs have not ended, those that have not begun included. Source: `len`. */
  get taskCount(): number {
    return this.#unfinished.size;
  }

  /**
   * Has a function called in a thread. If as many jobs as there may be threads run, and one more waits, it waits first.
   *
   * @returns what will have the outcome
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for a function that cannot be sent; {BlockingSwitchOutError} where waiting is
   *   not possible, but necessary
   */
  override spawn<A extends unknown[], R>(fn: PoolFunction<A, R>, ...args: A): AsyncResult<R> {
    checkFunction(fn, 'fn');
    const job = toJob(fn, args);
    this.#room.acquire();
    const result = new AsyncResult<R>();
    const task: ThreadTask = { fn, job, result: result as AsyncResult<unknown> };
    this.#unfinished.add(task);
    this.#idle.clear();
    this.#queue.push(task);
    this.#dispatch();
    return result;
  }

  /**
   * Waits until all jobs have ended.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns whether that came to pass in time
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  join(timeout?: number | null): boolean {
    return this.#idle.wait(timeout);
  }

  /**
   * Ends the threads, in the midst of what they do, and waits until they are gone. Jobs that have not ended fail with
   * ThreadPoolKilled. The pool can be used again. (Upstream, whose threads cannot be ended so, lets the jobs end.)
   *
   * @param options `block`: false does not wait; `timeout`: how long at most, in milliseconds
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  kill(options?: BlockOptions): void {
    checkBlockOptions(options);
    if (options?.block !== false) assertCanBlock();
    const crew = this.#crew;
    this.#crew = undefined;
    while (this.#queue.shift() !== undefined);
    for (const task of this.#unfinished) this.#end(task, { error: new ThreadPoolKilled() });
    const gone = crew?.piscina.destroy();
    if (gone === undefined || options?.block === false) return;
    within(
      options?.timeout,
      () => waitPromise(gone),
      () => undefined,
    );
  }

  /** Kills it: what `using` does at the end of a block. */
  [Symbol.dispose](): void {
    this.kill();
  }

  [inspect.custom](): string {
    const { size, maxsize, taskCount } = this;
    return `${this.constructor.name} { ${size} of ${maxsize} threads, ${taskCount} ${taskCount === 1 ? 'job' : 'jobs'} }`;
  }

  protected override appliesInline(): boolean {
    return false;
  }

  protected override spawnAtOnce(): undefined {
    return undefined;
  }

  protected override callBack<R>(callback: (result: R) => void, result: R): void {
    callback(result);
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#running < this.#maxsize) this.#run(this.#queue.shift()!);
  }

  #run(task: ThreadTask): void {
    this.#crew ??= { piscina: this.#makePiscina(), running: 0 };
    const crew = this.#crew;
    crew.running++;
    this.#running++;
    const ended = (outcome: JobOutcome): void => {
      crew.running--;
      this.#running--;
      if (this.#unfinished.has(task)) this.#end(task, outcome);
      if (this.#crew !== crew && crew.running === 0) void crew.piscina.destroy();
      this.#dispatch();
    };
    const then = node.then as (this: Promise<JobOutcome>, ended: Ended, failed: (error: unknown) => void) => void;
    then.call(crew.piscina.run(task.job), ended, (error) => ended({ error: lossOf(error) }));
  }

  #end(task: ThreadTask, outcome: JobOutcome): void {
    this.#unfinished.delete(task);
    this.#giveRoom();
    if ('error' in outcome) {
      const thrown = toThrown(outcome);
      task.result.setException(thrown);
      if (!(thrown instanceof ThreadPoolKilled)) getHub().failed(new ReportedCall(task.fn, this), thrown);
    } else {
      task.result.set(outcome.value);
    }
    if (this.#unfinished.size === 0) this.#idle.set();
  }

  #giveRoom(): void {
    if (this.#surplus > 0) this.#surplus--;
    else this.#room.release();
  }

  // Threads of another bound end their jobs, and go.
  #dismiss(): void {
    const crew = this.#crew;
    this.#crew = undefined;
    if (crew?.running === 0) void crew.piscina.destroy();
  }

  #makePiscina(): piscina.Piscina {
    const { Piscina } = load('piscina') as typeof piscina;
    const threads = new Piscina({
      filename: WORKER,
      name: 'runJob',
      minThreads: 0,
      maxThreads: this.#maxsize,
      idleTimeout: this.#idleTimeout,
      // Or what a function leaves behind, such as a timer, would stand still until the next job.
      atomics: 'disabled',
    });
    // Of a thread that has died without a job, of what one has left behind: another takes its place.
    threads.on('error', (error) => reportError(error, this));
    return threads;
  }
}

// A thread that has died, of a result that cannot be sent for instance, may tell why by something that is no error.
function lossOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The worker thread has died', { cause: reason });
}
