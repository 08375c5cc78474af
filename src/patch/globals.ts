import { later } from '../core/hub/later';
import { node } from '../core/node';
import { blockingForm, formOfPromise } from './engine/blocking-form';
import { CallWaiter } from './engine/call-waiter';
import { cooperate } from './engine/cooperate';
import { definePatch, type MakeCooperative, type ModuleFunction } from './engine/table';

const bridge = later<typeof import('../core/bridges/bridge')>(require, '../core/bridges/bridge');

type Wait = (array: unknown, index: unknown, value: unknown, timeout?: unknown) => unknown;
type Outcome = { async: false; value: string } | { async: true; value: Promise<string> };

const waitAsync = Reflect.get(Atomics, 'waitAsync') as (...args: Parameters<Wait>) => Outcome;
type Then = (this: Promise<string>, value: (value: string) => void) => unknown;

const LONG = 2 ** 31 - 1;

const atomicsWait: MakeCooperative = (original) =>
  cooperate((self, args) => {
    let outcome: Outcome;
    try {
      outcome = waitAsync(...(args as Parameters<Wait>));
    } catch {
      return Reflect.apply(original, self, args);
    }
    if (!outcome.async) return outcome.value;
    // Who waits keeps the process from ending, but the promise by itself does not.
    const alive = node.setTimeout(() => {}, LONG);
    try {
      const waiter = new CallWaiter<string>();
      (node.then as Then).call(outcome.value, (value) => waiter.switch(value));
      return waiter.get();
    } finally {
      node.clearTimeout(alive);
    }
  })(original);

declare global {
  /** The blocking form of `fetch`: suspends the greenlet until the response begins. */
  function fetchSync(...args: Parameters<typeof fetch>): Response;
  interface Response {
    textSync(): string;
    jsonSync(): unknown;
    arrayBufferSync(): ArrayBuffer;
    blobSync(): Blob;
  }
}

const READERS = ['arrayBuffer', 'blob', 'json', 'text'];

// Node loads what fetches with the first use, which is not to be at the start.
function addReaders(response: Response): void {
  const prototype = Object.getPrototypeOf(response) as Record<string, ModuleFunction>;
  for (const name of READERS) {
    const value = formOfPromise(`${name}Sync`, prototype[name]!);
    if (!(`${name}Sync` in prototype)) Object.defineProperty(prototype, `${name}Sync`, { value, configurable: true });
  }
}

const fetchSync = blockingForm('fetchSync', (...args: Parameters<typeof fetch>) => {
  const response = bridge().waitPromise(fetch(...args));
  addReaders(response);
  return response;
});

/** What blocks without being in a module. */
export const globals = definePatch({
  module: 'globals',
  target: globalThis,
  implements: { 'Atomics.wait': atomicsWait },
  extensions: { fetchSync },
});
