import { waitPromise } from '../core/bridge';
import { node } from '../core/node';
import { cooperate } from './engine/cooperate';
import { definePatch, type MakeCooperative } from './engine/table';

type Wait = (array: unknown, index: unknown, value: unknown, timeout?: unknown) => unknown;
type Outcome = { async: false; value: string } | { async: true; value: Promise<string> };

const waitAsync = Reflect.get(Atomics, 'waitAsync') as (...args: Parameters<Wait>) => Outcome;
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
      return waitPromise(outcome.value);
    } finally {
      node.clearTimeout(alive);
    }
  })(original);

/** What blocks without being in a module. */
export const globals = definePatch({
  module: 'globals',
  target: globalThis,
  implements: { 'Atomics.wait': atomicsWait },
});
