/** Crossings between greenlets and Node's own ways of waiting. None has a twin in gevent. */
import { checkFunction } from '../argument-checks';
import { invalidArgType } from '../errors';
import type { Waitable } from '../greenlets/iwait';
import { node } from '../node';
import { kTakeError } from '../symbols';
import { AsyncResult, type Outcome } from '../sync/async-result';
import { Timeout, within } from '../waiting/timeout';
import { assertCanBlock, Waiter } from '../waiting/waiter';
import { checkWaitLimits, type WaitLimits, withSignal } from './abort-signal';

/** A function that is called once, with an error or with a value. */
export type NodeCallback<T> = (error: unknown, value?: T) => void;

/** What has an outcome, and tells when it is there: a Greenlet, an AsyncResult. */
export type Settling<T> = Waitable & Outcome<T> & { [kTakeError]?(): void };

type Caller = (...args: never[]) => unknown;

type Then<T> = (this: Promise<T>, fulfilled: (value: T) => void, rejected: (error: unknown) => void) => void;

const then = node.then as Then<unknown>;

// Of promises that were waited for with a limit. However often a wait for one of them is given up, it is linked to once.
const outcomes = new WeakMap<Promise<unknown>, AsyncResult<unknown>>();

/**
 * What `wait` does for a promise.
 *
 * @param caller the function whose caller is to be seen in the stack of a Timeout
 */
export function waitPromise<T>(promise: PromiseLike<T> | T, limits?: WaitLimits, caller: Caller = waitPromise): T {
  checkWaitLimits(limits);
  assertCanBlock();
  const settling = Promise.resolve(promise);
  if (limits !== undefined) return getOutcome(outcomeOf(settling), limits, caller);
  const waiter = new Waiter<unknown>();
  then.call(
    settling,
    (value) => waiter.switch(value),
    (error) => waiter.throw(error),
  );
  return waiter.get() as T;
}

function outcomeOf<T>(promise: Promise<T>): AsyncResult<T> {
  let outcome = outcomes.get(promise);
  if (outcome === undefined) {
    outcome = follow<unknown>(promise);
    outcomes.set(promise, outcome);
  }
  return outcome as AsyncResult<T>;
}

/** Gets what has become of a promise, as long as the limits allow to wait for it. */
export function getOutcome<T>(outcome: AsyncResult<T>, { timeout, signal }: WaitLimits, caller: Caller): T {
  return withSignal(signal, () => {
    outcome.wait(timeout);
    if (!outcome.ready()) throw new Timeout(timeout).withStack(caller);
    return outcome.get();
  });
}

/** The place where what becomes of a promise will be. */
export function follow<T>(promise: Promise<T>): AsyncResult<T> {
  const outcome = new AsyncResult<T>();
  then.call(
    promise,
    (value) => outcome.set(value as T),
    (error) => outcome.setException(error),
  );
  return outcome;
}

/**
 * Calls a function that takes a Node callback, and waits for the callback. Of several calls of it the first counts.
 *
 * @param start is given the callback, `(error, value)`
 * @param limits `timeout`: how long to wait, in milliseconds; `signal`: ends the wait when it is aborted. What `start` has
 *   begun goes on all the same, and what comes of it is dropped
 * @returns the callback's value
 * @throws the callback's error, what `start` throws; {Timeout} if the callback is not called in time; the reason of the
 *   signal; {BlockingSwitchOutError} where waiting is not possible
 * @example const text = waitCallback<string>((done) => fs.readFile(file, 'utf8', done), { timeout: 1000 });
 *
 * Has no twin in gevent.
 */
export function waitCallback<T>(start: (callback: NodeCallback<T>) => void, limits?: WaitLimits): T {
  checkFunction(start, 'start');
  checkWaitLimits(limits);
  assertCanBlock();
  if (limits === undefined) return startAndGet(start);
  return withSignal(limits.signal, () => startAndGet(start, limits.timeout));
}

function startAndGet<T>(start: (callback: NodeCallback<T>) => void, timeout?: number | null): T {
  const waiter = new Waiter<T>();
  start((error, value) => {
    if (waiter.ready) return;
    if (error !== null && error !== undefined) waiter.throw(error);
    else waiter.switch(value as T);
  });
  return getWithin(timeout, waiter, waitCallback);
}

/**
 * Gets the message of a waiter; what was delivered in time counts, though something else ran until the time was over.
 *
 * @param caller the function whose caller is to be seen in the stack of the Timeout
 */
export function getWithin<T>(timeout: number | null | undefined, waiter: Waiter<T>, caller: Caller): T {
  return within(
    timeout,
    () => waiter.get(),
    (limit) => {
      if (!waiter.ready) throw limit.withStack(caller);
      return waiter.get();
    },
  );
}

/**
 * A promise of what becomes of a greenlet, for `await`: it is fulfilled with what the greenlet returns (or the GreenletExit
 * that has ended it), or rejected with the very error that it throws.
 *
 * The promise takes the error: a greenlet that fails after this call does not report it, since Node reports it itself if
 * nobody handles the rejection.
 *
 * A Greenlet has no `then` itself. If it had, a greenlet that is returned by an async function, or that a promise is resolved
 * with, would be waited for and replaced by its value, and nobody could hand one over.
 *
 * @param source the greenlet, or another thing with an outcome, such as an AsyncResult
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what has no outcome
 * @example
 * app.get('/report', async (request, response) => {
 *   response.send(await toPromise(spawn(makeReport, request.query)));
 * });
 *
 * Has no twin in gevent.
 */
export function toPromise<T>(source: Settling<T>): Promise<T> {
  const { rawLink, successful } = (source ?? {}) as Partial<Settling<T>>;
  if (typeof rawLink !== 'function' || typeof successful !== 'function') {
    throw invalidArgType('source', 'a greenlet, or an AsyncResult', source);
  }
  return new Promise((resolve, reject) => {
    source[kTakeError]?.();
    source.rawLink(() => {
      if (source.successful()) resolve(source.value as T);
      else reject(source.exception);
    });
  });
}
