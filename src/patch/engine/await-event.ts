import { constants } from 'node:os';
import type { EventEmitter } from 'node:events';

import { type WaitLimits, withSignal } from '../../core/bridges/abort-signal';
import { within } from '../../core/waiting/timeout';
import { Waiter } from '../../core/waiting/waiter';

type Outcome = readonly unknown[];

/**
 * Waits for the first of some events; an `error` event is thrown.
 *
 * @param emitter who emits
 * @param names the events
 * @param syscall what the call is called in errors: ETIMEDOUT if the time is over
 * @param begin is called when all is listened to
 * @returns what the event was emitted with
 */
export function awaitEvent(
  emitter: EventEmitter,
  names: readonly string[],
  syscall: string,
  options: WaitLimits = {},
  begin?: () => void,
): Outcome {
  const waiter = new Waiter<Outcome>();
  const happen = (...args: unknown[]): void => waiter.switch(args);
  const fail = (error: unknown): void => waiter.throw(error);
  for (const name of names) emitter.on(name, happen);
  emitter.on('error', fail);
  try {
    begin?.();
    return waitIn(waiter, syscall, options);
  } finally {
    for (const name of names) emitter.off(name, happen);
    emitter.off('error', fail);
  }
}

/** Waits for a message, but not longer than the limits say. */
export function waitIn<T>(waiter: Waiter<T>, syscall: string, { timeout, signal }: WaitLimits = {}): T {
  const expired = (): never => {
    throw timedOut(syscall);
  };
  return withSignal(signal, () => within(timeout, () => waiter.get(), expired));
}

/** The error of a call whose stream, socket or server another greenlet has closed meanwhile. */
export function closedMeanwhile(syscall: string): NodeJS.ErrnoException {
  return systemError('EBADF', constants.errno.EBADF, 'File descriptor was closed in another greenlet', syscall);
}

/** The error of a call for which nothing came in time. Source: `socket.timeout`. */
export function timedOut(syscall: string): NodeJS.ErrnoException {
  return systemError('ETIMEDOUT', constants.errno.ETIMEDOUT, 'timed out', syscall);
}

function systemError(code: string, number: number, text: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code}: ${text}`), { errno: -number, code, syscall });
}
