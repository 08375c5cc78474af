/** What is given to a raw greenlet, checked: what it runs, what is thrown into it, the stack that the system has for it. */
import { getSystemErrorName, types } from 'node:util';

import { GreenletError, invalidArgType } from '../errors';

/** What a greenlet runs: any function. The arguments of the first switch are its arguments. */
export type Run = (...args: never[]) => unknown;

/** A class of errors, for `throw(TheClass, ...args)`. */
export type ErrorClass = new (...args: never[]) => Error;

/**
 * The error that `throw(error, ...classArgs)` means: an error is itself, a class of errors makes one.
 *
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for anything else
 */
export function toError(error: unknown, classArgs: readonly unknown[]): Error {
  if (error instanceof Error || types.isNativeError(error)) {
    if (classArgs.length === 0) return error;
    throw invalidArgType('classArgs', 'left out for an error that is there already', classArgs[0]);
  }
  if (typeof error === 'function' && (error === Error || error.prototype instanceof Error)) {
    return Reflect.construct(error, classArgs);
  }
  throw invalidArgType('error', 'an error or a class of errors', error);
}

/** Throws unless it can be the `run` of a greenlet; null can, and fails when it is started, as `None` does upstream. */
export function checkRun(run: unknown): void {
  if (run !== null && typeof run !== 'function') throw invalidArgType('run', 'a function', run);
}

interface RunField<G> {
  isStarted(greenlet: G): boolean;
  get(greenlet: G): Run | null | undefined;
  set(greenlet: G, run: Run | null): void;
}

/** Makes `run` an accessor. It is declared as a method: TypeScript lets a method be overridden by a method only. */
export function defineRun<G>(prototype: object, field: RunField<G>): void {
  Object.defineProperty(prototype, 'run', {
    configurable: true,
    get(this: G) {
      if (field.isStarted(this)) throw new GreenletError('ERR_UNBLOCK_STARTED', 'a started greenlet has no run');
      const run = field.get(this);
      if (run === undefined) throw new GreenletError('ERR_UNBLOCK_NO_RUN', 'the greenlet has no run');
      return run;
    },
    set(this: G, run: Run | null) {
      if (field.isStarted(this)) throw new GreenletError('ERR_UNBLOCK_STARTED', 'a started greenlet takes no run');
      checkRun(run);
      field.set(this, run);
    },
  });
}

/** The error of a greenlet that cannot start, by the errno of the stack that could not be had. */
export function noStack(errno: number): GreenletError {
  const reason = getSystemErrorName(-errno);
  return new GreenletError('ERR_UNBLOCK_NO_STACK', `the system has no stack for another greenlet (${reason})`);
}
