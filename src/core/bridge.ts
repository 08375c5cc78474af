/** Crossings between greenlets and Node's own ways of waiting. None has a twin in gevent. */
import { node } from './node';
import { assertCanBlock, Waiter } from './waiter';

/**
 * Waits for a promise: an `await` that works in any function.
 *
 * @param promise the promise, or any other value, which is its own result
 * @returns what it is fulfilled with
 * @throws what it is rejected with; {BlockingSwitchOutError} where waiting is not possible
 * @example const response = wait(fetch(url));
 */
export function wait<T>(promise: PromiseLike<T> | T): T {
  assertCanBlock();
  const waiter = new Waiter<T>();
  const settled = node.then as (this: Promise<T>, value: (value: T) => void, error: (error: unknown) => void) => void;
  settled.call(
    Promise.resolve(promise),
    (value) => waiter.switch(value),
    (error) => waiter.throw(error),
  );
  return waiter.get();
}

/**
 * Calls a function that takes a Node callback, and waits for the callback.
 *
 * @param start is given the callback, `(error, value)`
 * @returns the callback's value
 * @throws the callback's error, what `start` throws; {BlockingSwitchOutError} where waiting is not possible
 * @example const text = waitCallback<string>((done) => fs.readFile(file, 'utf8', done));
 */
export function waitCallback<T>(start: (callback: (error: unknown, value?: T) => void) => void): T {
  assertCanBlock();
  const waiter = new Waiter<T>();
  start((error, value) => {
    if (error !== null && error !== undefined) waiter.throw(error);
    else waiter.switch(value as T);
  });
  return waiter.get();
}
