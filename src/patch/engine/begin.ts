import { CallWaiter } from './call-waiter';
import type { ModuleFunction } from './table';

type WithCallback = (this: unknown, ...args: unknown[]) => unknown;
type Callback = (error: unknown, ...results: unknown[]) => void;

/**
 * Calls a function that takes a Node callback behind its other arguments.
 *
 * @returns what waits for the callback: for its results, all of them, or its error
 * @throws what the function throws at once
 */
export function begin(start: ModuleFunction, self: unknown, args: readonly unknown[]): CallWaiter<readonly unknown[]> {
  const waiter = new CallWaiter<readonly unknown[]>();
  const callback: Callback = (error, ...results) => {
    if (error !== null && error !== undefined) waiter.throw(error);
    else waiter.switch(results);
  };
  Reflect.apply(start as WithCallback, self, [...args, callback]);
  return waiter;
}
