/**
 * The answer, for who wants it, to a `catch` that swallows a kill or a timeout: it is thrown again when the greenlet next
 * blocks, and so on until it has done its work. Off unless asked for, because clean-up that blocks has to be shielded
 * then.
 */
import { config, onConfig, setConfig } from '../config';
import { invalidArgType } from '../errors';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { leave } from './carrier';
import { getHub } from './hub';
import { shieldLevel } from './shield';

const hub = getHub();
// What was thrown into each greenlet and has not done its work yet, oldest first.
const unsettled = new WeakMap<RawGreenlet, Set<unknown>>();
let isOn = config.stickyCancellation;

onConfig(['stickyCancellation'], () => {
  isOn = config.stickyCancellation;
});

/**
 * Sets whether a kill or a timeout that was caught on its way is thrown again at the next call that blocks. A kill sticks
 * until the greenlet ends or calls `uncancel`; a timeout until it is cancelled, as its owner does at the end.
 *
 * Turned on, a `finally` that blocks is itself interrupted, unless it does so in `shield`. `UNBLOCK_STICKY_CANCELLATION=1`
 * turns it on from the start, `setConfig({ stickyCancellation: true })` later.
 *
 * Has no twin in gevent, whose GreenletExit and Timeout pass Python's `except Exception`.
 *
 * @param on whether
 * @returns whether it was on before
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no boolean
 * @example setStickyCancellation(true);
 */
export function setStickyCancellation(on: boolean): boolean {
  if (typeof on !== 'boolean') throw invalidArgType('on', 'a boolean', on);
  const before = isOn;
  setConfig({ stickyCancellation: on });
  return before;
}

/**
 * Tells that the running greenlet has caught its kill on purpose and goes on. Only needed with `setStickyCancellation`.
 *
 * @example
 * try {
 *   serve();
 * } catch (error) {
 *   if (!isCancellation(error)) throw error;
 *   uncancel(); // or sayGoodbye() would be interrupted too
 *   sayGoodbye();
 * }
 *
 * Has no twin in gevent.
 */
export function uncancel(): void {
  unsettled.delete(getCurrent());
}

/** Notes what is thrown into a greenlet. Internal. */
export function note(greenlet: RawGreenlet, error: unknown): void {
  if (!isOn) return;
  const errors = unsettled.get(greenlet);
  if (errors === undefined) unsettled.set(greenlet, new Set([error]));
  else errors.add(error);
}

/** Forgets what was thrown into a greenlet, as it has done its work. Internal. */
export function settle(greenlet: RawGreenlet, error: unknown): void {
  unsettled.get(greenlet)?.delete(error);
}

/** Throws what the current greenlet has swallowed. For `assertCanBlock`. */
export function rethrowSwallowed(): void {
  if (!isOn) return;
  const greenlet = getCurrent();
  const [error] = unsettled.get(greenlet) ?? [];
  if (error === undefined || shieldLevel(greenlet) > 0) return;
  // A loop that does nothing but swallow must not keep all others from running.
  hub.wake({ greenlet });
  leave();
  throw error;
}
