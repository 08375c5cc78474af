/** What a timeout throws: itself, or what it was given. */
import { types } from 'node:util';

import { invalidArgType } from '../errors';

/** What a timeout throws in its own place: an error, or a class to make one from. */
export type Substitute = Error | (new () => Error);

/** All that `exception` can be. */
export type TimeoutException = Substitute | string | false | null;

/** An Error that does not look at the stack when it is made: most timeouts are never thrown. */
export class Unstacked {
  static {
    Object.setPrototypeOf(this.prototype, Error.prototype);
  }
}

/** Throws unless a value can be the `exception` of a timeout. */
export function checkException(exception: unknown): void {
  if (exception === false || typeof exception === 'string') return;
  if (exception instanceof Error || types.isNativeError(exception)) return;
  if (typeof exception === 'function' && (exception === Error || exception.prototype instanceof Error)) return;
  throw invalidArgType('exception', 'an error, a class of errors, a string, false or null', exception);
}

/** The error to throw in the timeout's place; undefined if that is the timeout itself. */
export function substituteOf(exception: TimeoutException): Error | undefined {
  if (typeof exception === 'function') return make(exception);
  return typeof exception === 'object' && exception !== null ? exception : undefined;
}

/** How the message of a timeout ends. */
export function describeException(exception: TimeoutException): string {
  if (exception === null) return '';
  if (exception === false) return ' (silent)';
  return `: ${typeof exception === 'function' ? exception.name : String(exception)}`;
}

// On the hub nobody could catch what the class throws.
function make(exception: new () => Error): Error {
  try {
    return new exception();
  } catch (error) {
    return error instanceof Error ? error : new Error(`${exception.name} cannot be made`, { cause: error });
  }
}
