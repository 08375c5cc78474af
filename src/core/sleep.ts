import { Deadline } from './deadlines';
import { invalidArgType } from './errors';
import { getHub } from './hub';
import type { RawGreenlet } from './raw-greenlet';
import { assertCanBlock, Waiter } from './waiter';

/**
 * Suspends the current greenlet for a while; everything else runs.
 *
 * @param milliseconds how long; 0 or less lets all that is ready run once and comes back
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no number; {BlockingSwitchOutError} where waiting is not possible
 * @example sleep(100);
 *
 * Source: `gevent.sleep`.
 */
export function sleep(milliseconds = 0): void {
  if (typeof milliseconds !== 'number' || Number.isNaN(milliseconds)) {
    throw invalidArgType('milliseconds', 'a number', milliseconds);
  }
  assertCanBlock();
  const waiter = new Waiter<undefined>();
  if (milliseconds > 0) {
    sleepFor(milliseconds, waiter);
  } else {
    getHub().wake(waiter);
    waiter.get();
  }
}

class Alarm extends Deadline {
  constructor(readonly waiter: Waiter<undefined>) {
    super(true);
  }

  override expire(): void {
    this.waiter.switch(undefined);
  }

  override whose(): RawGreenlet | undefined {
    return this.waiter.greenlet;
  }
}

function sleepFor(milliseconds: number, waiter: Waiter<undefined>): void {
  const alarm = new Alarm(waiter);
  alarm.arm(milliseconds);
  try {
    waiter.get();
  } finally {
    alarm.disarm();
  }
}
