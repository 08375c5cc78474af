/** What every greenlet is doing. Found at the moment somebody asks: until then nothing is kept for it but the handles. */
import { clock } from '../clock';
import { labelOf, nameOf } from '../greenlets/greenlet-name';
import { SpawnedGreenlet } from '../greenlets/spawn-tree';
import { getHub } from '../hub/hub';
import { livingGreenlets, MAIN } from '../switching/living';
import { getCurrent, getMain, type RawGreenlet } from '../switching/raw-greenlet';
import { captureFrames, linesOf, peekAll } from '../switching/stack-trace';
import { armedDeadlines } from '../waiting/deadlines';
import type { GreenletReport, GreenletState } from './greenlet-report';
import { readSuspendedCall } from './suspended-call';

const hub = getHub();

/**
 * What all greenlets are doing: those that have begun and not finished, and those that are to begin. Not the hub. The
 * suspended ones are asked for their frames, and go on as if nothing had happened.
 *
 * @returns in no particular order; not one of a raw greenlet that has not begun
 * @example surveyGreenlets().filter(({ state }) => state === 'waiting').length
 *
 * Has no twin in gevent, where the collector is asked for all objects.
 */
export function surveyGreenlets(): GreenletReport[] {
  return new Survey().reports();
}

/**
 * The greenlets that are suspended and that nobody has told yet to go on: in a deadlock, all there are.
 *
 * @example for (const { name, call, stack } of blockedGreenlets()) console.log(`${name} waits in ${call}\n${stack}`);
 *
 * Has no twin in gevent.
 */
export function blockedGreenlets(): GreenletReport[] {
  return surveyGreenlets().filter(({ state }) => state === 'waiting');
}

/** One look at all of them. */
export class Survey {
  readonly #ids = new Map<RawGreenlet, number>();
  readonly #ready = new Set(hub.readyGreenlets());
  readonly #ends = new Map<RawGreenlet, number>();
  readonly #current = getCurrent();
  readonly #now = clock.now();

  constructor() {
    this.#ids.set(getMain(), MAIN);
    for (const [id, greenlet] of livingGreenlets()) this.#ids.set(greenlet, id);
    for (const deadline of armedDeadlines()) {
      const greenlet = deadline.whose();
      if (greenlet !== undefined) this.#ends.set(greenlet, Math.min(deadline.at, this.#ends.get(greenlet) ?? Infinity));
    }
  }

  reports(): GreenletReport[] {
    const all = new Set([...this.#ids.keys(), ...this.#ready, ...this.#ends.keys()]);
    all.delete(hub.greenlet);
    return [...all].filter((greenlet) => !greenlet.dead).map((greenlet) => this.reportOn(greenlet));
  }

  /** What one greenlet is doing, which may be the hub, or one that has finished. */
  reportOn(greenlet: RawGreenlet): GreenletReport {
    const state = this.#stateOf(greenlet);
    const lines = this.#linesOf(greenlet, state);
    const { call, stack } = lines === undefined ? {} : readSuspendedCall(lines);
    const end = this.#ends.get(greenlet);
    return {
      greenlet,
      name: nameOf(greenlet),
      // One that has finished has forgotten it.
      label: state === 'dead' ? undefined : labelOf(greenlet),
      state,
      call: state === 'current' ? undefined : call,
      timeLeft: end === undefined || state === 'dead' ? undefined : Math.max(0, Math.round(end - this.#now)),
      stack: stack || undefined,
      spawningStack: greenlet instanceof SpawnedGreenlet ? greenlet.spawningStack : undefined,
    };
  }

  #stateOf(greenlet: RawGreenlet): GreenletState {
    if (greenlet === this.#current) return 'current';
    if (greenlet.dead) return 'dead';
    if (!greenlet.active) return 'pending';
    return this.#ready.has(greenlet) ? 'ready' : 'waiting';
  }

  #linesOf(greenlet: RawGreenlet, state: GreenletState): string[] | undefined {
    if (greenlet === hub.greenlet) return undefined;
    if (state === 'current') return linesOf(captureFrames());
    const id = this.#ids.get(greenlet);
    return id === undefined ? undefined : peekAll(id, this.#ids.get(this.#current)!);
  }
}
