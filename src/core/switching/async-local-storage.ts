/**
 * Where AsyncLocalStorage stands: Node 24 and later keep all stores in one frame, which the isolate holds; Node 20 and 22,
 * and later ones on request, keep them in the resources on the async-hooks stack.
 *
 * On the stack, `exit` turns the whole storage off while the callback runs: a greenlet that is suspended in there would
 * take the store from all others. Here `exit` is what Node itself made of it later: a `run` without a store. And `run` is
 * ours, so that its store goes with the greenlet.
 */
import { ifSupported, internals } from '../internals';
import { node } from '../node';
import { runWithStore, type Stores } from './store-scopes';

type Storage = InstanceType<typeof node.AsyncLocalStorage>;
type Callback = (...args: unknown[]) => unknown;

interface AsyncHooks {
  readonly symbols: { readonly async_local_storage_context_symbol?: symbol };
}

const hooks = ifSupported(() => internals.internalModule('internal/async_hooks', 'symbols') as AsyncHooks);
/** Where a resource keeps all its stores, in one object: only in later lines. */
export const kStores: unique symbol = hooks?.symbols.async_local_storage_context_symbol as never;

const probe = new node.AsyncLocalStorage();

/** Whether stores are kept in frames. Only the implementation that can be turned off says whether it is on. */
export const keepsFrames = !('enabled' in probe);

/** Where a resource has its stores. */
export function storesIn(resource: object): Stores {
  return kStores === undefined
    ? (resource as Stores)
    : (((resource as Stores)[kStores] ??= Object.create(null)) as Stores);
}

/** Puts a method of ours in place of one of AsyncLocalStorage. */
export function replaceMethod(name: 'run' | 'exit', value: (this: Storage, ...args: never[]) => unknown): void {
  Object.defineProperty(node.AsyncLocalStorage.prototype, name, { value, writable: true, configurable: true });
}

if (!keepsFrames) {
  // Some of them are on from the start, at a cost to every program.
  probe.disable();
  replaceMethod('run', function run(store: unknown, callback: Callback, ...args: unknown[]) {
    return runWithStore(this, () => storesIn(node.executionAsyncResource()), store, callback, args);
  });
  replaceMethod('exit', function exit(callback: Callback, ...args: unknown[]) {
    return this.run(undefined, callback, ...args);
  });
}
