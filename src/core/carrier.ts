/**
 * Carriers: the greenlets in which Node's callbacks run, so that they can block.
 *
 * A callback comes from the hub, or, where C++ calls back into JavaScript below a greenlet, from that greenlet. If it
 * blocks, control must go back to exactly there, because a C++ callback scope is open on that stack and no tick or
 * microtask of the whole process runs before it is closed.
 */
import { inspect } from 'node:util';

import { MAINS, share } from './async-context';
import { blockChannel, spawnChannel, tell } from './channels';
import { takeThrower } from './flight';
import { getHub } from './hub';
import { getCurrent, RawGreenlet } from './raw-greenlet';
import { kLabel } from './symbols';
import { backInTurns, hasTurns, leaveTurns } from './turn-order';

/** What `carry` returns for a callback that has blocked and goes on later. */
export const SUSPENDED: unique symbol = Symbol('suspended');

type Callback = (...args: never[]) => unknown;

const hub = getHub();

class Carrier extends RawGreenlet {
  /** Who waits for the callback to end or to block; nobody once it has blocked. */
  starter: RawGreenlet | undefined;
  readonly #callback: Callback;
  readonly #self: unknown;
  readonly #args: ArrayLike<unknown>;

  constructor(callback: Callback, self: unknown, args: ArrayLike<unknown>) {
    const starter = getCurrent();
    super(undefined, starter, starter === hub.greenlet ? MAINS : share());
    this.starter = starter;
    this.#callback = callback;
    this.#self = self;
    this.#args = args;
    if (spawnChannel.hasSubscribers) tell(spawnChannel, { greenlet: this, spawner: hub.greenlet, delay: 0 });
  }

  override run(): unknown {
    try {
      return Reflect.apply(this.#callback, this.#self, this.#args);
    } finally {
      if (suspended.size > 0) suspended.delete(this);
    }
  }

  // Of a callback that calls another, or that an event gives its name, the first argument says more than its own name.
  [kLabel](): string {
    const name = this.#callback.name || '(anonymous)';
    const first = this.#args[0];
    if (typeof first === 'function') return `${name}(${first.name || 'anonymous'})`;
    return typeof first === 'string' ? `${name}(${inspect(first)})` : name;
  }
}

// Those that have blocked and not ended, the oldest first.
const suspended = new Set<RawGreenlet>();
let onFirst: (() => void) | undefined;

/** The carriers whose callbacks have blocked and not ended, the oldest first. */
export function suspendedCarriers(): ReadonlySet<RawGreenlet> {
  return suspended;
}

/** Has a function called when a callback has blocked for the first time, or at once if one has. */
export function onFirstSuspension(callback: () => void): void {
  if (suspended.size > 0) callback();
  else onFirst = callback;
}

/**
 * Calls a function in a greenlet of its own, so that it can block.
 *
 * @param callback the function
 * @param self its `this`
 * @param args its arguments
 * @returns what it returns, or SUSPENDED as soon as it blocks
 * @throws what it throws before it blocks; what it throws afterwards goes to the hub's `handleError`
 */
export function carry(callback: Callback, self: unknown, args: ArrayLike<unknown>): unknown {
  const carrier = new Carrier(callback, self, args);
  const isOnHub = carrier.starter === hub.greenlet;
  if (!isOnHub) return run(carrier);
  const outer = hub.enter(true);
  try {
    return run(carrier);
  } finally {
    hub.exit(outer);
  }
}

function run(carrier: Carrier): unknown {
  try {
    const result = carrier.switch();
    if (carrier.dead) return result;
    noteSuspended(carrier);
    return SUSPENDED;
  } catch (error) {
    if (carrier.dead) throw error;
    noteSuspended(carrier);
    // Another greenlet's, which got its turn here because the callback has blocked.
    hub.failed(takeThrower(error) ?? carrier, error);
    return SUSPENDED;
  }
}

function noteSuspended(carrier: Carrier): void {
  suspended.add(carrier);
  onFirst?.();
  onFirst = undefined;
}

/**
 * Suspends the current greenlet until somebody switches it in again.
 *
 * @param keepsTurns whether what it waits for comes by itself, and so may be waited for by others as well
 * @returns what that one sends
 * @throws what that one throws
 */
export function leave(keepsTurns = false): unknown {
  if (!hasTurns()) return jump();
  leaveTurns(keepsTurns);
  try {
    return jump();
  } finally {
    backInTurns();
  }
}

function jump(): unknown {
  const current = getCurrent();
  if (blockChannel.hasSubscribers) tell(blockChannel, { greenlet: current });
  if (current instanceof Carrier && current.starter !== undefined) {
    const { starter } = current;
    // From now on the callback is on its own: its errors are the hub's.
    current.starter = undefined;
    if (starter !== hub.greenlet) {
      current.parent = hub.greenlet;
      return starter.switch(SUSPENDED);
    }
  }
  const next = hub.takeNext();
  return next === undefined
    ? hub.greenlet.switch(SUSPENDED)
    : next.greenlet === current
      ? next
      : next.greenlet.switch(next);
}
