/**
 * The `AsyncLocalStorage.run`s that the running greenlet is in, where stores are kept in resources. `run` puts its store
 * into the resource of the running code and takes it back at its end. But a callback may be suspended within a `run` that
 * its caller is in (tracers wrap `emit` of an HTTP server so), and the caller goes on, and ends it: so a greenlet that leaves
 * takes the stores of its runs along, and puts them back when it returns.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';

/** Where stores are: in a resource, by the key of their storage. */
export type Stores = Record<symbol, unknown>;

/** A storage as it is where it keeps its stores in resources. */
interface Storage extends AsyncLocalStorage<unknown> {
  readonly kResourceStore: symbol;
  _enable(): void;
}

/** A `run` that has not ended. */
export interface StoreScope {
  readonly stores: Stores;
  readonly key: symbol;
  /** The store; while somebody else runs. */
  store: unknown;
  /** The store that was there before. */
  outer: unknown;
}

export const NO_SCOPES: StoreScope[] = [];

// Those of the running greenlet, the outermost first.
let open = NO_SCOPES;

/** Whether the running greenlet is in any. */
export function hasScopes(): boolean {
  return open !== NO_SCOPES;
}

/**
 * What `run` of Node's does.
 *
 * @param stores where the running code has its stores
 */
export function runWithStore(
  storage: AsyncLocalStorage<unknown>,
  stores: () => Stores,
  store: unknown,
  callback: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): unknown {
  if (Object.is(store, storage.getStore())) return Reflect.apply(callback, null, args);
  const { kResourceStore: key } = storage as Storage;
  (storage as Storage)._enable();
  const scope: StoreScope = { stores: stores(), key, store, outer: undefined };
  putOn(scope);
  open = open === NO_SCOPES ? [scope] : [...open, scope];
  try {
    return Reflect.apply(callback, null, args);
  } finally {
    scope.stores[key] = scope.outer;
    open = open.length === 1 ? NO_SCOPES : open.filter((each) => each !== scope);
  }
}

/** Takes the stores of the leaving greenlet out; `putBack` takes what is returned. */
export function takeStores(): StoreScope[] {
  const scopes = open;
  open = NO_SCOPES;
  for (let index = scopes.length - 1; index >= 0; index--) {
    const scope = scopes[index]!;
    scope.store = scope.stores[scope.key];
    scope.stores[scope.key] = scope.outer;
  }
  return scopes;
}

/** Puts the stores of a greenlet that goes on where they belong. */
export function putBack(scopes: StoreScope[]): void {
  open = scopes;
  scopes.forEach(putOn);
}

/** The scopes for a greenlet that carries on for the running one. */
export function copyScopes(): StoreScope[] {
  return open.map((scope) => ({ ...scope, store: scope.stores[scope.key] }));
}

function putOn(scope: StoreScope): void {
  scope.outer = scope.stores[scope.key];
  scope.stores[scope.key] = scope.store;
}
