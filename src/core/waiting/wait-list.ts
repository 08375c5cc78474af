import { inspect } from 'node:util';

import { InvalidSwitchError } from '../errors';
import { leave } from '../hub/carrier';
import { getHub, type Wakeup } from '../hub/hub';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';

const hub = getHub();

/** A place in a list of those who wait. */
export class Place implements Wakeup {
  /** Who waits; undefined for a callback, and for who has stopped. */
  greenlet: RawGreenlet | undefined;
  /** Whether the wait is over: the greenlet's turn will come, or has. */
  isCalled = false;
  /** The list's business. */
  list: object | undefined;
  previous: this | undefined;
  next: this | undefined;
  ticket = 0;

  /** Gives the greenlet its turn, behind all that is ready. */
  call(): void {
    this.isCalled = true;
    hub.wake(this);
  }

  /**
   * Suspends the current greenlet until it is called.
   *
   * @throws what is thrown into it meanwhile; {InvalidSwitchError} if it is switched in by somebody else
   */
  wait(): void {
    this.greenlet = getCurrent();
    let sent: unknown;
    try {
      sent = leave();
    } finally {
      // If it was called, but something else was faster: the call finds nobody.
      this.greenlet = undefined;
    }
    if (sent !== this) throw new InvalidSwitchError(`A stray switch into a waiting greenlet, with ${inspect(sent)}`);
  }
}

/** Those who wait, in the order in which they came. One of ten thousand leaves it without a search. */
export class WaitList<P extends Place> {
  #first: P | undefined;
  #last: P | undefined;
  #tickets = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): P | undefined {
    return this.#first;
  }

  /** Adds one at the end. */
  add(place: P): void {
    place.ticket = this.#tickets++;
    this.#insert(place, this.#last);
  }

  /** Gives one that was taken out its old place back. */
  putBack(place: P): void {
    let before: P | undefined;
    for (let each = this.#first; each !== undefined && each.ticket < place.ticket; each = each.next) {
      before = each;
    }
    this.#insert(place, before);
  }

  /** Takes one out; one that is not in it stays out. */
  remove(place: P): void {
    if (place.list !== this) return;
    const { previous, next } = place;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.list = undefined;
    place.previous = undefined;
    place.next = undefined;
    this.#length--;
  }

  /** Takes the first one out. */
  shift(): P | undefined {
    const first = this.#first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  #insert(place: P, previous: P | undefined): void {
    const next = previous === undefined ? this.#first : previous.next;
    place.list = this;
    place.previous = previous;
    place.next = next;
    if (previous === undefined) this.#first = place;
    else previous.next = place;
    if (next === undefined) this.#last = place;
    else next.previous = place;
    this.#length++;
  }
}
