import type { Loop } from './loop';
import type { Watcher } from './watcher';

/** What the hub can do by means of files above it: loop.ts, hub-wait.ts and loop-exit.ts give it to the class. */
export interface HubOperations {
  /** The event loop. Source: `Hub.loop`. */
  readonly loop: Loop;

  /**
   * Suspends the current greenlet until a watcher's event. The watcher is started for it, and stopped at the end.
   *
   * @param watcher one that is not active
   * @throws {InvalidSwitchError} if somebody else ends the wait; what is thrown into the greenlet meanwhile;
   *   {BlockingSwitchOutError} where waiting is not possible; {HubDestroyedError}; what `watcher.start` throws
   * @example
   * using timer = getHub().loop.timer(100);
   * getHub().wait(timer);
   *
   * Source: `Hub.wait`.
   */
  wait(watcher: Watcher): void;

  /**
   * Ends the wait for a watcher by an error, soon, from the hub.
   *
   * @param watcher the watcher; undefined, and one that nobody waits for, is no error
   * @param error what is thrown into the greenlet that waits
   * @param closeWatcher whether to close the watcher as well; false unless given
   *
   * Source: `Hub.cancel_wait`.
   */
  cancelWait(watcher: Watcher | undefined, error: Error, closeWatcher?: boolean): void;

  /**
   * Ends the waits for watchers by an error, closes the watchers, and then calls a function: at once if nobody waits,
   * else from the hub, when all who have waited know. So a descriptor is closed only when nobody polls it any more.
   *
   * @param watchers the watchers; undefined ones are left out
   * @param error what is thrown into the greenlets that wait; made by `closedWhileWaiting` as a rule
   * @param then the function
   * @param args its arguments
   *
   * Source: `Hub.cancel_waits_close_and_then`.
   */
  cancelWaitsCloseAndThen<A extends unknown[]>(
    watchers: Iterable<Watcher | undefined>,
    error: Error,
    then: (...args: A) => unknown,
    ...args: A
  ): void;

  /**
   * Suspends the current greenlet until the loop has run empty: all that would keep the process alive has ended.
   *
   * @param timeout milliseconds, for which the process does not stay alive; undefined or null for ever
   * @returns true; false if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible; {HubDestroyedError}
   * @example
   * startServers();
   * getHub().join();
   * console.log('all servers are closed');
   *
   * Source: `Hub.join`.
   */
  join(timeout?: number | null): boolean;
}
