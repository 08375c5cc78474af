/**
 * Carriers: the greenlets in which Node's callbacks run, so that they can block.
 *
 * A callback comes from the hub, or, where C++ calls back into JavaScript below a greenlet, from that greenlet. If it
 * blocks, control must go back to exactly there, because a C++ callback scope is open on that stack and no tick or
 * microtask of the whole process runs before it is closed.
 */
import { share } from './async-context';
import { getHub } from './hub';
import { getCurrent, getMain, RawGreenlet } from './raw-greenlet';

/** What `carry` returns for a callback that has blocked and goes on later. */
export const SUSPENDED: unique symbol = Symbol('suspended');

type Callback = (...args: never[]) => unknown;

class Carrier extends RawGreenlet {
  /** Who waits for the callback to end or to block; nobody once it has blocked. */
  starter: RawGreenlet | undefined;
  readonly #callback: Callback;
  readonly #self: unknown;
  readonly #args: ArrayLike<unknown>;

  constructor(callback: Callback, self: unknown, args: ArrayLike<unknown>) {
    super(undefined, undefined, share());
    this.starter = getCurrent();
    this.#callback = callback;
    this.#self = self;
    this.#args = args;
  }

  override get run(): () => unknown {
    return this.#call;
  }

  #call(): unknown {
    return Reflect.apply(this.#callback, this.#self, this.#args);
  }
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
  const result = carrier.switch();
  const outcome = carrier.dead ? result : SUSPENDED;
  if (getCurrent() === getMain()) getHub().drain();
  return outcome;
}

/** Suspends the current greenlet until somebody switches it in again; returns what that one sends. */
export function leave(): unknown {
  const current = getCurrent();
  if (current instanceof Carrier && current.starter !== undefined) return detach(current);
  return getMain().switch(SUSPENDED);
}

// From now on the callback is on its own: its errors are the hub's.
function detach(carrier: Carrier): unknown {
  const starter = carrier.starter!;
  carrier.starter = undefined;
  if (starter !== getMain()) carrier.parent = getMain();
  return starter.switch(SUSPENDED);
}
