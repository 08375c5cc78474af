/** Where Node calls the program's code and cannot have it suspended: what blocks there, blocks for real. */
import asyncHooks from 'node:async_hooks';
import type Vm from 'node:vm';

import { whenLoaded } from '../../core/builtins';
import { callWithoutYield } from '../../core/hub/no-yield';
import { internals } from '../../core/internals';
import { shownFrames } from './hidden-frames';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const { setPrepareStackTraceCallback } = internals.internalBinding('errors', 'setPrepareStackTraceCallback') as {
  setPrepareStackTraceCallback(callback: AnyFunction): void;
};
const { prepareStackTraceCallback } = internals.internalModule('internal/errors', 'prepareStackTraceCallback') as {
  prepareStackTraceCallback: AnyFunction;
};
const CONSOLE_IN_FILE = 'internal/fs/sync_write_stream';
const HOOKS = ['init', 'before', 'after', 'destroy', 'promiseResolve'] as const;

function replace<T extends object>(target: T, name: keyof T, make: (original: AnyFunction) => AnyFunction): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  if (descriptor === undefined) return;
  const original = descriptor.value as AnyFunction;
  const replacement = make(original);
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(replacement, property, { value: original[property], configurable: true });
  }
  Object.defineProperty(target, name, { ...descriptor, value: replacement });
}

// Reading `error.stack` may be the first thing to ask for the frames, anywhere; it must not become a switch.
function guardStackTraces(): void {
  setPrepareStackTraceCallback(function (realm, error, frames) {
    const args = [realm, error, shownFrames(frames as NodeJS.CallSite[])];
    return callWithoutYield('while a stack trace is prepared', prepareStackTraceCallback, this, args);
  });
}

// Node counts how deep it is in hooks, for all greenlets together.
function guardAsyncHooks(): void {
  const guarded = (callback: AnyFunction): AnyFunction =>
    function (...args) {
      return callWithoutYield('in a callback of an async hook', callback, this, args);
    };
  replace(asyncHooks, 'createHook', (original) => {
    return function (callbacks, ...rest) {
      if (typeof callbacks !== 'object' || callbacks === null) return Reflect.apply(original, this, [callbacks]);
      const guards = Object.create(callbacks) as Record<string, unknown>;
      for (const name of HOOKS) {
        const callback = (callbacks as Record<string, unknown>)[name];
        const value = typeof callback === 'function' ? guarded(callback as AnyFunction) : callback;
        Object.defineProperty(guards, name, { value });
      }
      return Reflect.apply(original, this, [guards, ...rest]);
    };
  });
}

// A time that is over ends whatever runs at that moment, not the script that it was set for.
function guardTimedScripts(vm: typeof Vm): void {
  const guard = (original: AnyFunction): AnyFunction =>
    function (...args) {
      const options = args.at(-1) as { timeout?: unknown } | null | undefined;
      return options?.timeout === undefined
        ? Reflect.apply(original, this, args)
        : callWithoutYield('in a script with a timeout', original, this, args);
    };
  replace(vm.Script.prototype, 'runInThisContext', guard);
  replace(vm.Script.prototype, 'runInContext', guard);
  // Only with --experimental-vm-modules.
  if ('Module' in vm) replace((vm.Module as { prototype: { evaluate: AnyFunction } }).prototype, 'evaluate', guard);
}

// What is written to the console is in the file when the call returns, and in the order of the calls.
function guardConsole({ prototype }: { prototype: { _write: AnyFunction } }): void {
  replace(prototype, '_write', (original) => {
    return function (...args) {
      return callWithoutYield('while the console writes', original, this, args);
    };
  });
}

/** Keeps greenlets from being suspended in such places. Comes before the patches. */
export function guardRegions(): void {
  whenLoaded(CONSOLE_IN_FILE, guardConsole);
  guardStackTraces();
  guardAsyncHooks();
  whenLoaded('vm', guardTimedScripts);
}
