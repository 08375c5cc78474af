/**
 * Abandoned greenlets: suspended ones whose handle nobody has any more, so that nobody could ever switch to them. They
 * are ended from the hub, so that their `finally` blocks run; never from inside a garbage collection.
 */
import { inspect } from 'node:util';

import { GreenletExit } from '../errors';
import { DEAD, settle, vacate } from './living';
import type { RawGreenlet } from './raw-greenlet';

/** What is known of a greenlet when its handle is gone. */
export interface Obituary {
  /** Its native id; DEAD once it has finished by itself. */
  id: number;
  parent: RawGreenlet | null;
  readonly prototype: object;
}

/** The obituary of all greenlets that are never taken for abandoned. */
export const IMMORTAL: Obituary = { id: DEAD, parent: null, prototype: Object.prototype };

/** Makes a new handle for a suspended greenlet. */
type Adopt = (obituary: Obituary) => RawGreenlet;

let adopt: Adopt;

/** Ends a greenlet when its handle has become unreachable, unless the obituary says that it is dead by then. */
export const registry = new FinalizationRegistry<Obituary>(putDown);

/** Says how handles are made; once, by the class of greenlets. */
export function setAdopt(by: Adopt): void {
  adopt = by;
}

/**
 * Ends the current greenlet when its handle has become unreachable, unless the obituary says that it is dead by then.
 *
 * @param getCurrent says which one that is; not itself, or the waiting frame might keep it alive
 */
export function watch(getCurrent: () => RawGreenlet, id: number, parent: RawGreenlet | null): Obituary {
  const obituary = { id, parent, prototype: Object.getPrototypeOf(getCurrent()) };
  registry.register(getCurrent(), obituary);
  settle(id, new WeakRef(getCurrent()));
  return obituary;
}

/** Notes that a greenlet has finished by itself. */
export function endOn(id: number, obituary: Obituary | undefined): void {
  vacate(id);
  if (obituary !== undefined) obituary.id = DEAD;
}

// Its last switch needs a handle: a new one of the same kind, without the old one's own properties. The hub is its parent
// meanwhile. It is watched no more: what does not end now is not asked again.
function putDown(obituary: Obituary): void {
  if (obituary.id === DEAD) return;
  const { parent } = obituary;
  const greenlet = adopt(obituary);
  settle(obituary.id, greenlet);
  try {
    greenlet.throw(new GreenletExit('Killing the greenlet because all references have vanished.'));
  } catch (error) {
    // Nobody waits for it; upstream has the interpreter's hook for unraisable errors.
    process.emitWarning(error instanceof Error ? error : inspect(error));
  }
  if (greenlet.dead) return;
  if (parent !== null) greenlet.parent = parent;
  process.emitWarning(`GreenletExit did not kill ${inspect(greenlet)}`);
}
