import { inspect } from 'node:util';

import { checkFunction, readRef } from '../argument-checks';
import { invalidArgType } from '../errors';
import { getHub } from '../hub/hub';
import { WatcherClosedError } from '../hub/loop-errors';

/** What a watcher calls. */
export type WatcherCallback = (...args: never) => unknown;

/** How a watcher behaves. */
export interface WatcherOptions {
  /** Whether the process stays alive for it while it is active; true unless given. */
  ref?: boolean;
}

const hub = getHub();
let open = 0;

/**
 * Calls a function on the hub whenever something happens in the event loop; the subclasses say what. It must not block:
 * what is to block, it spawns. Its error goes to the hub's `handleError`.
 *
 * A watcher must be closed when it is not needed any more; a `using` declaration does it.
 *
 * Source: `gevent`'s `loop.watcher`.
 */
export abstract class Watcher implements Disposable {
  #callback: WatcherCallback | undefined;
  #args: readonly unknown[] | undefined;
  #ref = true;
  #isActive = false;
  #isClosed = false;

  /** @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for wrong options; {HubDestroyedError} */
  constructor(options?: WatcherOptions) {
    hub.assertNotDestroyed();
    if (options !== undefined) this.#ref = readRef(options);
  }

  /**
   * Has a function called for each event. One that is active already only gets another function.
   *
   * @param callback the function
   * @param args its arguments
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function; {WatcherClosedError}; {HubDestroyedError}; the
   *   system's error
   */
  start<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): void {
    this.assertStartable(callback);
    if (!this.#isActive) this.arm();
    this.began(callback, args);
  }

  /** Ends what `start` began. */
  stop(): void {
    this.#callback = undefined;
    this.#args = undefined;
    if (!this.#isActive) return;
    this.#isActive = false;
    this.disarm();
  }

  /** Ends it for good. A second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.stop();
    this.#isClosed = true;
    open--;
    this.release();
  }

  /** Whether it is started. */
  get active(): boolean {
    return this.#isActive && !hub.destroyed;
  }

  /** Whether something has happened and the function is about to be called. */
  get pending(): boolean {
    return false;
  }

  /**
   * What it calls; undefined when it is not active.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE when it is set to what is no function
   */
  get callback(): WatcherCallback | undefined {
    return this.#callback;
  }

  set callback(callback: WatcherCallback | undefined) {
    if (callback !== undefined) checkFunction(callback, 'callback');
    this.#callback = callback;
  }

  /**
   * What it calls that with; undefined when it is not active, and for none.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE when it is set to what is no array
   */
  get args(): readonly unknown[] | undefined {
    return this.#args;
  }

  set args(args: readonly unknown[] | undefined) {
    if (args !== undefined && !Array.isArray(args)) throw invalidArgType('args', 'an array', args);
    this.#args = args;
  }

  /**
   * Whether the process stays alive for it while it is active.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE when it is set to what is no boolean
   */
  get ref(): boolean {
    return this.#ref;
  }

  set ref(ref: boolean) {
    if (typeof ref !== 'boolean') throw invalidArgType('ref', 'a boolean', ref);
    if (ref === this.#ref) return;
    this.#ref = ref;
    if (this.#isActive) this.hold(ref);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const state = this.#isClosed ? 'closed' : this.pending ? 'pending' : this.active ? 'active' : 'stopped';
    const callback = this.#callback === undefined ? '' : ` ${inspect(this.#callback)}`;
    return `${this.constructor.name} { ${[...this.describe(), state].join(', ')}${callback} }`;
  }

  /** What it watches, in words. */
  protected describe(): string[] {
    return [];
  }

  /** Begins to watch; that may fail, and then nothing has happened. */
  protected abstract arm(): void;

  /** Stops watching. */
  protected abstract disarm(): void;

  /** Sets whether the process stays alive for it, while it watches. */
  protected abstract hold(holds: boolean): void;

  /** Gives back what it holds of the system. */
  protected abstract release(): void;

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  protected assertStartable(callback: WatcherCallback): void {
    checkFunction(callback, 'callback');
    hub.assertNotDestroyed();
    if (this.#isClosed) throw new WatcherClosedError();
  }

  /** Notes that it watches. */
  protected began(callback: WatcherCallback, args: readonly unknown[]): void {
    this.#isActive = true;
    this.#callback = callback;
    this.#args = args;
  }

  /** Calls the function. */
  protected fire(): void {
    const callback = this.#callback;
    if (callback === undefined) return;
    try {
      callback(...((this.#args ?? []) as never));
    } catch (error) {
      hub.failed(this, error);
    }
  }

  /** Calls the function, for one that watches for nothing after that. */
  protected fireLast(): void {
    this.#isActive = false;
    this.fire();
    // Unless it has been started again.
    if (!this.#isActive) this.stop();
  }

  /** Counts a new one as open; to be called at the end of each constructor, when nothing can fail any more. */
  protected opened(): void {
    open++;
  }
}

/** How many are open; for tests and reports. */
export function countWatchers(): number {
  return open;
}
