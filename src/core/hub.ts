import { internals } from './internals';
import { node } from './node';
import { getCurrent, getMain, type RawGreenlet } from './raw-greenlet';
import { ReadyQueue } from './ready-queue';
import { kOnHub } from './symbols';

const { triggerUncaughtException } = internals.internalBinding('errors') as {
  triggerUncaughtException(error: unknown, fromPromise: boolean): void;
};

/** How long the queue may keep timers and I/O waiting, in milliseconds. Source: `sys.getswitchinterval`. */
const SWITCH_INTERVAL = 5;
/** How many turns are given between two looks at the clock. */
const TURNS_PER_LOOK = 64;
const UNKNOWN = Infinity;

/** A greenlet that is to be switched in: the greenlet, until it is, and what its pending switch then returns. */
export interface Wakeup {
  greenlet: RawGreenlet | undefined;
}

/** A function that is to be called on the hub, unless it is stopped before. Source: `loop.run_callback`'s result. */
export class Callback {
  #run: (() => void) | undefined;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Whether it is still to run, or running. */
  get pending(): boolean {
    return this.#run !== undefined;
  }

  /** Takes it back. */
  stop(): void {
    this.#run = undefined;
  }

  /** Runs it; the hub's business. */
  run(): void {
    try {
      this.#run?.();
    } finally {
      this.#run = undefined;
    }
  }
}

/**
 * The hub of a thread: the stack on which Node's event loop runs. It is never blocked. A greenlet that blocks arranges
 * its wake-up and leaves, for the next greenlet that is ready or for the hub; in time it is switched in again.
 *
 * Source: `gevent.hub.Hub`.
 */
export class Hub {
  /** The greenlet that stands for the loop's stack. */
  readonly greenlet: RawGreenlet = getMain();
  readonly #ready = new ReadyQueue<Callback | Wakeup>();
  #isDraining = false;
  #isArmed = false;
  // How many of our own calls are open on the hub's stack: the queue is drained when they are done.
  #entries = 0;
  #handsOver = false;
  #turns = 0;
  // When they have to end, by `node.now`; 0 when that is over.
  #turnsEnd = UNKNOWN;

  /**
   * Calls a function on the hub, behind all that is queued. It must not block.
   *
   * @returns a handle that can still stop it
   *
   * Source: `loop.run_callback`.
   */
  runCallback(run: () => void): Callback {
    const callback = new Callback(run);
    this.#push(callback);
    return callback;
  }

  /** Switches a greenlet in behind all that is queued; its pending switch returns the wake-up itself. */
  wake(wakeup: Wakeup): void {
    this.#push(wakeup);
  }

  /** Switches a greenlet in from the hub. What it leaves uncaught goes to `handleError`. */
  switchIn(greenlet: RawGreenlet, value: unknown): void {
    const outer = this.enter(false);
    try {
      greenlet.switch(value);
    } catch (error) {
      this.handleError(error);
    } finally {
      this.exit(outer);
    }
  }

  /** Throws an error into a greenlet from the hub. What it leaves uncaught goes to `handleError`. */
  throwIn(greenlet: RawGreenlet, error: Error): void {
    const outer = this.enter(false);
    try {
      greenlet.throw(error);
    } catch (thrown) {
      this.handleError(thrown);
    } finally {
      this.exit(outer);
    }
  }

  /**
   * Notes that a call on the hub's stack will `exit`, which drains the queue.
   *
   * @param handsOver whether a greenlet that leaves meanwhile may go straight to the next one that is ready: not if the
   *   call still has something to do itself, which comes first
   * @returns what `exit` is to be given
   */
  enter(handsOver: boolean): boolean {
    if (this.#entries++ === 0 && !this.#isDraining) this.#beginTurns();
    const outer = this.#handsOver;
    this.#handsOver = handsOver;
    return outer;
  }

  /** Ends what `enter` began. */
  exit(outer: boolean): void {
    this.#entries--;
    this.#handsOver = outer;
    this.drain();
  }

  /** Runs what is queued, until nothing is left or timers and I/O have waited long enough. */
  drain(): void {
    if (this.#isDraining || this.#entries > 0 || this.#ready.length === 0 || getCurrent() !== this.greenlet) return;
    this.#isDraining = true;
    this.#beginTurns();
    try {
      while (this.#ready.length > 0 && this.#hasTime()) this.#runOne(this.#ready.shift()!);
    } finally {
      this.#isDraining = false;
      if (this.#ready.length > 0) this.#arm();
    }
  }

  /**
   * Where a greenlet that leaves may go at once: the next one that is ready, if nothing else is due before it. Its
   * switch saves the detour over the hub.
   *
   * @returns the wake-up to switch to, off the queue; undefined if the hub has to be next
   */
  takeNext(): (Wakeup & { greenlet: RawGreenlet }) | undefined {
    if (!this.#handsOver) return undefined;
    for (let next = this.#ready.peek(); next !== undefined; next = this.#ready.peek()) {
      if (next instanceof Callback) return undefined;
      if (next.greenlet === undefined) {
        this.#ready.shift();
        continue;
      }
      if (!this.#hasTime()) return undefined;
      return this.#ready.shift() as Wakeup & { greenlet: RawGreenlet };
    }
    return undefined;
  }

  /** The greenlets that are to be switched in, the next one first; for reports. */
  *readyGreenlets(): Generator<RawGreenlet> {
    for (const item of this.#ready) {
      if (!(item instanceof Callback) && item.greenlet !== undefined) yield item.greenlet;
    }
  }

  /**
   * Reports an error that no greenlet has caught, as Node does: to `uncaughtException`, else by ending the process.
   *
   * Source: `Hub.handle_error`.
   */
  handleError(error: unknown): void {
    triggerUncaughtException(error, false);
  }

  #push(item: Callback | Wakeup): void {
    this.#ready.push(item);
    // On a stack that was not entered by us nobody would look at the queue.
    if (this.#entries === 0 && !this.#isDraining) this.#arm();
  }

  #runOne(item: Callback | Wakeup): void {
    this.#handsOver = !(item instanceof Callback);
    try {
      if (item instanceof Callback) item.run();
      else item.greenlet?.switch(item);
    } catch (error) {
      this.handleError(error);
    } finally {
      this.#handsOver = false;
    }
  }

  // Whether the hub's stack has been ours for less than the interval. The clock is looked at now and then only, and
  // starts at the first look.
  #hasTime(): boolean {
    if (++this.#turns % TURNS_PER_LOOK !== 0) return this.#turnsEnd > 0;
    const now = node.now();
    if (this.#turnsEnd === UNKNOWN) this.#turnsEnd = now + SWITCH_INTERVAL;
    else if (now > this.#turnsEnd) this.#turnsEnd = 0;
    return this.#turnsEnd > 0;
  }

  // A new stretch of turns, at the hub's own pace.
  #beginTurns(): void {
    this.#turns = 0;
    this.#turnsEnd = UNKNOWN;
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    node.setImmediate(onImmediate, this);
  }

  /** The immediate's turn; internal. */
  onImmediate(): void {
    this.#isArmed = false;
    this.drain();
  }
}

function onImmediate(hub: Hub): void {
  hub.onImmediate();
}
onImmediate[kOnHub] = true;

const hub = new Hub();

/**
 * The hub of this thread.
 *
 * @example getHub().runCallback(() => console.log('on the hub, behind all that is ready'));
 *
 * Source: `gevent.get_hub`.
 */
export function getHub(): Hub {
  return hub;
}
