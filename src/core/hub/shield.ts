import { checkFunction } from '../argument-checks';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { getHub } from './hub';

/** What came for a shielded greenlet. */
interface Postponed {
  /** How many shields were up when it began: a timeout that was set inside of a shield is not kept out by it. */
  readonly level: number;
  readonly deliver: () => void;
}

interface Shields {
  depth: number;
  postponed: Postponed[];
}

const hub = getHub();
const shieldsOf = new WeakMap<RawGreenlet, Shields>();
// How many shields are up in all, so that nobody looks into the map while there are none.
let total = 0;

/**
 * Calls a function to the end: a kill, or a timeout that was set outside, is not delivered while it runs, but when the
 * greenlet next blocks after it. For what must not be left half done, such as an exchange with a server on a connection
 * that goes back to a pool, or clean-up that blocks.
 *
 * Has no twin in gevent.
 *
 * @param fn the function; timeouts that it sets itself work as always
 * @returns what it returns
 * @throws what it throws
 * @example
 * try {
 *   return query(connection);
 * } finally {
 *   shield(() => connection.reset());
 * }
 */
export function shield<R>(fn: () => R): R {
  checkFunction(fn, 'fn');
  const greenlet = getCurrent();
  const shields = shieldsOf.get(greenlet) ?? { depth: 0, postponed: [] };
  if (shields.depth++ === 0) shieldsOf.set(greenlet, shields);
  total++;
  try {
    return fn();
  } finally {
    total--;
    if (--shields.depth === 0) shieldsOf.delete(greenlet);
    if (shields.postponed.length > 0) release(shields);
  }
}

function release(shields: Shields): void {
  const { depth, postponed } = shields;
  shields.postponed = postponed.filter(({ level }) => level < depth);
  for (const { level, deliver } of postponed) if (level >= depth) hub.runCallback(deliver);
}

/** How many shields are up in a greenlet. Internal. */
export function shieldLevel(greenlet: RawGreenlet): number {
  return total === 0 ? 0 : (shieldsOf.get(greenlet)?.depth ?? 0);
}

/**
 * Keeps something for the end of a greenlet's shields, if it has any that keep it out. Internal.
 *
 * @param greenlet whom it is for
 * @param level how many shields were up when it began
 * @param deliver is called on the hub when they are down
 * @returns whether it is kept
 */
export function postpone(greenlet: RawGreenlet, level: number, deliver: () => void): boolean {
  if (shieldLevel(greenlet) <= level) return false;
  shieldsOf.get(greenlet)!.postponed.push({ level, deliver });
  return true;
}
