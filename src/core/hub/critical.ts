import { checkFunction } from '../argument-checks';
import { CriticalSectionError } from '../errors';
import { peekCurrent, type RawGreenlet } from '../switching/raw-greenlet';

// How deep each greenlet is in critical sections; only those that are.
const depths = new Map<RawGreenlet, number>();

/**
 * Calls a function during which the greenlet must not be switched out, so that nothing else runs between two of its
 * steps: a call that can only wait (`sleep`, `wait`, `queue.get`) throws, and a patched call of Node's really blocks, as
 * without a patch. For a check and the act that relies on it, where a switch deep in a library would go unnoticed.
 *
 * Has no twin in gevent.
 *
 * @param fn the function
 * @returns what it returns
 * @throws {CriticalSectionError} out of the call that would have waited; what the function throws
 * @example
 * critical(() => {
 *   if (!accounts.has(name)) accounts.set(name, readAccount(name)); // throws if readAccount() waits
 * });
 */
export function critical<R>(fn: () => R): R {
  checkFunction(fn, 'fn');
  const greenlet = peekCurrent();
  const depth = depths.get(greenlet) ?? 0;
  depths.set(greenlet, depth + 1);
  try {
    return fn();
  } finally {
    if (depth === 0) depths.delete(greenlet);
    else depths.set(greenlet, depth);
  }
}

/** Whether the current greenlet is in a critical section. */
export function isCritical(): boolean {
  return depths.size > 0 && depths.has(peekCurrent());
}

/** Throws if the current greenlet is in a critical section. For `assertCanBlock`. */
export function assertNotCritical(): void {
  if (isCritical()) {
    throw new CriticalSectionError('Impossible to block in a critical section');
  }
}
