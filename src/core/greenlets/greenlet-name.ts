/** What greenlets are called in reports. */
import { getHub } from '../hub/hub';
import { identOf } from '../switching/ident';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { kLabel } from '../symbols';
import { SpawnedGreenlet } from './spawn-tree';

const hub = getHub();

/** The name that the program has given it, or one like `Greenlet-7`. */
export function nameOf(greenlet: RawGreenlet): string {
  if (greenlet === hub.greenlet) return 'the hub';
  return greenlet instanceof SpawnedGreenlet ? greenlet.name : `${greenlet.constructor.name}-${identOf(greenlet)}`;
}

/** What it runs: the function and its arguments, or the callback; undefined where nobody knows. */
export function labelOf(greenlet: RawGreenlet): string | undefined {
  try {
    return (greenlet as { [kLabel]?(): string })[kLabel]?.();
  } catch {
    // An argument may say itself how it is shown, and fail.
    return undefined;
  }
}
