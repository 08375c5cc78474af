import { checkFunction } from '../argument-checks';
import { invalidArgType } from '../errors';

/** A class of errors, abstract or not. */
type AnyErrorClass<E> = abstract new (...args: never) => E;

/**
 * Makes a function that returns errors instead of throwing them: for a greenlet that is expected to fail, so that its
 * error is neither reported nor thrown by `get`.
 *
 * @param errors the class of the errors to return, or several; others are thrown
 * @param fn the function
 * @returns a function with the same arguments; it returns what the function returns or such an error
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no class or no function
 * @example spawn(wrapErrors(SyntaxError, JSON.parse), '{').get() instanceof SyntaxError; // true
 *
 * Source: `gevent.util.wrap_errors`.
 */
export function wrapErrors<E, A extends unknown[], R>(
  errors: AnyErrorClass<E> | ReadonlyArray<AnyErrorClass<E>>,
  fn: (...args: A) => R,
): (...args: A) => R | E {
  const classes = typeof errors === 'function' ? [errors] : errors;
  if (!Array.isArray(classes) || !classes.every((each) => typeof each === 'function')) {
    throw invalidArgType('errors', 'a class, or a list of classes', errors);
  }
  checkFunction(fn, 'fn');
  const own = [...classes];
  return function (this: unknown, ...args) {
    try {
      return Reflect.apply(fn, this, args) as R;
    } catch (error) {
      if (own.some((each) => error instanceof each)) return error as E;
      throw error;
    }
  };
}
