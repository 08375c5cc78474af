/**
 * Rejections that nobody has handled yet. Node judges them when a callback and its microtasks are done. A patched call that
 * suspends its greenlet in the middle of a callback does not end it: had the call really blocked, nothing would have been
 * judged, or even been rejected, before the greenlet goes on and handles it. So rejections are kept from Node until those who
 * were in patched calls have done with their callbacks.
 *
 * In calls that wait by their nature (`sleep`, `wait`, `queue.get`) they are judged, as during an `await`.
 */
import { binding } from '../binding';
import { ifSupported, internals } from '../internals';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';

interface Kept {
  readonly greenlet: RawGreenlet;
  readonly reason: unknown;
  /** The last callback that had been interrupted by then. */
  readonly interrupted: number;
}

interface TickQueue {
  readonly tickInfo: Uint8Array;
}

interface Interrupted {
  /** They are counted as they are interrupted. */
  readonly number: number;
  isInCall: boolean;
}

// Without it nothing is kept.
const { tickInfo } = ifSupported(() => internals.internalBinding('task_queue', 'tickInfo') as TickQueue) ?? {
  tickInfo: new Uint8Array(2),
};
const HAS_REJECTION = 1;

const kept = new Map<Promise<unknown>, Kept>();
// The greenlets whose callbacks a patched call has interrupted, the oldest first.
const interrupted = new Map<RawGreenlet, Interrupted>();
let last = 0;

/** Begins to keep rejections from Node. */
export function keepRejections(): void {
  binding.watchRejections?.((isRejected, promise, reason) => {
    if (!isRejected) return kept.delete(promise);
    kept.set(promise, { greenlet: getCurrent(), reason, interrupted: last });
    // Or Node would see no need to look.
    tickInfo[HAS_REJECTION] = 1;
    return true;
  });
}

/** Lets Node hear of the rejections that nobody can handle in time any more; true if there were any. For the hub. */
export function tellRejections(): boolean {
  if (kept.size === 0) return false;
  // On the hub nobody else runs: who is not in a patched call has done with its callback.
  for (const [greenlet, { isInCall }] of interrupted) if (!isInCall) interrupted.delete(greenlet);
  const [oldest] = interrupted.values();
  let isTold = false;
  for (const [promise, { greenlet, reason, interrupted: since }] of kept) {
    if (interrupted.has(greenlet) || (oldest !== undefined && oldest.number <= since)) continue;
    kept.delete(promise);
    binding.tellRejection!(promise, reason);
    isTold = true;
  }
  return isTold;
}

/** Has Node ask for the rejections that are kept from it, if there are any. */
export function announceRejections(): void {
  if (kept.size > 0) tickInfo[HAS_REJECTION] = 1;
}

/** Notes that a patched call is about to suspend the current greenlet. */
export function enterPatchedCall(): void {
  const greenlet = getCurrent();
  const known = interrupted.get(greenlet);
  if (known === undefined) interrupted.set(greenlet, { number: ++last, isInCall: true });
  else known.isInCall = true;
}

/** Notes that the current greenlet goes on after a patched call. */
export function leavePatchedCall(): void {
  const greenlet = getCurrent();
  if (kept.size === 0) {
    interrupted.delete(greenlet);
  } else {
    interrupted.get(greenlet)!.isInCall = false;
    tickInfo[HAS_REJECTION] = 1;
  }
}
