import { getHub } from '../hub/hub';
import type { Place, WaitList } from './wait-list';
import { assertCanBlock } from './waiter';

/**
 * How many greenlets are switched in before all others get a turn. Two that hand over to each other keep each other going
 * for ever, and upstream lets them: there, not even timers run meanwhile.
 */
const TURNS = 64;

const hub = getHub();

/**
 * Gives turns to those who wait in a queue or a channel: all in one go, at the hub's next turn, one after the other. Who
 * is next is chosen when the one before has left again, because what it has done changes who can go on.
 *
 * Source: `_schedule_unlock` and `_unlock` of `gevent.queue`.
 */
export class Unlocking {
  #isScheduled = false;
  readonly #choose: () => Place | undefined;

  /** @param choose takes the next one out of its line; undefined if nobody can go on */
  constructor(choose: () => Place | undefined) {
    this.#choose = choose;
  }

  /** Has it done behind all that is ready, unless it is about to be done, or being done. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    hub.runCallback(this.#run);
  }

  readonly #run = (): void => {
    for (let turn = 0; turn < TURNS; turn++) {
      const place = this.#choose();
      if (place === undefined) {
        this.#isScheduled = false;
        return;
      }
      switchIn(place);
    }
    hub.runCallback(this.#run);
  };
}

/** Switches in, at once, who has been taken out of a line; on the hub. */
export function switchIn(place: Place): void {
  if (place.greenlet !== undefined) hub.switchIn(place.greenlet, place);
}

/** Waits at the end of a line until somebody takes the place out of it and switches it in. */
export function waitIn<P extends Place>(line: WaitList<P>, place: P): void {
  assertCanBlock();
  line.add(place);
  try {
    place.wait();
  } finally {
    line.remove(place);
  }
}
