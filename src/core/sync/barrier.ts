import { checkCount, checkFunction, checkTimeout } from '../argument-checks';
import { BrokenBarrierError } from '../errors';
import { within } from '../waiting/timeout';
import { Place, WaitList } from '../waiting/wait-list';
import { assertCanBlock } from '../waiting/waiter';

/** A greenlet that waits, and what comes of it. */
class Arrival extends Place {
  index = 0;
  isBroken = false;
}

/** Those who go on together. */
class Party {
  readonly arrivals = new WaitList<Arrival>();
  isComplete = false;
  isBroken = false;

  /** Lets all go on; those of a broken party with an error. */
  leave(isBroken: boolean): void {
    this.isBroken = isBroken;
    for (let index = 0, next = this.arrivals.shift(); next !== undefined; index++, next = this.arrivals.shift()) {
      next.index = index;
      next.isBroken = isBroken;
      next.call();
    }
  }
}

/**
 * A place where a number of greenlets wait for each other: when the last one comes all go on, and the next ones wait for
 * each other again.
 *
 * A greenlet that is killed there is not counted any more.
 *
 * @example
 * const barrier = new Barrier(2);
 * spawn(() => { loadLeft(); barrier.wait(); drawLeft(); });
 * spawn(() => { loadRight(); barrier.wait(); drawRight(); });
 *
 * Source: `threading.Barrier`.
 */
export class Barrier {
  /** How many go on together. */
  readonly parties: number;
  readonly #action: (() => void) | undefined;
  readonly #timeout: number | null | undefined;
  #party = new Party();
  // Complete, and their action is running.
  readonly #departing = new Set<Party>();
  #isBroken = false;

  /**
   * @param parties how many go on together
   * @param action is called by the last one before all go on; if it throws, the barrier is broken
   * @param timeout milliseconds for each `wait`, unless that says otherwise; undefined or null for ever
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what they cannot be
   */
  constructor(parties: number, action?: (() => void) | null, timeout?: number | null) {
    checkCount(parties, 'parties', 1);
    if (action !== undefined && action !== null) checkFunction(action, 'action');
    checkTimeout(timeout);
    this.parties = parties;
    this.#action = action ?? undefined;
    this.#timeout = timeout;
  }

  /** How many wait now. */
  get nWaiting(): number {
    return this.#party.arrivals.length;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#isBroken;
  }

  /**
   * Waits for the others.
   *
   * @param timeout milliseconds; null for ever; the barrier's own unless given. When it is over the barrier is broken
   * @returns a number from 0 to `parties` - 1, different for each of those who go on together
   * @throws {BrokenBarrierError} if the barrier is broken, by then or before; what the action throws;
   *   {BlockingSwitchOutError} where waiting is not possible
   */
  wait(timeout: number | null | undefined = this.#timeout): number {
    checkTimeout(timeout);
    if (this.#isBroken) throw broken();
    const party = this.#party;
    return party.arrivals.length + 1 === this.parties ? this.#depart(party) : this.#await(party, timeout);
  }

  /** Lets those who wait fail with a BrokenBarrierError, and makes the barrier new. */
  reset(): void {
    this.#breakUp();
    this.#isBroken = false;
  }

  /** Breaks the barrier: who waits, or will, fails with a BrokenBarrierError, until it is reset. */
  abort(): void {
    this.#isBroken = true;
    this.#breakUp();
  }

  #await(party: Party, timeout: number | null | undefined): number {
    assertCanBlock();
    const arrival = new Arrival();
    party.arrivals.add(arrival);
    const wait = (): void => arrival.wait();
    try {
      within(timeout, wait, () => {
        if (arrival.isCalled) return;
        // All have come in time; that the action takes longer does not count.
        if (party.isComplete) wait();
        else this.abort();
      });
    } finally {
      party.arrivals.remove(arrival);
    }
    if (arrival.isBroken) throw broken();
    return arrival.index;
  }

  #depart(party: Party): number {
    party.isComplete = true;
    // Who comes from now on, even while the action blocks, is of the next party.
    this.#party = new Party();
    if (this.#action !== undefined) this.#act(party, this.#action);
    party.leave(false);
    return this.parties - 1;
  }

  #act(party: Party, action: () => void): void {
    this.#departing.add(party);
    try {
      action();
    } catch (error) {
      this.abort();
      throw error;
    } finally {
      this.#departing.delete(party);
    }
    if (party.isBroken) throw broken();
  }

  #breakUp(): void {
    const waiting = this.#party;
    this.#party = new Party();
    for (const party of [waiting, ...this.#departing]) party.leave(true);
    this.#departing.clear();
  }
}

function broken(): BrokenBarrierError {
  return new BrokenBarrierError('The barrier is broken');
}
