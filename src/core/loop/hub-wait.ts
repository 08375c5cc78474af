/** Waiting for watchers, and ending such waits. Source: `gevent._hub_primitives`. */
import { inspect } from 'node:util';

import { checkError, checkFunction, checkIterable } from '../argument-checks';
import { ConcurrentObjectUseError, invalidArgType } from '../errors';
import { getHub, Hub } from '../hub/hub';
import { within } from '../waiting/timeout';
import { Waiter } from '../waiting/waiter';
import { IoWatcher, READ, WRITE } from './io-watcher';
import { systemError } from './system-error';
import { Watcher } from './watcher';

const hub = getHub();

declare module '../hub/hub' {
  interface Hub {
    /**
     * Suspends the current greenlet until a watcher's event. The watcher is started for it, and stopped at the end.
     *
     * @param watcher one that is not active
     * @throws {InvalidSwitchError} if somebody else ends the wait; what is thrown into the greenlet meanwhile;
     *   {ConcurrentObjectUseError} for a watcher that is active; {TypeError} ERR_INVALID_ARG_TYPE for what is none;
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
     * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no watcher or no error
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
     * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no watcher, no error or no function; nothing has ended then
     *
     * Source: `Hub.cancel_waits_close_and_then`.
     */
    cancelWaitsCloseAndThen<A extends unknown[]>(
      watchers: Iterable<Watcher | undefined>,
      error: Error,
      then: (...args: A) => unknown,
      ...args: A
    ): void;
  }
}

function wake(waiter: Waiter<undefined>): void {
  waiter.switch(undefined);
}

Hub.prototype.wait = function (watcher) {
  checkWatcher(watcher);
  if (watcher.callback !== undefined)
    throw new ConcurrentObjectUseError(`Somebody uses this already: ${inspect(watcher)}`);
  const waiter = new Waiter<undefined>();
  watcher.start(wake, waiter);
  try {
    waiter.get();
  } finally {
    watcher.stop();
  }
};

Hub.prototype.cancelWait = function (watcher, error, closeWatcher = false) {
  checkError(error, 'error');
  if (watcher === undefined) return;
  checkWatcher(watcher);
  if (watcher.callback !== undefined) this.runCallback(cancelNow, watcher, error, closeWatcher);
  else if (closeWatcher) watcher.close();
};

Hub.prototype.cancelWaitsCloseAndThen = function (watchers, error, then, ...args) {
  checkIterable(watchers, 'watchers', 'an iterable of watchers');
  const open = [...watchers].filter((each) => each !== undefined);
  open.forEach(checkWatcher);
  checkError(error, 'error');
  checkFunction(then, 'then');
  const busy = open.filter((each) => each.callback !== undefined);
  for (const each of open) if (each.callback === undefined) each.close();
  if (busy.length === 0) {
    then(...args);
    return;
  }
  this.runCallback(() => {
    for (const watcher of busy) cancelNow(watcher, error, true);
    then(...args);
  });
};

function checkWatcher(watcher: unknown): asserts watcher is Watcher {
  if (!(watcher instanceof Watcher)) throw invalidArgType('watcher', 'a watcher', watcher);
}

// On the hub. Meanwhile the wait may be over, and with it the watcher's arguments gone.
function cancelNow(watcher: Watcher, error: Error, closeWatcher: boolean): void {
  const waiter = watcher.args?.[0];
  if (closeWatcher) watcher.close();
  if (waiter instanceof Waiter) waiter.throw(error);
}

/**
 * The error for a greenlet that waits for a descriptor which another one closes: EBADF.
 *
 * @example
 * using watcher = getHub().loop.timer(1000);
 * getHub().cancelWaitsCloseAndThen([watcher], closedWhileWaiting(), () => console.log('nobody waits any more'));
 *
 * Source: `gevent.socket.cancel_wait_ex`.
 */
export function closedWhileWaiting(): NodeJS.ErrnoException {
  return systemError('EBADF', { message: 'File descriptor was closed in another greenlet' });
}

/**
 * Suspends the current greenlet until a watcher's event, or until the time is over.
 *
 * @param watcher a watcher that nobody else waits for
 * @param timeout milliseconds; undefined or null for ever
 * @param timeoutError what is thrown when the time is over: an Error with the code ETIMEDOUT unless given
 * @throws {ConcurrentObjectUseError} if another greenlet waits for the watcher; the timeout's error; {TypeError}
 *   ERR_INVALID_ARG_TYPE for what is no watcher, no time or no error; and as `Hub.wait`
 *
 * Source: `gevent.socket.wait`, `wait_on_watcher`.
 */
export function waitOnWatcher(watcher: Watcher, timeout?: number | null, timeoutError?: Error): void {
  checkWatcher(watcher);
  if (timeoutError !== undefined) checkError(timeoutError, 'timeoutError');
  if (watcher.callback !== undefined) {
    throw new ConcurrentObjectUseError('This socket is already used by another greenlet');
  }
  within(
    timeout,
    () => hub.wait(watcher),
    () => {
      throw timeoutError ?? systemError('ETIMEDOUT', { message: 'timed out' });
    },
  );
}

/**
 * Suspends the current greenlet until a descriptor can be read.
 *
 * @param fd the descriptor
 * @param timeout milliseconds; undefined or null for ever
 * @param timeoutError what is thrown when the time is over: an Error with the code ETIMEDOUT unless given
 * @throws as `loop.io` and `waitOnWatcher`
 * @example waitRead(0, 1000); // somebody has typed something
 *
 * Source: `gevent.socket.wait_read`.
 */
export function waitRead(fd: number, timeout?: number | null, timeoutError?: Error): void {
  waitFor(fd, READ, timeout, timeoutError);
}

/** As `waitRead`, until there is room to write. Source: `gevent.socket.wait_write`. */
export function waitWrite(fd: number, timeout?: number | null, timeoutError?: Error): void {
  waitFor(fd, WRITE, timeout, timeoutError);
}

/** As `waitRead`, until one or the other is possible. Source: `gevent.socket.wait_readwrite`. */
export function waitReadWrite(fd: number, timeout?: number | null, timeoutError?: Error): void {
  waitFor(fd, READ | WRITE, timeout, timeoutError);
}

function waitFor(fd: number, events: number, timeout?: number | null, timeoutError?: Error): void {
  const watcher = new IoWatcher(fd, events);
  try {
    waitOnWatcher(watcher, timeout, timeoutError);
  } finally {
    watcher.close();
  }
}
