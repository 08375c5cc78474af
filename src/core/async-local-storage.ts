/**
 * Where AsyncLocalStorage stands: Node 24 and later keep all stores in one frame, which the isolate holds; Node 20 and 22,
 * and later ones on request, keep them in the resources on the async-hooks stack.
 *
 * On the stack, `exit` turns the whole storage off while the callback runs: a greenlet that is suspended in there would
 * take the store from all others. Here `exit` is what Node itself made of it later: a `run` without a store.
 */
import { node } from './node';

type Exit = (
  this: InstanceType<typeof node.AsyncLocalStorage>,
  callback: (...args: unknown[]) => unknown,
  ...args: unknown[]
) => unknown;

const probe = new node.AsyncLocalStorage();

/** Whether stores are kept in frames. Only the implementation that can be turned off says whether it is on. */
export const keepsFrames = !('enabled' in probe);

if (!keepsFrames) {
  // Some of them are on from the start, at a cost to every program.
  probe.disable();
  const exit: Exit = function exit(callback, ...args) {
    return this.run(undefined, callback, ...args);
  };
  Object.defineProperty(node.AsyncLocalStorage.prototype, 'exit', { value: exit, writable: true, configurable: true });
}
