import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions, checkCount } from '../argument-checks';
import { invalidArgType } from '../errors';
import { Greenlet } from '../greenlets/greenlet';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { Semaphore } from '../sync/semaphore';
import { type GreenletClass, Group } from './group';
import { PoolFull } from './pool-errors';

/**
 * A group with a bound: who wants to add one greenlet more waits until another has died.
 *
 * @example
 * const pool = new Pool(10);
 * for (const path of paths) pool.spawn(fetchPage, path); // ten at a time
 * pool.join();
 *
 * Source: `gevent.pool.Pool`.
 */
export class Pool extends Group {
  /** How many greenlets it has room for; Infinity without a bound. Source: `size`, which here is how many are in it. */
  readonly maxsize: number;
  readonly #room: Semaphore | undefined;

  /**
   * Makes a pool.
   *
   * @param maxsize how many greenlets it has room for: without a bound if undefined or null, and with 0 it has room for
   *   none, ever
   * @param greenletClass what `spawn` makes; Greenlet unless given
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no whole number >= 0, and no class
   *   of greenlets
   */
  constructor(maxsize?: number | null, greenletClass?: GreenletClass) {
    super();
    if (greenletClass !== undefined) checkGreenletClass(greenletClass);
    if (maxsize !== undefined && maxsize !== null) {
      checkCount(maxsize, 'maxsize', 0);
      this.#room = new Semaphore(maxsize);
    }
    this.maxsize = maxsize ?? Infinity;
    if (greenletClass !== undefined) this.greenletClass = greenletClass;
  }

  /** Whether there is no room. */
  override full(): boolean {
    return this.freeCount() === 0;
  }

  /** How many more there is room for; while some wait for room, fewer than that will find it. */
  freeCount(): number {
    return Math.max(0, this.maxsize - this.size);
  }

  /**
   * Waits until there is room, and takes none.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @returns for how many there is room; 0 if the time was over first
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  override waitAvailable(timeout?: number | null): number {
    return this.#room === undefined ? super.waitAvailable(timeout) : this.#room.wait(timeout);
  }

  /**
   * Takes a greenlet in; waits for room. It should not have been started, or it may have finished by then.
   *
   * @param options `block`: false throws instead of waiting; `timeout`: how long at most, in milliseconds
   * @throws {PoolFull} if there is no room in time; {BlockingSwitchOutError} where waiting is not possible
   */
  override add(greenlet: RawGreenlet, options?: BlockOptions): void {
    checkBlockOptions(options);
    if (this.has(greenlet)) return;
    if (this.#room !== undefined && !this.#room.acquire(options)) throw new PoolFull();
    try {
      super.add(greenlet);
    } catch (error) {
      this.#room?.release();
      throw error;
    }
  }

  /** Takes in a greenlet that was not started, as `add` does, and starts it. */
  override start(greenlet: Greenlet, options?: BlockOptions): void {
    this.add(greenlet, options);
    greenlet.start();
  }

  override [inspect.custom](): string {
    return `${this.constructor.name} { ${this.size} of ${this.maxsize} greenlets }`;
  }

  protected override hasLeft(): void {
    this.#room?.release();
  }
}

function checkGreenletClass(greenletClass: GreenletClass): void {
  if (greenletClass === Greenlet || greenletClass?.prototype instanceof Greenlet) return;
  throw invalidArgType('greenletClass', 'a class of greenlets', greenletClass);
}
