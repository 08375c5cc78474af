/**
 * Where AsyncLocalStorage stands on async hooks (Node 20 and 22, and later ones on request), its `exit` turns the whole
 * storage off while the callback runs: a greenlet that is suspended in there would take the store from all others. Here
 * `exit` is what Node itself made of it later: a `run` without a store.
 */
import { node } from './node';

type Exit = (
  this: InstanceType<typeof node.AsyncLocalStorage>,
  callback: (...args: unknown[]) => unknown,
  ...args: unknown[]
) => unknown;

const { prototype } = node.AsyncLocalStorage;

// Only the implementation that can be turned off says whether it is on.
if ('enabled' in new node.AsyncLocalStorage()) {
  const exit: Exit = function exit(callback, ...args) {
    return this.run(undefined, callback, ...args);
  };
  Object.defineProperty(prototype, 'exit', { value: exit, writable: true, configurable: true });
}
