/** What goes to a worker thread and comes back: functions and errors cannot be sent as they are. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';

import { invalidArgType } from '../errors';

/** A function for a worker thread: its source, or where it is exported. */
export type Job =
  | { readonly source: string; readonly args: readonly unknown[] }
  | { readonly module: string; readonly name: string; readonly args: readonly unknown[] };

/** What a job has thrown; and of an error, what does not come along with it. */
export interface JobFailure {
  readonly error: unknown;
  readonly name?: string;
  readonly properties?: object;
}

/** How a job has ended. */
export type JobOutcome = { readonly value: unknown } | JobFailure;

const homes = new WeakMap<object, { readonly module: string; readonly name: string }>();

/**
 * Names a function that a module exports, for a ThreadPool: the worker thread loads the module and calls the function
 * there. It can be given wherever the pool takes a function; called right here it throws.
 *
 * @param module the module: an absolute path, a file URL, or the name of a package
 * @param name the name of the export
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what cannot be a module, such as a relative path
 * @example pool.apply(moduleFunction<(text: string) => string>(require.resolve('./digest'), 'digest'), ['text']);
 *
 * Has no twin in gevent, whose threads share all modules.
 */
export function moduleFunction<F extends (...args: never) => unknown>(module: string | URL, name = 'default'): F {
  if (typeof name !== 'string') throw invalidArgType('name', 'a string', name);
  const stand = (): never => {
    throw new TypeError(`${name} of ${String(module)} is for the worker threads of a ThreadPool`);
  };
  homes.set(stand, { module: toSpecifier(module), name });
  return Object.defineProperty(stand, 'name', { value: name }) as unknown as F;
}

function toSpecifier(module: string | URL): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== 'string') throw invalidArgType('module', 'a string or a URL', module);
  if (isAbsolute(module)) return pathToFileURL(module).href;
  // Relative to what, the worker could not know.
  if (/^\.{0,2}\/|^\.{1,2}$|^$/.test(module)) {
    throw invalidArgType('module', 'an absolute path, a file URL or the name of a package', module);
  }
  return module;
}

/**
 * Makes a job of a call.
 *
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for a function whose source says nothing: a built-in or a bound one
 */
export function toJob(fn: (...args: never) => unknown, args: readonly unknown[]): Job {
  const home = homes.get(fn);
  if (home !== undefined) return { ...home, args };
  const source = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw invalidArgType('fn', 'a function with a source of its own, or a moduleFunction()', fn);
  }
  return { source, args };
}

/** The error that a job has thrown, as like the original as it can be. */
export function toThrown({ error, name, properties }: JobFailure): unknown {
  if (!(error instanceof Error)) return error;
  if (name !== undefined && error.name !== name) {
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  }
  return Object.assign(error, properties);
}
