/**
 * Every error class of the package. Each instance carries a `code`, as Node's own errors do, so that programs can tell
 * them apart without the classes.
 */
export { invalidArgType, outOfRange, unknownOption } from './argument-errors';

/**
 * Marks the classes of errors that end what a greenlet does, rather than report that it failed. In the registry of
 * symbols, so that a package can mark its own, or look for the mark, without an import.
 */
export const kCancellation: unique symbol = Symbol.for('unblock.cancellation');

/**
 * Thrown into a greenlet to end it. Leaving `run`, it is no failure: it becomes the value that the parent gets.
 * JavaScript's `catch` catches it like any other error; re-throw it (`isCancellation` tells).
 *
 * Source: `greenlet.GreenletExit`.
 */
export class GreenletExit extends Error {
  readonly code: string = 'ERR_UNBLOCK_GREENLET_EXIT';

  get [kCancellation](): true {
    return true;
  }

  constructor(message = '') {
    super(message);
    this.name = 'GreenletExit';
  }
}

/**
 * Thrown into a greenlet that is blocked in `withSignal` when the signal is aborted; `withSignal` itself throws the signal's
 * reason, which is the `cause` here. Named like the errors that Node's own functions have for this.
 */
export class AbortError extends Error {
  readonly code: string = 'ABORT_ERR';

  get [kCancellation](): true {
    return true;
  }

  constructor(message = 'The operation was aborted', options?: ErrorOptions) {
    super(message, options);
    this.name = 'AbortError';
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

/** A call that would block was made in a critical section. */
export class CriticalSectionError extends BlockingSwitchOutError {
  override readonly code: string = 'ERR_UNBLOCK_CRITICAL_SECTION';

  constructor(message: string) {
    super(message);
    this.name = 'CriticalSectionError';
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

/** A Timeout was started that was already started. Source: the AssertionError that gevent raises. */
export class TimeoutStateError extends Error {
  readonly code: string = 'ERR_UNBLOCK_TIMEOUT_STARTED';

  constructor(message: string) {
    super(message);
    this.name = 'TimeoutStateError';
  }
}

/** What can be wrong with the use of a lock. */
export type LockErrorCode = 'ERR_UNBLOCK_NOT_OWNER' | 'ERR_UNBLOCK_OVER_RELEASE';

/**
 * A lock was used by a greenlet that it does not belong to, or released too often; `code` says which.
 *
 * Source: the RuntimeError and the ValueError that Python and gevent raise for the same mistakes.
 */
export class LockError extends Error {
  constructor(
    readonly code: LockErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'LockError';
  }
}

/**
 * A greenlet waited at a barrier that was broken, or is: one did not come in time, or somebody gave up.
 *
 * Source: `threading.BrokenBarrierError`.
 */
export class BrokenBarrierError extends Error {
  readonly code: string = 'ERR_UNBLOCK_BROKEN_BARRIER';

  constructor(message: string) {
    super(message);
    this.name = 'BrokenBarrierError';
  }
}

/**
 * There was no item to get from a queue or a channel, or not in time.
 *
 * Source: `queue.Empty`.
 */
export class Empty extends Error {
  readonly code: string = 'ERR_UNBLOCK_QUEUE_EMPTY';

  constructor(message = 'There is no item') {
    super(message);
    this.name = 'Empty';
  }
}

/**
 * There was no room to put an item into a queue, or nobody to take it from a channel, or not in time.
 *
 * Source: `queue.Full`.
 */
export class Full extends Error {
  readonly code: string = 'ERR_UNBLOCK_QUEUE_FULL';

  constructor(message = 'There is no room') {
    super(message);
    this.name = 'Full';
  }
}

/**
 * A queue was used that has been shut down.
 *
 * Source: `queue.ShutDown`.
 */
export class ShutDown extends Error {
  readonly code: string = 'ERR_UNBLOCK_QUEUE_SHUT_DOWN';

  constructor(message = 'The queue is shut down') {
    super(message);
    this.name = 'ShutDown';
  }
}

/** `taskDone` was called more often than items were put into the queue. Source: the ValueError that gevent raises. */
export class TaskDoneError extends RangeError {
  readonly code: string = 'ERR_UNBLOCK_TASK_DONE';

  constructor(message: string) {
    super(message);
    this.name = 'TaskDoneError';
  }
}

/**
 * A function did not let others run, as `assertSwitches` wants it to.
 *
 * Source: the AssertionError of `gevent.util.assert_switches`.
 */
export class FailedToSwitchError extends Error {
  readonly code: string = 'ERR_UNBLOCK_FAILED_TO_SWITCH';

  constructor(message: string) {
    super(message);
    this.name = 'FailedToSwitchError';
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
