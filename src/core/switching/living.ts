/**
 * Who lives on which stack: what every report of all greenlets starts from. One that could be abandoned is held weakly,
 * or it never would be; any other is held anyhow, by what will wake it.
 */
import { kKnown } from '../symbols';
import type { RawGreenlet } from './raw-greenlet';

// A greenlet's native id is its state as well.

/** The native id of a greenlet that has not started. */
export const UNSTARTED = -1;
/** The native id of the main greenlet. */
export const MAIN = 0;
/** The native id of a greenlet that has finished. */
export const DEAD = -2;

/** What there is of a greenlet. */
export type GreenletHandle = RawGreenlet | WeakRef<RawGreenlet>;

/** By native id; empty for the main one, and where a stack is not in use. */
export const handles: Array<GreenletHandle | undefined> = [];

/** Notes who lives on a stack from now on. */
export function settle(id: number, handle: GreenletHandle): void {
  handles[id] = handle;
}

/** Notes that nobody lives there any more. */
export function vacate(id: number): void {
  handles[id] = undefined;
}

/** The greenlet, unless there is none any more. Who asks knows it from then on. */
export function derefHandle(handle: GreenletHandle | undefined): RawGreenlet | undefined {
  const greenlet = handle instanceof WeakRef ? handle.deref() : handle;
  if (greenlet !== undefined) greenlet[kKnown] = true;
  return greenlet;
}

/** All greenlets that have started and not finished, except the main one, by their native ids. */
export function livingGreenlets(): Map<number, RawGreenlet> {
  const living = new Map<number, RawGreenlet>();
  handles.forEach((handle, id) => {
    const greenlet = derefHandle(handle);
    if (greenlet !== undefined) living.set(id, greenlet);
  });
  return living;
}
