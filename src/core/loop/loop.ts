import { clock } from '../clock';
import type { Callback } from '../hub/callback';
import { getHub, Hub } from '../hub/hub';
import { ChildWatcher } from './child-watcher';
import { AsyncWatcher, CheckWatcher, IdleWatcher, PrepareWatcher, SignalWatcher } from './handle-watcher';
import { closingFd, IoWatcher } from './io-watcher';
import { StatWatcher } from './stat-watcher';
import { TimerWatcher } from './timer-watcher';
import type { WatcherOptions } from './watcher';

/**
 * Node's event loop, as something that can be watched. Each method makes a watcher, which does nothing before it is
 * started, and has to be closed in the end. They throw HubDestroyedError after `Hub.destroy`, and TypeErrors for wrong
 * options.
 *
 * @example
 * using timer = getHub().loop.timer(100, 100);
 * timer.start(() => console.log('every 100 ms'));
 * sleep(1000);
 *
 * Source: `gevent.core.loop`.
 */
export class Loop {
  readonly #hub: Hub;

  /** One per hub. */
  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /**
   * Calls a function on the hub, behind all that is ready. It must not block.
   *
   * @returns a handle that can still stop it
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function; {HubDestroyedError}
   * @example getHub().loop.runCallback(console.log, 'soon');
   *
   * Source: `loop.run_callback`.
   */
  runCallback<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Callback {
    this.#hub.assertNotDestroyed();
    return this.#hub.runCallback(callback, ...args);
  }

  /**
   * A timer.
   *
   * @param after milliseconds from the start to the first call
   * @param repeat milliseconds from each call to the next; 0 for one call
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no time
   *
   * Source: `loop.timer`.
   */
  timer(after: number, repeat = 0, options?: WatcherOptions): TimerWatcher {
    return new TimerWatcher(after, repeat, options);
  }

  /**
   * Watches a descriptor.
   *
   * @param fd the descriptor
   * @param events READ, WRITE or both
   * @throws {Error} EBADF for what is no open descriptor, EPERM for one that cannot be polled, such as that of a file,
   *   EEXIST for one that a socket or a stream of Node's has; {TypeError} ERR_INVALID_ARG_TYPE; {RangeError}
   *   ERR_OUT_OF_RANGE
   *
   * Source: `loop.io`.
   */
  io(fd: number, events: number, options?: WatcherOptions): IoWatcher {
    return new IoWatcher(fd, events, options);
  }

  /**
   * Watches for a signal.
   *
   * @param signal its name or its number
   * @throws {TypeError} ERR_UNKNOWN_SIGNAL, ERR_INVALID_ARG_TYPE
   *
   * Source: `loop.signal`.
   */
  signal(signal: NodeJS.Signals | number, options?: WatcherOptions): SignalWatcher {
    return new SignalWatcher(signal, options);
  }

  /** Watches for a wake-up by whatever thread. Source: `loop.async_`. */
  async(options?: WatcherOptions): AsyncWatcher {
    return new AsyncWatcher(options);
  }

  /** Watches for turns of the loop with nothing to do. Source: `loop.idle`. */
  idle(options?: WatcherOptions): IdleWatcher {
    return new IdleWatcher(options);
  }

  /** Watches the turns of the loop, before it polls. Source: `loop.prepare`. */
  prepare(options?: WatcherOptions): PrepareWatcher {
    return new PrepareWatcher(options);
  }

  /** Watches the turns of the loop, after it has polled. Source: `loop.check`. */
  check(options?: WatcherOptions): CheckWatcher {
    return new CheckWatcher(options);
  }

  /**
   * Watches for the end of a child process.
   *
   * @param pid its number; `start` throws ECHILD if it is no child of this process (any more)
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no number of a process
   *
   * Source: `loop.child`.
   */
  child(pid: number, options?: WatcherOptions): ChildWatcher {
    return new ChildWatcher(pid, options);
  }

  /**
   * Watches a path.
   *
   * @param path the path
   * @param interval how often to look, in milliseconds; 5000 with 0
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE
   *
   * Source: `loop.stat`.
   */
  stat(path: string, interval = 0, options?: WatcherOptions): StatWatcher {
    return new StatWatcher(path, interval, options);
  }

  /**
   * To be called before a descriptor is closed that may be watched: its watchers' functions are called once more, soon, and
   * then it is not polled any more, whatever file the number stands for by then.
   *
   * @param fd the descriptor
   * @returns whether anybody was watching; then close it later, in a callback
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no descriptor
   *
   * Source: `loop.closing_fd`.
   */
  closingFd(fd: number): boolean {
    return closingFd(fd);
  }

  /** The time that timers go by, in milliseconds. Source: `loop.now`. */
  now(): number {
    return clock.now();
  }
}

declare module '../hub/hub' {
  interface Hub {
    /** The event loop. Source: `Hub.loop`. */
    readonly loop: Loop;
  }
}

Object.defineProperty(Hub.prototype, 'loop', { value: new Loop(getHub()) });
