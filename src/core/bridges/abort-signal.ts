/** Waits that an AbortSignal ends. */
import { checkFunction, checkOptions, checkTimeout } from '../argument-checks';
import { AbortError, BlockingSwitchOutError, invalidArgType } from '../errors';
import { getHub } from '../hub/hub';
import { postpone, shieldLevel } from '../hub/shield';
import { note, settle } from '../hub/sticky-cancellation';
import { getCurrent } from '../switching/raw-greenlet';

/** How long to wait for something of Node's. */
export interface WaitLimits {
  /** Milliseconds; for ever unless given. */
  timeout?: number | null;
  /** Ends the wait when it is aborted. */
  signal?: AbortSignal | null;
}

const WAIT_LIMITS = ['timeout', 'signal'];

const hub = getHub();

/** Throws for WaitLimits that cannot be. */
export function checkWaitLimits(limits: WaitLimits | undefined): void {
  if (limits === undefined) return;
  checkOptions(limits, WAIT_LIMITS);
  checkTimeout(limits.timeout, 'options.timeout');
  checkSignal(limits.signal, 'options.signal');
}

/** Throws unless a value is an AbortSignal, undefined or null. */
export function checkSignal(signal: unknown, name = 'signal'): void {
  if (signal === undefined || signal === null) return;
  const { aborted, addEventListener } = signal as Partial<AbortSignal>;
  if (typeof aborted === 'boolean' && typeof addEventListener === 'function') return;
  throw invalidArgType(name, 'an AbortSignal', signal);
}

/**
 * Calls a function whose waits end when a signal is aborted: whatever the greenlet is blocked in then, `queue.get()`,
 * `semaphore.acquire()`, `sleep()`, throws an AbortError there, as it would throw a Timeout; or the next that blocks, if the
 * greenlet is not blocked. What computes is not interrupted.
 *
 * @param signal the signal; undefined and null end nothing
 * @param fn the function
 * @param args its arguments
 * @returns what it returns
 * @throws the signal's `reason` when that has ended the function, and before calling it if the signal is aborted already;
 *   what the function throws; {BlockingSwitchOutError} on the hub, which is never blocked; {TypeError}
 *   ERR_INVALID_ARG_TYPE for what is no signal or no function
 * @example
 * const controller = new AbortController();
 * spawnLater(10, () => controller.abort(new Error('shutting down')));
 * try {
 *   withSignal(controller.signal, () => channel.get());
 * } catch (error) {
 *   console.log(error); // that error, 10 ms later, if nothing was to be had before
 * }
 *
 * Has no twin in gevent.
 */
export function withSignal<A extends unknown[], R>(
  signal: AbortSignal | null | undefined,
  fn: (...args: A) => R,
  ...args: A
): R {
  checkFunction(fn, 'fn');
  checkSignal(signal);
  if (signal === undefined || signal === null) return fn(...args);
  if (getCurrent() === hub.greenlet) throw new BlockingSwitchOutError('Impossible to end a wait of the hub');
  if (signal.aborted) throw signal.reason;
  const interruption = new Interruption(signal);
  try {
    return fn(...args);
  } catch (error) {
    throw interruption.caused(error) ? signal.reason : error;
  } finally {
    interruption.end();
  }
}

// Whom each signal ends. However many those are there is one listener: Node warns of more than ten.
const interruptions = new WeakMap<AbortSignal, Set<Interruption>>();

/** What a signal does to a greenlet, once. */
class Interruption {
  // What was thrown into the greenlet.
  #error: AbortError | undefined;
  #isOver = false;
  readonly #signal: AbortSignal;
  readonly #all: Set<Interruption>;
  readonly #greenlet = getCurrent();
  // A signal from inside of a shield is not kept out by it.
  readonly #level = shieldLevel(this.#greenlet);

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#all = interruptions.get(signal) ?? new Set();
    if (this.#all.size === 0) {
      interruptions.set(signal, this.#all);
      signal.addEventListener('abort', interruptAll);
    }
    this.#all.add(this);
  }

  /** Whether it has thrown this. */
  caused(error: unknown): boolean {
    return this.#error !== undefined && error === this.#error;
  }

  /** Has it strike; whoever aborts goes on first, be it this greenlet itself. */
  strike(): void {
    hub.runCallback(() => this.#throw());
  }

  /** Ends it: nothing is thrown any more. */
  end(): void {
    this.#isOver = true;
    this.#all.delete(this);
    if (this.#all.size === 0) this.#signal.removeEventListener('abort', interruptAll);
    if (this.#error !== undefined) settle(this.#greenlet, this.#error);
  }

  #throw(): void {
    const greenlet = this.#greenlet;
    if (this.#isOver || postpone(greenlet, this.#level, () => this.#throw())) return;
    const error = new AbortError(undefined, { cause: this.#signal.reason });
    error.stack = `${error.name}: ${error.message}\n${greenlet.stack ?? ''}`;
    this.#error = error;
    note(greenlet, error);
    hub.throwIn(greenlet, error);
  }
}

function interruptAll(this: AbortSignal): void {
  for (const interruption of interruptions.get(this) ?? []) interruption.strike();
}
