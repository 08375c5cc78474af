import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { checkFunction, checkOptions } from '../argument-checks';
import { clock } from '../clock';
import { FailedToSwitchError, invalidArgType, outOfRange } from '../errors';
import { getHub } from '../hub/hub';
import { blockChannel, type SwitchMessage, switchChannel } from '../switching/channels';

/** What is demanded. */
export interface AssertSwitchesOptions {
  /** How many milliseconds may pass between two switches; a single switch is enough unless given. */
  readonly maxBlockingTime?: number;
  /** Whether only a switch to the hub counts, and not one to the next greenlet that is ready; false unless given. */
  readonly hubOnly?: boolean;
}

const hub = getHub();

/**
 * Calls a function and demands that it lets others run: that it switches at least once, or does not go on for too long
 * without a switch, whichever greenlet runs. The time that the hub waits for events does not count. For tests.
 *
 * Without a function it returns an object for a `using` declaration; the rest of the block is what must switch.
 *
 * @param options what is demanded
 * @param fn the function
 * @returns what the function returns
 * @throws {FailedToSwitchError} if it has not let others run; what the function throws, which comes first
 * @example assertSwitches({ maxBlockingTime: 500 }, () => sleep(10));
 *
 * Source: `gevent.util.assert_switches`.
 */
export function assertSwitches<R>(options: AssertSwitchesOptions, fn: () => R): R;
export function assertSwitches(options?: AssertSwitchesOptions): Disposable;
export function assertSwitches<R>(options: AssertSwitchesOptions = {}, fn?: () => R): R | Disposable {
  checkOptions(options, ['maxBlockingTime', 'hubOnly']);
  const { maxBlockingTime, hubOnly = false } = options;
  if (maxBlockingTime !== undefined) checkTime(maxBlockingTime);
  if (typeof hubOnly !== 'boolean') throw invalidArgType('options.hubOnly', 'a boolean', hubOnly);
  if (fn !== undefined) checkFunction(fn, 'fn');
  const watch = new SwitchWatch(maxBlockingTime, hubOnly);
  if (fn === undefined) return watch;
  try {
    const result = fn();
    watch.check();
    return result;
  } finally {
    watch.end();
  }
}

class SwitchWatch implements Disposable {
  readonly #limit: number | undefined;
  readonly #hubOnly: boolean;
  #last = clock.now();
  #longest = 0;
  #switches = 0;

  constructor(limit: number | undefined, hubOnly: boolean) {
    this.#limit = limit;
    this.#hubOnly = hubOnly;
    subscribe(switchChannel.name, this.#onSwitch);
    subscribe(blockChannel.name, this.#onBlock);
  }

  readonly #onSwitch = (message: unknown): void => {
    const { origin, target } = message as SwitchMessage;
    if (origin === hub.greenlet) {
      this.#last = clock.now();
    } else if (!this.#hubOnly || target === hub.greenlet) {
      this.#count();
    }
  };

  // Who would let others run does so, even if nobody else is ready, and there is no switch.
  readonly #onBlock = (): void => {
    if (!this.#hubOnly) this.#count();
  };

  end(): void {
    unsubscribe(switchChannel.name, this.#onSwitch);
    unsubscribe(blockChannel.name, this.#onBlock);
  }

  /** Throws unless there was what is demanded. */
  check(): void {
    this.#endStretch();
    const where = this.#hubOnly ? ' to the hub' : '';
    if (this.#limit === undefined) {
      if (this.#switches === 0) throw new FailedToSwitchError(`There was no switch${where}`);
    } else if (this.#longest > this.#limit) {
      const time = this.#longest.toFixed(1);
      throw new FailedToSwitchError(`There was no switch${where} for ${time} ms; ${this.#limit} ms are allowed`);
    }
  }

  [Symbol.dispose](): void {
    this.end();
    this.check();
  }

  #count(): void {
    this.#switches++;
    this.#endStretch();
  }

  #endStretch(): void {
    const now = clock.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}

function checkTime(time: unknown): void {
  if (typeof time !== 'number') throw invalidArgType('options.maxBlockingTime', 'a number of milliseconds', time);
  if (!(time >= 0)) throw outOfRange('options.maxBlockingTime', '0 or more', time);
}
