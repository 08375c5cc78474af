import { readRef } from '../argument-checks';
import { invalidArgType } from '../errors';
import { getHub } from '../hub/hub';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { Deadline } from './deadlines';
import { assertCanBlock, Waiter } from './waiter';

/** How a greenlet sleeps. */
export interface SleepOptions {
  /** Whether the process stays alive for it; true unless given. */
  ref?: boolean;
}

/**
 * Suspends the current greenlet for a while; everything else runs.
 *
 * @param milliseconds how long; 0 or less lets all that is ready run once and comes back
 * @param options `ref`: false lets the process end, and `Hub.join` return, while it sleeps
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no number; {BlockingSwitchOutError} where waiting is not possible
 * @example sleep(100);
 *
 * Source: `gevent.sleep`.
 */
export function sleep(milliseconds = 0, options?: SleepOptions): void {
  if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds)) {
    throw invalidArgType('milliseconds', 'a number', milliseconds);
  }
  const ref = options === undefined || readRef(options);
  assertCanBlock();
  const waiter = new Waiter<undefined>(true);
  if (milliseconds > 0) {
    sleepFor(milliseconds, waiter, ref);
  } else {
    getHub().wake(waiter);
    waiter.get();
  }
}

class Alarm extends Deadline {
  constructor(
    readonly waiter: Waiter<undefined>,
    holdsProcess: boolean,
  ) {
    super(holdsProcess);
  }

  override expire(): void {
    this.waiter.switch(undefined);
  }

  override whose(): RawGreenlet | undefined {
    return this.waiter.greenlet;
  }
}

function sleepFor(milliseconds: number, waiter: Waiter<undefined>, ref: boolean): void {
  const alarm = new Alarm(waiter, ref);
  alarm.arm(milliseconds);
  try {
    waiter.get();
  } finally {
    alarm.disarm();
  }
}
