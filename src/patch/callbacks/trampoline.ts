/**
 * The trampoline is a function that Node's C++ calls in place of every callback (of fs, net, dns, crypto, workers, ...)
 * once one is set. Node's own serves async hooks; ours does the same, and runs the callback in a carrier.
 */
import { createHook } from 'node:async_hooks';
import type { MessagePort as Port } from 'node:worker_threads';

import { carry, SUSPENDED } from '../../core/hub/carrier';
import { ifSupported, internals } from '../../core/internals';
import { kOnHub } from '../../core/symbols';
import { pausePort } from './messages';

type Callback = ((...args: never[]) => unknown) & { [kOnHub]?: boolean };
type Trampoline = (this: unknown, asyncId: number, resource: object, callback: Callback, ...args: unknown[]) => unknown;

const wrap = internals.internalBinding(
  'async_wrap',
  ...['async_hook_fields', 'execution_async_resources', 'setCallbackTrampoline', 'constants'],
) as {
  async_hook_fields: Uint32Array;
  execution_async_resources: object[];
  setCallbackTrampoline(trampoline: Trampoline): void;
  constants: Record<'kInit' | 'kBefore' | 'kAfter' | 'kStackLength' | 'kUsesExecutionAsyncResource', number>;
};
const { nativeHooks } = internals.internalModule('internal/async_hooks', 'nativeHooks') as {
  nativeHooks: { before(asyncId: number): void; after(asyncId: number): void };
};
const { MessagePort } = internals.internalBinding('messaging', 'MessagePort') as { MessagePort: new () => Port };
const { async_hook_fields: fields, execution_async_resources: resources } = wrap;
const { kInit, kBefore, kAfter, kStackLength, kUsesExecutionAsyncResource } = wrap.constants;

type Parser = new () => { readonly [slot: number]: unknown };

interface Parsers {
  readonly HTTPParser: Parser;
}

let HttpParser: Parser | undefined;
// Where a parser keeps what it calls with its input.
let kOnExecute = 0;

// Node's own callbacks that run the program's code only by ways that are carried one by one: immediates (timers.ts), and
// what a server's parser does with its input (http.ts).
function isCarriedWithin(self: unknown, callback: Callback): boolean {
  if (callback[kOnHub]) return true;
  return HttpParser !== undefined && self instanceof HttpParser && self[kOnExecute] === callback;
}

const trampoline: Trampoline = function (asyncId, resource, callback, ...args) {
  // C++ could tell the resource too, to whoever asks for it, but it takes longer: hooks ask often.
  const isHooked = fields[kInit]! > 0;
  if (isHooked) resources[fields[kStackLength]! - 1] = resource;
  if (fields[kBefore]! > 0 && asyncId !== 0) nativeHooks.before(asyncId);
  const result = isCarriedWithin(this, callback) ? Reflect.apply(callback, this, args) : carry(callback, this, args);
  if (fields[kAfter]! > 0 && asyncId !== 0) nativeHooks.after(asyncId);
  // Not where it was put: the levels of a greenlet that calls back may have moved while it was off.
  // An uncaught error has taken all levels away.
  if (isHooked) resources.length = Math.max(0, fields[kStackLength]! - 1);
  if (result !== SUSPENDED) return result;
  if (this instanceof MessagePort) pausePort(this);
  return undefined;
};

function install(): void {
  // C++ asks the trampoline only if somebody needs it; this count says so.
  fields[kUsesExecutionAsyncResource] = 1;
  wrap.setCallbackTrampoline(trampoline);
}

// Node sets its own trampoline when the first hook is enabled, and none when the last is disabled.
function keepInstalled(name: 'enable' | 'disable'): void {
  const prototype = Object.getPrototypeOf(createHook({})) as Record<typeof name, (this: object) => object>;
  const original = prototype[name];
  const replacement = {
    [name](this: object): object {
      const result = Reflect.apply(original, this, []);
      install();
      return result;
    },
  }[name]!;
  Object.defineProperty(prototype, name, { value: replacement, configurable: true, writable: true });
}

/** Says that what a parser does with its input is carried event by event. */
export function leaveParserUncarried(): void {
  const parsers = ifSupported(() => internals.internalBinding('http_parser', 'HTTPParser') as Parsers);
  if (parsers === undefined) return;
  HttpParser = parsers.HTTPParser;
  ({ kOnExecute } = HttpParser as Parser & { kOnExecute: number });
}

/** Lets the callbacks that C++ makes block. */
export function carryCallbacks(): void {
  install();
  keepInstalled('enable');
  keepInstalled('disable');
}
