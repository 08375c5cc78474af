import { clock } from '../clock';
import { invalidArgType, outOfRange } from '../errors';
import { Deadline } from '../waiting/deadlines';
import { Watcher, type WatcherCallback, type WatcherOptions } from './watcher';

class Tick extends Deadline {
  constructor(
    holdsProcess: boolean,
    readonly onExpiry: () => void,
  ) {
    super(holdsProcess);
  }

  override expire(): void {
    this.onExpiry();
  }
}

/**
 * Calls a function once after some time, and then again and again if a time for that is given.
 *
 * Source: `loop.timer`.
 */
export class TimerWatcher extends Watcher {
  /** How long after the start the function is called first, in milliseconds. */
  readonly after: number;
  /** How long after that it is called again and again; 0 for never. */
  readonly repeat: number;
  readonly #tick: Tick;

  /** Made by `loop.timer`. */
  constructor(after: number, repeat: number, options?: WatcherOptions) {
    super(options);
    checkTime(after, 'after');
    checkTime(repeat, 'repeat');
    this.after = after;
    this.repeat = repeat;
    this.#tick = new Tick(this.ref, () => this.#expire());
    this.opened();
  }

  /**
   * As `start`, but `repeat` is the first time as well, and counts from now even if it is active. Without a `repeat` it is
   * stopped.
   *
   * Source: `timer.again`.
   */
  again<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): void {
    this.assertStartable(callback as WatcherCallback);
    this.stop();
    if (this.repeat === 0) return;
    this.#arm(this.repeat);
    this.began(callback as WatcherCallback, args);
  }

  protected override arm(): void {
    this.#arm(this.after);
  }

  protected override disarm(): void {
    this.#tick.disarm();
  }

  protected override hold(holds: boolean): void {
    this.#tick.hold(holds);
  }

  protected override release(): void {}

  protected override describe(): string[] {
    return [`after ${this.after} ms`, ...(this.repeat === 0 ? [] : [`every ${this.repeat} ms`])];
  }

  #arm(milliseconds: number): void {
    this.#tick.hold(this.ref);
    this.#tick.arm(milliseconds);
  }

  #expire(): void {
    if (this.repeat === 0) {
      this.fireLast();
      return;
    }
    // By the clock, not by when this was called; but turns that were missed are not made up for.
    this.#tick.arm(Math.max(this.#tick.at + this.repeat - clock.now(), 0));
    this.fire();
  }
}

function checkTime(time: unknown, name: string): void {
  if (typeof time !== 'number') throw invalidArgType(name, 'a number of milliseconds', time);
  if (!(time >= 0)) throw outOfRange(name, '>= 0', time);
}
