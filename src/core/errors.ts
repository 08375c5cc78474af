/**
 * Every error class of the package. Each instance carries a `code`, as Node's own errors do, so that programs can tell
 * them apart without the classes.
 */

/**
 * Thrown into a greenlet to end it. Leaving `run`, it is no failure: it becomes the value that the parent gets.
 * JavaScript's `catch` catches it like any other error; re-throw it.
 *
 * Source: `greenlet.GreenletExit`.
 */
export class GreenletExit extends Error {
  readonly code: string = 'ERR_UNBLOCK_GREENLET_EXIT';

  constructor(message = '') {
    super(message);
    this.name = 'GreenletExit';
  }
}

/** What can be wrong with the use of a raw greenlet. */
export type GreenletErrorCode =
  | 'ERR_UNBLOCK_CYCLIC_PARENT'
  | 'ERR_UNBLOCK_MAIN_PARENT'
  | 'ERR_UNBLOCK_NO_RUN'
  | 'ERR_UNBLOCK_NO_STACK'
  | 'ERR_UNBLOCK_STARTED';

/**
 * A greenlet was used in a way that its state does not allow; `code` says which.
 *
 * Source: `greenlet.error`, and the ValueError and AttributeError that greenlet raises for the same mistakes.
 */
export class GreenletError extends Error {
  constructor(
    readonly code: GreenletErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'GreenletError';
  }
}

/**
 * A blocking call was made where nothing can be switched out: on the hub, in an `exit` handler, in a
 * FinalizationRegistry callback, or while the debugger holds the thread.
 *
 * Source: `gevent.exceptions.BlockingSwitchOutError`.
 */
export class BlockingSwitchOutError extends Error {
  readonly code: string = 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT';

  constructor(message: string) {
    super(message);
    this.name = 'BlockingSwitchOutError';
  }
}

/** A wait was ended by somebody who was not meant to end it: a stray switch into a waiting greenlet. */
export class InvalidSwitchError extends Error {
  readonly code: string = 'ERR_UNBLOCK_INVALID_SWITCH';

  constructor(message: string) {
    super(message);
    this.name = 'InvalidSwitchError';
  }
}

/**
 * Two greenlets use at once what can serve one at a time.
 *
 * Source: `gevent.exceptions.ConcurrentObjectUseError`.
 */
export class ConcurrentObjectUseError extends Error {
  readonly code: string = 'ERR_UNBLOCK_CONCURRENT_USE';

  constructor(message: string) {
    super(message);
    this.name = 'ConcurrentObjectUseError';
  }
}

/** The add-on cannot work on this platform, this version of Node, or this build of it. */
export class UnsupportedError extends Error {
  readonly code: string = 'ERR_UNBLOCK_UNSUPPORTED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnsupportedError';
  }
}

/** The add-on's binary for this Node is not there, or cannot be loaded. */
export class BinaryError extends Error {
  readonly code: string = 'ERR_UNBLOCK_BINARY';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BinaryError';
  }
}

/** A second copy of the package was loaded into the same thread: there would be two hubs. */
export class LoadedTwiceError extends Error {
  readonly code: string = 'ERR_UNBLOCK_LOADED_TWICE';

  constructor(message: string) {
    super(message);
    this.name = 'LoadedTwiceError';
  }
}

/** An `UNBLOCK_*` variable has a value that it cannot have. */
export class ConfigError extends RangeError {
  readonly code: string = 'ERR_UNBLOCK_CONFIG';

  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** Makes the TypeError that Node throws for an argument of a wrong type. */
export function invalidArgType(name: string, expected: string, actual: unknown): TypeError {
  const type = actual === null ? 'null' : typeof actual;
  const error: NodeJS.ErrnoException = new TypeError(
    `The "${name}" argument must be ${expected}. Received type ${type}${describe(actual)}`,
  );
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

function describe(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? ` (${JSON.stringify(value)})`
    : '';
}
