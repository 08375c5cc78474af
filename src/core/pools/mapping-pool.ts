import { checkFunction, checkIterable } from '../argument-checks';
import { invalidArgType } from '../errors';
import { Greenlet } from '../greenlets/greenlet';
import { IMap, type IMapOptions, IMapUnordered, type IterablesOf, startIMap, type Task } from './imap';

/** A function that a pool calls. */
export type PoolFunction<A extends unknown[], R> = (...args: A) => R;

/** For each argument of the function an iterable, then options. */
type Inputs<A extends unknown[]> = [...IterablesOf<A>, IMapOptions?];

/**
 * What pools have in common: ways to have a function called many times.
 *
 * Source: `gevent.pool.GroupMappingMixin`.
 */
export abstract class MappingPool {
  /**
   * Has a function called, at some time and in some place of the pool's; waits for a place if there is none.
   *
   * @returns what will have the function's outcome
   */
  abstract spawn<A extends unknown[], R>(fn: PoolFunction<A, R>, ...args: A): Task<R>;

  /** Whether `apply` is to call the function right here. */
  protected abstract appliesInline(): boolean;

  /** As `spawn`, but in a greenlet, and only if there is a place for it at once. */
  protected abstract spawnAtOnce<A extends unknown[], R>(fn: PoolFunction<A, R>, args: A): Greenlet<R> | undefined;

  /** Calls what is to be called with the result of `applyCb`. */
  protected abstract callBack<R>(callback: (result: R) => void, result: R): void;

  /**
   * Calls a function by way of the pool, and waits for what it returns. Called in one of the pool's own greenlets it calls
   * the function right there, since it would wait for a place that it holds itself.
   *
   * @param fn the function
   * @param args its arguments
   * @returns what it returns
   * @throws what it throws; {TypeError} ERR_INVALID_ARG_TYPE for what is no function or no array of arguments
   * @example pool.apply(fetchPage, ['/index.html']);
   */
  apply<A extends unknown[], R>(fn: PoolFunction<A, R>, args: A = [] as unknown as A): R {
    checkFunction(fn, 'fn');
    checkArgs(args);
    if (this.appliesInline()) return fn(...args);
    return this.spawn(fn, ...args).get();
  }

  /**
   * As `apply`; and if the function has returned, has a second one called with what it has, in a greenlet of its own.
   */
  applyCb<A extends unknown[], R>(fn: PoolFunction<A, R>, args: A, callback?: (result: R) => void): R {
    if (callback !== undefined) checkFunction(callback, 'callback');
    const result = this.apply(fn, args);
    if (callback !== undefined) this.callBack(callback, result);
    return result;
  }

  /**
   * As `applyCb`, but never waits.
   *
   * @returns a greenlet that will have the outcome; whether it is in the pool depends on whether there was room
   */
  applyAsync<A extends unknown[], R>(fn: PoolFunction<A, R>, args: A, callback?: (result: R) => void): Greenlet<R> {
    checkFunction(fn, 'fn');
    checkArgs(args);
    if (callback !== undefined) checkFunction(callback, 'callback');
    const greenlet = this.spawnAtOnce(fn, args);
    if (greenlet === undefined) return Greenlet.spawn(() => this.applyCb(fn, args, callback)) as Greenlet<R>;
    if (callback !== undefined) greenlet.linkValue(() => callback(greenlet.value as R));
    return greenlet;
  }

  /**
   * Calls a function with each of many, as many at a time as the pool has places, and waits for all.
   *
   * @returns the results in the order of the input
   * @throws the error of the first that has failed, in the order of the input; what the input throws; {TypeError}
   *   ERR_INVALID_ARG_TYPE for what is no function or no iterable
   * @example pool.map(fetchPage, ['/a', '/b', '/c']);
   */
  map<A, R>(fn: (item: A) => R, iterable: Iterable<A>): R[] {
    return this.mapAsync(fn, iterable).get();
  }

  /** As `map`; then calls a function with the results. */
  mapCb<A, R>(fn: (item: A) => R, iterable: Iterable<A>, callback?: (results: R[]) => void): R[] {
    if (callback !== undefined) checkFunction(callback, 'callback');
    const results = this.map(fn, iterable);
    callback?.(results);
    return results;
  }

  /** As `mapCb`, but in a greenlet of its own, which is returned. */
  mapAsync<A, R>(fn: (item: A) => R, iterable: Iterable<A>, callback?: (results: R[]) => void): Greenlet<R[]> {
    checkFunction(fn, 'fn');
    checkIterable(iterable, 'iterable');
    if (callback !== undefined) checkFunction(callback, 'callback');
    return Greenlet.spawn((): R[] => {
      const tasks = Array.from(iterable, (item) => this.spawn(fn, item));
      const results = tasks.map((task) => task.get());
      callback?.(results);
      return results;
    }) as Greenlet<R[]>;
  }

  /**
   * Calls a function with each of many, as `map` does, but in the background: the results are there to be iterated over as
   * they come, in the order of the input. The input is taken at once, as far as the pool has places.
   *
   * @param fn the function
   * @param inputs for each of its arguments an iterable; the shortest counts. Then, if wanted, options: `maxsize`, how many
   *   results may wait to be taken before no more input is
   * @example for (const page of pool.imap(fetchPage, paths, { maxsize: 10 })) index(page);
   *
   * Source: `imap`.
   */
  imap<A extends unknown[], R>(fn: PoolFunction<A, R>, ...inputs: Inputs<A>): IMap<A, R> {
    return startIMap(IMap, fn, inputs, (args) => this.spawn(fn, ...args)) as IMap<A, R>;
  }

  /** As `imap`, but the results come in the order in which they are there. It costs less. */
  imapUnordered<A extends unknown[], R>(fn: PoolFunction<A, R>, ...inputs: Inputs<A>): IMapUnordered<A, R> {
    return startIMap(IMapUnordered, fn, inputs, (args) => this.spawn(fn, ...args));
  }
}

function checkArgs(args: unknown): void {
  if (!Array.isArray(args)) throw invalidArgType('args', 'an array', args);
}
