/**
 * Carriers: the greenlets in which Node's callbacks run, so that they can block.
 *
 * A callback comes from the hub, or, where C++ calls back into JavaScript below a greenlet, from that greenlet. If it
 * blocks, control must go back to exactly there, because a C++ callback scope is open on that stack and no tick or
 * microtask of the whole process runs before it is closed.
 */
import { inspect } from 'node:util';

import { GreenletExit } from '../errors';
import { context } from '../switching/context';
import { blockChannel, spawnChannel, tell } from '../switching/channels';
import { takeThrower } from '../switching/flight';
import { getCurrent, peekCurrent, RawGreenlet } from '../switching/raw-greenlet';
import { kKnown, kLabel, kRenew, kRest } from '../symbols';
import { getHub } from './hub';
import { backInTurns, hasTurns, leaveTurns } from './turn-order';

/** What `carry` returns for a callback that has blocked and goes on later. */
export const SUSPENDED: unique symbol = Symbol('suspended');

type Callback = (...args: never[]) => unknown;

const { share } = context;
const NO_ARGS: ArrayLike<unknown> = [];
const hub = getHub();

// Nearly all callbacks end without having blocked, or shown their greenlet to anyone: then it carries the next one.
const resting: Carrier[] = [];
/** More than one only after callbacks within callbacks. */
const MOST_RESTING = 8;

class Carrier extends RawGreenlet {
  /** Who waits for the callback to end or to block; nobody once it has blocked. */
  starter: RawGreenlet | undefined;
  #callback: Callback | undefined;
  #self: unknown;
  #args = NO_ARGS;
  #isDone = false;
  #result: unknown;
  #hasFailed = false;

  /**
   * Calls a function; from the greenlet that is the starter.
   *
   * @returns what it returns, or SUSPENDED
   * @throws what it throws
   */
  carry(callback: Callback, self: unknown, args: ArrayLike<unknown>): unknown {
    this.#callback = callback;
    this.#self = self;
    this.#args = args;
    this.#isDone = false;
    if (spawnChannel.hasSubscribers) this.#tell();
    try {
      this.switch();
    } catch (error) {
      if (this.#isEnded()) throw error;
      this.#leaveBehind();
      // Another greenlet's, which got its turn here because the callback has blocked.
      hub.failed(takeThrower(error) ?? this, error);
      return SUSPENDED;
    }
    if (!this.#isEnded()) {
      this.#leaveBehind();
      return SUSPENDED;
    }
    this.starter = undefined;
    const result = this.#result;
    this.#result = undefined;
    if (this.#hasFailed) throw result;
    return result;
  }

  // Without having been called, if a tracer has thrown.
  #isEnded(): boolean {
    return this.#isDone || this.dead;
  }

  #tell(): void {
    this[kKnown] = true;
    tell(spawnChannel, { greenlet: this, spawner: hub.greenlet, delay: 0 });
  }

  override run(): void {
    for (;;) {
      this.#callBack();
      const { starter } = this;
      if (starter === undefined || this[kKnown] || resting.length === MOST_RESTING) return;
      resting.push(this);
      this[kRest](starter);
    }
  }

  #callBack(): void {
    try {
      this.#result = Reflect.apply(this.#callback!, this.#self, this.#args);
      this.#hasFailed = false;
    } catch (error) {
      // From here on it is nobody's but the hub's.
      if (this.starter === undefined) throw error;
      this.#result = error;
      this.#hasFailed = !(error instanceof GreenletExit);
    } finally {
      if (suspended.size > 0) suspended.delete(this);
      if (last === this) last = undefined;
      this.#isDone = true;
      this.#callback = this.#self = undefined;
      this.#args = NO_ARGS;
    }
  }

  // The callback is on its own now: its errors are the hub's.
  #leaveBehind(): void {
    this.starter = undefined;
    if (this.parent !== hub.greenlet) this.parent = hub.greenlet;
    suspended.add(this);
    last = this;
    onFirst?.();
    onFirst = undefined;
  }

  // Of a callback that calls another, or that an event gives its name, the first argument says more than its own name.
  [kLabel](): string {
    const name = this.#callback?.name || '(anonymous)';
    const first = this.#args[0];
    if (typeof first === 'function') return `${name}(${first.name || 'anonymous'})`;
    return typeof first === 'string' ? `${name}(${inspect(first)})` : name;
  }
}

// Those that have blocked and not ended, the oldest first.
const suspended = new Set<RawGreenlet>();
let last: RawGreenlet | undefined;
let onFirst: (() => void) | undefined;

/** The carriers whose callbacks have blocked and not ended, the oldest first. */
export function suspendedCarriers(): ReadonlySet<RawGreenlet> {
  return suspended;
}

/** The carrier of the callback that `carry` has last called SUSPENDED. */
export function lastSuspended(): RawGreenlet | undefined {
  return last;
}

/** How many carriers wait for a callback; for tests and reports. */
export function countRestingCarriers(): number {
  return resting.length;
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
  const starter = peekCurrent();
  if (starter !== hub.greenlet) return takeCarrier(starter).carry(callback, self, args);
  const outer = hub.enter(true);
  try {
    return takeCarrier(starter).carry(callback, self, args);
  } finally {
    hub.exit(outer);
  }
}

function takeCarrier(starter: RawGreenlet): Carrier {
  const luggage = share(starter === hub.greenlet);
  const rested = resting.pop();
  const carrier = rested ?? new Carrier(undefined, starter, luggage);
  rested?.[kRenew](starter, luggage);
  carrier.starter = starter;
  return carrier;
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
    current.starter = undefined;
    if (starter !== hub.greenlet) return starter.switch(SUSPENDED);
  }
  const next = hub.takeNext();
  return next === undefined
    ? hub.greenlet.switch(SUSPENDED)
    : next.greenlet === current
      ? next
      : next.greenlet.switch(next);
}
