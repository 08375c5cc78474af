/**
 * Cancellations: the errors that are thrown into a greenlet to make it stop, GreenletExit by `kill` and Timeout.
 *
 * Python keeps them apart from failures: `except Exception` does not catch them. JavaScript's `catch` catches everything,
 * and that is dangerous in two ways. A greenlet that swallows its kill lives on. Worse, one that is killed in the middle
 * of an exchange with a server, and whose library takes that for a failed request, returns a connection to the pool on
 * which the answer is still to come: the next request, of somebody else, gets it. So whoever catches errors that he does
 * not know lets cancellations pass, and whoever owns a connection drops it when one passes, or shields the exchange.
 */
import { GreenletExit, kCancellation } from '../errors';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { getHub } from './hub';
import { postpone } from './shield';
import { note } from './sticky-cancellation';

const hub = getHub();

/**
 * Whether an error is there to end what the greenlet does: a GreenletExit, a Timeout, or an error of a class that has
 * the property `Symbol.for('unblock.cancellation')` set to true. The error that a Timeout throws in its own place is none,
 * unless it is marked so.
 *
 * Has no twin in gevent.
 *
 * @example
 * try {
 *   return request();
 * } catch (error) {
 *   if (isCancellation(error)) throw error;
 *   return fallback;
 * }
 */
export function isCancellation(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && (error as { [kCancellation]?: unknown })[kCancellation] === true
  );
}

/**
 * Throws an error on if it is a cancellation: the first statement of a `catch` that would otherwise swallow it.
 *
 * Has no twin in gevent.
 *
 * @example
 * try {
 *   return request();
 * } catch (error) {
 *   rethrowCancellation(error);
 *   return fallback;
 * }
 */
export function rethrowCancellation(error: unknown): void {
  if (isCancellation(error)) throw error;
}

/**
 * Throws an error into a greenlet, from the hub, to make it stop: at once, or when its shields are down. Internal: what
 * `kill` does.
 */
export function cancelGreenlet(greenlet: RawGreenlet, error: Error = new GreenletExit()): void {
  if (greenlet.dead || postpone(greenlet, 0, () => cancelGreenlet(greenlet, error))) return;
  note(greenlet, error);
  hub.throwIn(greenlet, error);
}
