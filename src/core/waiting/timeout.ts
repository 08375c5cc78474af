/**
 * Timeouts: an error that is thrown into a greenlet which blocks for too long. A greenlet that computes does not switch, and
 * no timeout reaches it before it blocks.
 */
import { checkFunction, checkOptions, checkTimeout, readRef } from '../argument-checks';
import { BlockingSwitchOutError, invalidArgType, kCancellation, TimeoutStateError } from '../errors';
import { getHub } from '../hub/hub';
import { postpone, shieldLevel } from '../hub/shield';
import { note, settle } from '../hub/sticky-cancellation';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { Deadline } from './deadlines';
import { checkException, describeException, substituteOf, type TimeoutException, Unstacked } from './timeout-exception';

/** How a timeout behaves. */
export interface TimeoutOptions {
  /** Whether the process stays alive for it; true unless given. */
  ref?: boolean;
}

/** For `withTimeout`: what it returns when the time is over. */
export interface WithTimeoutOptions<V> {
  /** How long the function may block, in milliseconds; undefined or null for ever. */
  milliseconds: number | null | undefined;
  /** What to return then, instead of throwing the Timeout. */
  timeoutValue: V;
}

const hub = getHub();

// Functions that see the class's private parts, given by its static block.
let expire: (timeout: Timeout, expiry: Expiry) => void;
let startLimit: (milliseconds: number | null | undefined) => Timeout;

/**
 * An error that is a timer as well: started, it is thrown into the greenlet that has started it, if that is blocked at
 * the end of the time, or else when it next blocks. Always end it, with `close`, `cancel` or a `using` declaration.
 *
 * It may not be yours: a caller may have set a timeout too. Before you silence one, compare it with your own.
 *
 * @example
 * const timeout = Timeout.startNew(100);
 * try {
 *   answer = socket.read();
 * } catch (error) {
 *   if (error !== timeout) throw error; // not my timeout
 * } finally {
 *   timeout.close();
 * }
 *
 * Source: `gevent.Timeout`.
 */
export class Timeout extends Unstacked implements Error {
  /** How long, in milliseconds; null if it never ends. */
  readonly milliseconds: number | null;
  /** What it throws: itself with null, false (silent, see `withTimeout`) or a string (for its message). */
  readonly exception: TimeoutException;
  /** Where the greenlet was blocked, once it was thrown. */
  declare stack?: string;
  readonly #ref: boolean;
  // Caught by whoever has set it, and shown to nobody.
  #isLimit = false;
  // Until it is thrown or cancelled.
  #expiry: Expiry | undefined;
  // Into whom it was thrown, and as what, until it is cancelled.
  #thrown: { greenlet: RawGreenlet; error: unknown } | undefined;

  /**
   * Makes a timeout; `start` starts it.
   *
   * @param milliseconds how long; undefined, null or Infinity never ends; with 0 the greenlet may not block beyond what
   *   is ready
   * @param exception what to throw: nothing or null for the timeout itself, a string for itself with that message, false
   *   for itself and silent (see `withTimeout`), an error or a class of errors for that
   * @param options `ref`: false lets the process end while it waits
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what cannot be a time or an exception
   */
  constructor(milliseconds?: number | null, exception?: TimeoutException, options?: TimeoutOptions) {
    super();
    checkTimeout(milliseconds, 'milliseconds');
    if (exception !== undefined && exception !== null) checkException(exception);
    this.milliseconds = milliseconds ?? null;
    this.exception = exception ?? null;
    this.#ref = options === undefined || readRef(options);
  }

  /**
   * Makes a timeout and starts it; a Timeout that is given instead is started, unless it already is.
   *
   * @param timeout milliseconds, or a Timeout
   * @param exception as in the constructor
   * @param options as in the constructor
   * @returns the timeout
   * @throws as the constructor and `start`
   */
  static startNew(timeout?: Timeout | number | null, exception?: TimeoutException, options?: TimeoutOptions): Timeout {
    const started = timeout instanceof Timeout ? timeout : new this(timeout, exception, options);
    if (!started.pending) started.start();
    return started;
  }

  /**
   * Starts the time.
   *
   * @throws {TimeoutStateError} if it has been started already; {BlockingSwitchOutError} on the hub, which is never
   *   blocked and so never timed out
   */
  start(): void {
    if (this.#expiry !== undefined) {
      throw new TimeoutStateError(`The timeout of ${this.#span()} is already started; to restart it, cancel it first`);
    }
    const { milliseconds } = this;
    if (milliseconds === null || milliseconds === Infinity) return;
    const greenlet = getCurrent();
    if (greenlet === hub.greenlet) throw new BlockingSwitchOutError('Impossible to time out the hub');
    const expiry = new Expiry(this.#ref, this, greenlet);
    expiry.arm(milliseconds);
    this.#expiry = expiry;
  }

  /** Stops the time, so that nothing is thrown. It may be started again. */
  cancel(): void {
    if (this.#expiry !== undefined) {
      this.#expiry.disarm();
      this.#expiry = undefined;
    }
    if (this.#thrown !== undefined) {
      settle(this.#thrown.greenlet, this.#thrown.error);
      this.#thrown = undefined;
    }
  }

  /** Ends it: `cancel` under the name that upstream uses for the last time. */
  close(): void {
    this.cancel();
  }

  /** Whether it is to be thrown. */
  get pending(): boolean {
    return this.#expiry !== undefined;
  }

  /** Compared with a number it is its milliseconds, Infinity if it never ends; as text it is what every error is. */
  [Symbol.toPrimitive](hint: 'number' | 'string' | 'default'): number | string {
    return hint === 'number' ? (this.milliseconds ?? Infinity) : `${this.name}: ${this.message}`;
  }

  get name(): string {
    return 'Timeout';
  }

  get code(): string {
    return 'ERR_UNBLOCK_TIMEOUT';
  }

  get message(): string {
    return this.milliseconds === null ? '' : `${this.#span()}${describeException(this.exception)}`;
  }

  get [kCancellation](): true {
    return true;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }

  /** Gives it the stack of the running code, without the frames above `callee`, to be thrown right here. Internal. */
  withStack(callee: (...args: never[]) => unknown): this {
    Error.captureStackTrace(this, callee);
    return this;
  }

  // From the hub, and unless the greenlet is shielded.
  #throw(expiry: Expiry): void {
    if (this.#expiry !== expiry) return; // It was cancelled while it was postponed.
    const { greenlet, level } = expiry;
    if (postpone(greenlet, level, () => this.#throw(expiry))) return;
    this.#expiry = undefined;
    if (greenlet.dead) return; // It has ended without cancelling its timeout.
    const error = substituteOf(this.exception) ?? this.#stackedBy(greenlet);
    this.#thrown = { greenlet, error };
    note(greenlet, error);
    hub.throwIn(greenlet, error);
  }

  #stackedBy(greenlet: RawGreenlet): this {
    if (this.#isLimit) return this;
    const stack = `${this.name}: ${this.message}\n${greenlet.stack ?? ''}`;
    Object.defineProperty(this, 'stack', { value: stack, configurable: true, writable: true });
    return this;
  }

  #span(): string {
    return `${this.milliseconds} millisecond${this.milliseconds === 1 ? '' : 's'}`;
  }

  static {
    expire = (timeout, expiry) => timeout.#throw(expiry);
    startLimit = (milliseconds) => {
      const timeout = new Timeout(milliseconds);
      timeout.#isLimit = true;
      timeout.start();
      return timeout;
    };
  }
}

class Expiry extends Deadline {
  readonly level: number;

  constructor(
    holdsProcess: boolean,
    readonly timeout: Timeout,
    readonly greenlet: RawGreenlet,
  ) {
    super(holdsProcess);
    this.level = shieldLevel(greenlet);
  }

  override expire(): void {
    expire(this.timeout, this);
  }

  override whose(): RawGreenlet {
    return this.greenlet;
  }
}

/**
 * Calls a function that may block for so long and no longer.
 *
 * @param limit the time in milliseconds (undefined or null for ever); or `{ milliseconds, timeoutValue }`, to return that
 *   value when the time is over; or a Timeout, which is started if need be: with `exception: false` it is silenced, and
 *   undefined returned
 * @param fn the function
 * @param args its arguments
 * @returns what the function returns, or the value for the end of the time
 * @throws {Timeout} when the time is over, unless something else was asked for; what the function throws, among it
 *   timeouts that others have set
 * @example const line = withTimeout({ milliseconds: 5000, timeoutValue: undefined }, () => socket.readLine());
 *
 * Source: `gevent.with_timeout`.
 */
export function withTimeout<A extends unknown[], R, V>(
  limit: WithTimeoutOptions<V>,
  fn: (...args: A) => R,
  ...args: A
): R | V;
export function withTimeout<A extends unknown[], R>(limit: Timeout, fn: (...args: A) => R, ...args: A): R | undefined;
export function withTimeout<A extends unknown[], R>(
  limit: number | null | undefined,
  fn: (...args: A) => R,
  ...args: A
): R;
export function withTimeout<A extends unknown[], R, V>(
  limit: Timeout | WithTimeoutOptions<V> | number | null | undefined,
  fn: (...args: A) => R,
  ...args: A
): R | V | undefined {
  checkFunction(fn, 'fn');
  const options = typeof limit === 'object' && limit !== null && !(limit instanceof Timeout) ? limit : undefined;
  checkOptions(options, ['milliseconds', 'timeoutValue']);
  if (options !== undefined && !('milliseconds' in options))
    throw invalidArgType('limit', 'a time, or have one', limit);
  const timeout =
    options === undefined ? Timeout.startNew(limit as Timeout | number | null) : startLimit(options.milliseconds);
  try {
    return fn(...args);
  } catch (error) {
    if (error !== timeout) throw error;
    if (options !== undefined && 'timeoutValue' in options) return options.timeoutValue;
    if (timeout.exception === false) return undefined;
    throw error;
  } finally {
    timeout.cancel();
  }
}

/**
 * What every `timeout` parameter means: waits, but not longer than that. Internal.
 *
 * @param timeout milliseconds; undefined or null for ever, at no cost
 * @param wait blocks
 * @param expired is called, in place of the wait's result, when this very timeout has ended it; the timeout itself is
 *   thrown unless given
 * @throws as `checkTimeout`, before anything else; what `wait` and `expired` throw
 */
export function within<T>(timeout: number | null | undefined, wait: () => T, expired?: (timeout: Timeout) => T): T {
  if (timeout === undefined || timeout === null) return wait();
  const limit = startLimit(timeout);
  try {
    return wait();
  } catch (error) {
    if (error !== limit) throw error;
  } finally {
    limit.cancel();
  }
  if (expired === undefined) throw limit.withStack(within);
  return expired(limit);
}
