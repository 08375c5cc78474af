import { GreenletExit } from '../errors';
import { ifSupported, internals } from '../internals';
import { node } from '../node';
import { Ring } from '../ring';
import { readyChannel, tell } from '../switching/channels';
import { takeThrower } from '../switching/flight';
import { getMain, peekCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { giveBackUnneeded } from '../switching/stack-pool';
import { kOnHub, kReport } from '../symbols';
import { Callback } from './callback';
import { reportError } from './error-report';
import { HubDestroyedError } from './loop-errors';
import { Turns } from './turns';

interface Errors {
  triggerUncaughtException(error: unknown, fromPromise: boolean): void;
}

const errors = ifSupported(() => internals.internalBinding('errors', 'triggerUncaughtException') as Errors);

/** A greenlet that is to be switched in: the greenlet, until it is, and what its pending switch then returns. */
export interface Wakeup {
  greenlet: RawGreenlet | undefined;
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
  readonly #ready = new Ring<Callback | Wakeup>();
  #isDraining = false;
  #isArmed = false;
  // How many of our own calls are open on the hub's stack: the queue is drained when they are done.
  #entries = 0;
  #handsOver = false;
  readonly #turns = new Turns();
  #isDestroyed = false;
  readonly #atDestroy: Array<() => void> = [];

  /**
   * How long what is ready may keep timers and I/O waiting, in milliseconds; 5 unless it is set.
   *
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE when it is set to what is no such time
   *
   * Source: `sys.getswitchinterval`, `sys.setswitchinterval`.
   */
  get switchInterval(): number {
    return this.#turns.interval;
  }

  set switchInterval(milliseconds: number) {
    this.#turns.interval = milliseconds;
  }

  /**
   * Calls a function on the hub, behind all that is queued. It must not block.
   *
   * @param callback the function
   * @param args its arguments
   * @returns a handle that can still stop it
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
   *
   * Source: `loop.run_callback`.
   */
  runCallback<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Callback {
    const handle = new Callback(callback, args);
    this.#push(handle);
    return handle;
  }

  /** Switches a greenlet in behind all that is queued; its pending switch returns the wake-up itself. */
  wake(wakeup: Wakeup): void {
    if (readyChannel.hasSubscribers && wakeup.greenlet !== undefined) tell(readyChannel, { greenlet: wakeup.greenlet });
    this.#push(wakeup);
  }

  /** Switches a greenlet in from the hub. What it leaves uncaught goes to `handleError`. */
  switchIn(greenlet: RawGreenlet, value: unknown): void {
    const outer = this.enter(false);
    try {
      greenlet.switch(value);
    } catch (error) {
      this.failed(takeThrower(error) ?? greenlet, error);
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
      this.failed(takeThrower(thrown) ?? greenlet, thrown);
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
    if (this.#entries++ === 0 && !this.#isDraining) this.#turns.begin();
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
    if (this.#isDraining || this.#entries > 0 || this.#ready.length === 0 || peekCurrent() !== this.greenlet) return;
    this.#isDraining = true;
    this.#turns.begin();
    try {
      while (this.#ready.length > 0 && this.#turns.hasTime()) this.#runOne(this.#ready.shift()!);
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
      if (!this.#turns.hasTime()) return undefined;
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
   * Deals with an error that nobody has caught. One of a `Greenlet`, which keeps it for whoever asks, or of a link is
   * reported on standard error, and the program goes on. One of anything else (a raw greenlet, a callback of the hub's, a
   * watcher, a callback of Node's that has blocked) goes where Node's own go: to `uncaughtException`, else the process ends
   * with code 1. A GreenletExit is no error.
   *
   * A program may put a method of its own in its place. That is looked up for each error; what it throws is reported.
   *
   * @param context what has failed: the greenlet, the callback, the watcher
   * @param error what it has thrown
   * @example
   * getHub().handleError = (context, error) => log.error({ context: inspect(context), error });
   *
   * Source: `Hub.handle_error`.
   */
  handleError(context: unknown, error: unknown): void {
    if (error instanceof GreenletExit) return;
    const reporting = context as { [kReport]?(error: unknown): void } | undefined;
    if (reporting?.[kReport] !== undefined) reporting[kReport](error);
    else if (errors !== undefined) errors.triggerUncaughtException(error, false);
    else node.setImmediate(throwUncaught, error);
  }

  /** Has an error dealt with, and never throws; for the core. */
  failed(context: unknown, error: unknown): void {
    try {
      this.handleError(context, error);
    } catch (thrown) {
      reportError(error, context);
      reportError(thrown, this.handleError);
    }
  }

  /**
   * Ends the hub: nothing that is queued will run, no watcher and no timeout will fire, and whoever is suspended stays
   * so. From now on calls that would block throw HubDestroyedError, as do all others of the hub and its loop; functions
   * that are patched really block, and Node's own callbacks run on. There is no other hub for this thread.
   *
   * Source: `Hub.destroy`, after which upstream makes another hub, and another loop.
   */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    while (this.#ready.shift() !== undefined);
    for (const end of this.#atDestroy) end();
  }

  /** Whether anything is queued. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Whether it was destroyed. */
  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  /** Throws if it was destroyed. */
  assertNotDestroyed(): void {
    if (this.#isDestroyed) throw new HubDestroyedError();
  }

  /** Has a function called when the hub is destroyed; for the core. */
  atDestroy(end: () => void): void {
    this.#atDestroy.push(end);
  }

  #push(item: Callback | Wakeup): void {
    if (this.#isDestroyed) {
      if (item instanceof Callback) item.stop();
      return;
    }
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
      this.failed(takeThrower(error) ?? item, error);
    } finally {
      this.#handsOver = false;
    }
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

function throwUncaught(error: unknown): never {
  throw error;
}
throwUncaught[kOnHub] = true;

function onImmediate(hub: Hub): void {
  hub.onImmediate();
}
onImmediate[kOnHub] = true;

const hub = new Hub();
giveBackUnneeded();

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
