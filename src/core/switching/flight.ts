/** What is on its way at a switch: put in flight by the greenlet that leaves, landed by the one that goes on. */
import { invalidArgType } from '../errors';
import { deathChannel, switchChannel, tell } from './channels';
import type { RawGreenlet } from './raw-greenlet';

/** Told of every switch, in the target, after the jump: `'throw'` if an error is in flight, else `'switch'`. */
export type Tracer = (event: 'switch' | 'throw', origin: RawGreenlet, target: RawGreenlet) => void;

/** A value: it becomes the result of the target's pending switch. */
export const VALUE = 0;
/** An error: the target's pending switch throws it. */
export const ERROR = 1;
/** A question for the target's frames, from the greenlet whose native id is the payload. */
export const PEEK = 2;

interface Flight {
  kind: number;
  payload: unknown;
  /** Who left last; only until the flight lands. */
  origin: RawGreenlet | undefined;
  tracer: Tracer | undefined;
}

/** The one flight of this thread. */
export const flight: Flight = { kind: VALUE, payload: undefined, origin: undefined, tracer: undefined };

// The last error that has arrived in the main greenlet.
let uncaught: { error: unknown; thrower: WeakRef<RawGreenlet> } | undefined;

/** Puts a payload in flight. */
export function setInFlight(kind: number, payload: unknown, origin?: RawGreenlet): void {
  flight.kind = kind;
  flight.payload = payload;
  flight.origin = origin;
}

/**
 * Delivers what is in flight to the greenlet that has just become current.
 *
 * @param getCurrent says which one that is; not itself, or the waiting frame might keep it alive
 * @returns the value
 * @throws the error; the tracer's, if it throws one
 */
export function land(getCurrent: () => RawGreenlet): unknown {
  const value = flight.payload;
  flight.payload = undefined;
  const isTold = flight.tracer !== undefined || switchChannel.hasSubscribers || deathChannel.hasSubscribers;
  if (flight.kind === VALUE && !isTold) {
    flight.origin = undefined;
    return value;
  }
  return landTold(flight.kind, value, getCurrent);
}

// The flight is over before any of the program's code runs: that may switch, through this very greenlet too.
function landTold(kind: number, value: unknown, getCurrent: () => RawGreenlet): unknown {
  const origin = flight.origin!;
  const { tracer } = flight;
  flight.origin = undefined;
  flight.kind = VALUE;
  if (switchChannel.hasSubscribers) {
    tell(switchChannel, { origin, target: getCurrent(), kind: kind === ERROR ? 'throw' : 'switch' });
  }
  if (deathChannel.hasSubscribers && origin.dead) tell(deathChannel, { greenlet: origin });
  if (tracer !== undefined) {
    try {
      tracer(kind === ERROR ? 'throw' : 'switch', origin, getCurrent());
    } catch (error) {
      // It replaces whatever was in flight, and the tracer is not asked again.
      flight.tracer = undefined;
      throw error;
    }
  }
  if (kind !== ERROR) return value;
  if (getCurrent().parent === null) uncaught = { error: value, thrower: new WeakRef(origin) };
  throw value;
}

/** The greenlet out of which an error has just come to the main one, if it did; to be asked once. */
export function takeThrower(error: unknown): RawGreenlet | undefined {
  const thrower = uncaught?.error === error ? uncaught?.thrower.deref() : undefined;
  uncaught = undefined;
  return thrower;
}

/**
 * Sets the tracer of this thread. An error that it throws ends it, and is thrown in the target in place of whatever was
 * in flight.
 *
 * @param callback the new tracer, or undefined for none
 * @returns the one before
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
 * @example setTrace((event, origin, target) => console.log(event, origin, target));
 *
 * Source: `greenlet.settrace`.
 */
export function setTrace(callback: Tracer | undefined): Tracer | undefined {
  if (callback !== undefined && typeof callback !== 'function') {
    throw invalidArgType('callback', 'a function', callback);
  }
  const before = flight.tracer;
  flight.tracer = callback;
  return before;
}

/** The tracer of this thread, if one is set. Source: `greenlet.gettrace`. */
export function getTrace(): Tracer | undefined {
  return flight.tracer;
}
