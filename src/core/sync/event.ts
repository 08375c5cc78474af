import { inspect } from 'node:util';

import { checkTimeout } from '../argument-checks';
import { AbstractLinkable } from './linkable';

/**
 * A flag that greenlets can wait for.
 *
 * @example
 * const started = new Event();
 * spawn(() => { connect(); started.set(); });
 * started.wait();
 *
 * Source: `gevent.event.Event`.
 */
export class Event extends AbstractLinkable {
  #isSet = false;

  /** Whether the flag is set. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Whether the flag is set. */
  override ready(): boolean {
    return this.#isSet;
  }

  /** Sets the flag. All that wait get their turn, behind all that is ready, even if it is cleared before that. */
  set(): void {
    this.#isSet = true;
    this.checkAndNotify();
  }

  /** Clears the flag: from now on `wait` blocks. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the flag is set. Where it is set already, returns at once, unless some that waited have not had their turn
   * yet: then it is behind them.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns true; false if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  wait(timeout?: number | null): boolean {
    if (!this.#isSet) return this.waitCore(timeout);
    checkTimeout(timeout);
    this.waitTurn();
    return true;
  }

  [inspect.custom](): string {
    return `${this.constructor.name} { ${this.#isSet ? 'set' : 'clear'}, links: ${this.linkCount} }`;
  }
}
