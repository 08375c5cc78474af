import { beginWasmStack, endWasmStack } from '../../core/hub/wasm-stacks';
import { node } from '../../core/node';
import { disguise, functionAt, locate, replaceItem } from './item';
import type { ModuleFunction } from './table';

type Then = (
  this: Promise<unknown>,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => never,
) => Promise<unknown>;
type Promising = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** Notices the calls that `WebAssembly.promising` makes possible, which Node has from 24 on, from their begin to their end. */
export function watchWasmStacks(): void {
  // There is no WebAssembly with --jitless.
  const place = locate(globalThis, 'WebAssembly.promising');
  const original = place && functionAt(place.owner, place.key);
  if (original === undefined) return;
  // What it returns it takes as well.
  const noticed = new WeakMap<Promising, Promising>();
  const promising: ModuleFunction = function (fn: Promising, ...rest: never[]) {
    const unnoticed = Reflect.apply(original, this, [noticed.get(fn) ?? fn, ...rest] as never[]) as Promising;
    const proxy = new Proxy(unnoticed, { apply: call });
    noticed.set(proxy, unnoticed);
    return proxy;
  };
  replaceItem(place!.owner, place!.key, disguise(promising, original));
}

function call(promising: Promising, self: unknown, args: unknown[]): Promise<unknown> {
  beginWasmStack();
  try {
    // Nobody handles a rejection of this promise but the one that is returned.
    return (node.then as Then).call(Reflect.apply(promising, self, args), onValue, onError);
  } catch (error) {
    endWasmStack();
    throw error;
  }
}

function onValue(value: unknown): unknown {
  endWasmStack();
  return value;
}

function onError(error: unknown): never {
  endWasmStack();
  throw error;
}
