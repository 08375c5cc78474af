import { checkCount } from '../argument-checks';
import { binding } from '../binding';
import { getHub } from '../hub/hub';
import { signalNumber } from './signal-number';
import { type HandleKind, UvHandle } from './uv-handle';
import { Watcher, type WatcherOptions } from './watcher';

const hub = getHub();

/** A watcher on a handle of libuv that nobody shares; it is there from the first start on. */
abstract class HandleWatcher extends Watcher {
  readonly #kind: HandleKind;
  readonly #number: number;
  #handle: UvHandle | undefined;

  constructor(kind: HandleKind, number: number, options?: WatcherOptions) {
    super(options);
    this.#kind = kind;
    this.#number = number;
    this.opened();
  }

  protected get handle(): UvHandle {
    return (this.#handle ??= new UvHandle(this.#kind, this.#number, () => this.onEvent()));
  }

  protected onEvent(): void {
    this.fire();
  }

  protected override arm(): void {
    this.handle.start();
    this.handle.hold(this.ref);
  }

  protected override disarm(): void {
    this.handle.stop();
  }

  protected override hold(holds: boolean): void {
    this.handle.hold(holds);
  }

  protected override release(): void {
    this.#handle?.close();
  }
}

/**
 * Calls a function at each turn of the loop in which nothing else is to be done: nothing is ready, and the loop has polled
 * and found no event. As long as it is active the loop does not rest.
 *
 * Source: `loop.idle`.
 */
export class IdleWatcher extends HandleWatcher {
  /** Made by `loop.idle`. */
  constructor(options?: WatcherOptions) {
    super('idle', 0, options);
  }

  protected override onEvent(): void {
    if (!hub.hasReady) this.fire();
  }
}

/** Calls a function at each turn of the loop, before it polls. Source: `loop.prepare`. */
export class PrepareWatcher extends HandleWatcher {
  /** Made by `loop.prepare`. */
  constructor(options?: WatcherOptions) {
    super('prepare', 0, options);
  }
}

/** Calls a function at each turn of the loop, after it has polled. Source: `loop.check`. */
export class CheckWatcher extends HandleWatcher {
  /** Made by `loop.check`. */
  constructor(options?: WatcherOptions) {
    super('check', 0, options);
  }
}

/**
 * Calls a function when the process gets a signal, which then does not end it. Listeners of `process` get it as well.
 *
 * Source: `loop.signal`.
 */
export class SignalWatcher extends HandleWatcher {
  /** Its number. */
  readonly signal: number;

  /** Made by `loop.signal`. */
  constructor(signal: NodeJS.Signals | number, options?: WatcherOptions) {
    const number = signalNumber(signal);
    super('signal', number, options);
    this.signal = number;
  }

  protected override describe(): string[] {
    return [`signal ${this.signal}`];
  }
}

/**
 * Calls a function when somebody, in whatever thread, has called `send`. What is sent several times before the function is
 * called is one event; what is sent while it is not active is none.
 *
 * Source: `loop.async_`.
 */
export class AsyncWatcher extends HandleWatcher {
  /** Made by `loop.async`. */
  constructor(options?: WatcherOptions) {
    super('async', 0, options);
  }

  /**
   * What other threads wake it by: a number, which can be sent to them, for `sendAsync`.
   *
   * @throws {WatcherClosedError}
   */
  get token(): number {
    this.assertStartable(this.send);
    return this.handle.number;
  }

  /** Wakes it. */
  send(): void {
    sendAsync(this.token);
  }
}

/**
 * Wakes an async watcher of any thread of the process, which is the one call that reaches another thread's hub. It takes no
 * message; for one, use a `MessagePort`. (There is no twin of `loop.run_callback_threadsafe`: a function cannot leave its
 * thread.)
 *
 * @param token the `token` of the watcher
 * @returns whether it was there to be woken; false once it is closed, or its thread has ended
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no token
 * @example
 * const wakeUp = getHub().loop.async();
 * wakeUp.start(() => console.log('woken'));
 * new Worker(`require('unblock').sendAsync(${wakeUp.token})`, { eval: true });
 *
 * Source: `async_.send`.
 */
export function sendAsync(token: number): boolean {
  checkCount(token, 'token', 1);
  return binding.watchers.send(token);
}
