import { checkOptions } from '../argument-checks';
import { invalidArgType } from '../errors';
import { WaitIterator, type Waitable, type WaitOptions } from '../greenlets/iwait';
import { joinHub } from '../seeing/loop-exit';
import { checkSignal, type WaitLimits, withSignal } from './abort-signal';
import { waitPromise } from './bridge';

/** What can be seen of an outcome. */
interface JoinedAs {
  ready?(): boolean;
  successful?(): boolean;
  readonly exception?: unknown;
}

/** What `joinAll` takes: a greenlet, or what ends with an error as greenlets do. */
export type Joinable = Waitable & JoinedAs;

/** How to join. */
export interface JoinAllOptions extends WaitOptions {
  /** Whether to throw the error of the first that has failed; false unless given. */
  raiseError?: boolean;
}

const JOIN_ALL_OPTIONS = ['timeout', 'count', 'raiseError'];

/**
 * Waits for a promise: an `await` that works in any function. A value that is neither a promise nor a list is its own
 * result.
 *
 * @param promise the promise
 * @param limits `timeout`: how long to wait, in milliseconds; `signal`: ends the wait when it is aborted. What the promise
 *   is the result of goes on all the same; if it is rejected later, that counts as handled
 * @returns what it is fulfilled with
 * @throws what it is rejected with; {Timeout} if it is not settled in time; the reason of the signal;
 *   {BlockingSwitchOutError} where waiting is not possible
 * @example const response = wait(fetch(url), { timeout: 5000 });
 *
 * Has no twin in gevent.
 */
export function wait<T>(promise: PromiseLike<T>, limits?: WaitLimits): T;
/**
 * Waits for greenlets, events, semaphores and whatever else can be linked to.
 *
 * @param objects what to wait for
 * @param options how many, and how long, in milliseconds; `signal`: ends the wait when it is aborted
 * @returns those that were ready in time, in the order in which they became ready
 * @throws the reason of the signal; {TypeError} ERR_INVALID_ARG_TYPE for what cannot be waited for; {RangeError}
 *   ERR_OUT_OF_RANGE for what is no time or no count; {BlockingSwitchOutError} where waiting is not possible
 * @example const [winner] = wait([first, second], { count: 1 });
 *
 * Source: `gevent.wait`.
 */
export function wait<W extends Waitable>(objects: Iterable<W>, options?: WaitOptions & WaitLimits): W[];
/**
 * Waits until nothing is left to do: `Hub.join`.
 *
 * @returns true
 *
 * Source: `gevent.wait` without objects.
 */
export function wait(): true;
export function wait<T>(value: T, limits?: WaitLimits): T;
export function wait(...args: [target?: unknown, options?: WaitOptions & WaitLimits]): unknown {
  if (args.length === 0) return joinHub();
  const [target, options] = args;
  if (typeof target !== 'object' || target === null) return waitPromise(target, options, wait);
  if (Symbol.iterator in target) return waitForList(target as Iterable<Waitable>, options);
  if ('rawLink' in target) throw invalidArgType('target', 'a promise, or a list of what can be waited for', target);
  return waitPromise(target, options, wait);
}

function waitForList(objects: Iterable<Waitable>, options: (WaitOptions & WaitLimits) | undefined): Waitable[] {
  if (options?.signal === undefined) return new WaitIterator(objects, options).rest();
  const { signal, ...others } = options;
  checkSignal(signal, 'options.signal');
  const iterator = new WaitIterator(objects, others);
  return withSignal(signal, () => iterator.rest());
}

/**
 * Waits for greenlets to finish.
 *
 * @param greenlets the greenlets
 * @param options how many, how long in milliseconds, and whether to throw their errors
 * @returns those that have finished in time, in the order in which they have; one that is listed twice is there twice
 * @throws with `raiseError`, the error of the first that has failed; and as `wait`
 * @example joinAll([spawn(fetchPage, '/a'), spawn(fetchPage, '/b')], { raiseError: true });
 *
 * Source: `gevent.joinall`.
 */
export function joinAll<G extends Joinable>(greenlets: Iterable<G>, options: JoinAllOptions = {}): G[] {
  checkOptions(options, JOIN_ALL_OPTIONS);
  const { raiseError = false, ...waitOptions } = options;
  if (typeof raiseError !== 'boolean') throw invalidArgType('options.raiseError', 'a boolean', raiseError);
  const iterator = new WaitIterator(greenlets, waitOptions);
  if (!raiseError) return iterator.rest();
  const finished: G[] = [];
  for (const greenlet of iterator) {
    if (hasFailed(greenlet)) throw greenlet.exception;
    finished.push(greenlet);
  }
  return finished;
}

/** Whether something has ended with an error. What was thrown may be undefined, so those that can say it are asked. */
export function hasFailed(joined: JoinedAs): boolean {
  if (joined.successful === undefined) return joined.exception !== undefined && joined.exception !== null;
  return joined.ready?.() === true && !joined.successful();
}
