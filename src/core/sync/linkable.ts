import { checkFunction } from '../argument-checks';
import type { Callback } from '../hub/callback';
import { ReportedCall } from '../hub/error-report';
import { getHub } from '../hub/hub';
import { within } from '../waiting/timeout';
import { Place, WaitList } from '../waiting/wait-list';
import { assertCanBlock, canBlock } from '../waiting/waiter';

type Linked = (source: never) => void;

/** A greenlet that waits, or a callback. */
class LinkPlace extends Place {
  handle: Callback | undefined;

  constructor(readonly callback?: Linked) {
    super();
  }
}

const hub = getHub();

/**
 * What can be waited for: greenlets wait, callbacks are linked, and all are told in the order in which they came.
 *
 * Nobody is told at once: who is told gets a turn behind all that is ready at that moment. Between that and the turn,
 * others may run and change the state again.
 *
 * Subclasses are what `wait`, `iwait` and `joinAll` take, as Event and Semaphore are.
 *
 * @example
 * class Latch extends AbstractLinkable {
 *   #missing = 2;
 *   ready() { return this.#missing <= 0; }
 *   countDown() { this.#missing--; this.checkAndNotify(); }
 *   wait(timeout?: number) { return this.ready() || this.waitCore(timeout); }
 * }
 * const latch = new Latch();
 * for (const delay of [10, 20]) setTimeout(() => latch.countDown(), delay);
 * console.log(latch.wait(1000)); // true, after 20 ms
 *
 * Source: `gevent._abstract_linkable.AbstractLinkable`.
 */
export abstract class AbstractLinkable {
  readonly #places = new WaitList<LinkPlace>();
  #byCallback: Map<Linked, LinkPlace> | undefined;
  // Those who have been told, and whose turn has not come.
  #called = 0;
  readonly #isCounted: boolean;

  /**
   * @param isCounted whether readiness is used up: then as many are told as `room` says, and who finds at its turn that
   *   there is nothing left waits on, at its old place
   */
  constructor(isCounted = false) {
    this.#isCounted = isCounted;
  }

  /** Whether there is something to tell. */
  abstract ready(): boolean;

  /** How many may have been told without having had their turn. */
  protected room(): number {
    return this.ready() ? Infinity : 0;
  }

  /**
   * Links a callback: it is called once, on the hub, when this is ready, with this as its argument, and unlinked. It must
   * not block. Linked twice, it is called once.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
   */
  rawLink(callback: (source: this) => void): void {
    checkFunction(callback, 'callback');
    this.#byCallback ??= new Map();
    if (this.#byCallback.has(callback)) return;
    const place = new LinkPlace(callback);
    this.#byCallback.set(callback, place);
    this.#places.add(place);
    this.checkAndNotify();
  }

  /** Takes a callback back, also one whose turn is about to come. One that is not linked is no error. */
  unlink(callback: (source: this) => void): void {
    const place = this.#byCallback?.get(callback);
    if (place === undefined) return;
    this.#byCallback!.delete(callback);
    place.handle?.stop();
    this.#giveUp(place);
  }

  /** How many greenlets and callbacks are linked. */
  get linkCount(): number {
    return this.#places.length + this.#called;
  }

  /** If this is ready, tells those who wait, as many as there is room for. */
  protected checkAndNotify(): void {
    for (
      let first = this.#places.first;
      first !== undefined && this.#called < this.room();
      first = this.#places.first
    ) {
      this.#places.remove(first);
      this.#call(first);
    }
  }

  /**
   * Suspends the current greenlet until it is told.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns true; false if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  protected waitCore(timeout?: number | null): boolean {
    assertCanBlock();
    const place = new LinkPlace();
    if (timeout === undefined || timeout === null) {
      this.#wait(place);
      return true;
    }
    return within(
      timeout,
      () => {
        this.#wait(place);
        return true;
      },
      // Told in time, but something else ran until the time was over.
      () => place.isCalled && (!this.#isCounted || this.ready()),
    );
  }

  /** For a wait that finds this ready: lets those who came before, and whose turn has not come, go first. */
  protected waitTurn(): void {
    if (this.#called === 0 || !canBlock()) return;
    assertCanBlock();
    const place = new LinkPlace();
    this.#call(place);
    this.#wait(place);
  }

  #call(place: LinkPlace): void {
    this.#called++;
    if (place.callback === undefined) {
      place.call();
    } else {
      place.isCalled = true;
      place.handle = hub.runCallback(() => this.#callBack(place));
    }
  }

  #wait(place: LinkPlace): void {
    if (!place.isCalled) this.#places.add(place);
    let isOver = false;
    try {
      do place.wait();
      while (!this.#takeTurn(place));
      isOver = true;
    } finally {
      if (!isOver) this.#giveUp(place);
    }
  }

  // On the hub.
  #callBack(place: LinkPlace): void {
    if (!this.#takeTurn(place)) return;
    this.#byCallback!.delete(place.callback!);
    try {
      place.callback!(this as never);
    } catch (error) {
      hub.failed(new ReportedCall(place.callback!, this), error);
    }
    this.checkAndNotify();
  }

  // Whether the turn is good for anything.
  #takeTurn(place: LinkPlace): boolean {
    this.#called--;
    if (!this.#isCounted || this.ready()) return true;
    place.isCalled = false;
    this.#places.putBack(place);
    return false;
  }

  #giveUp(place: LinkPlace): void {
    if (place.list !== undefined) {
      this.#places.remove(place);
    } else {
      // It was told, so now there is room for another.
      this.#called--;
      this.checkAndNotify();
    }
  }
}
