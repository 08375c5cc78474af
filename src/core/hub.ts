import { internals } from './internals';
import { node } from './node';
import { getMain, type RawGreenlet } from './raw-greenlet';

const { triggerUncaughtException } = internals.internalBinding('errors') as {
  triggerUncaughtException(error: unknown, fromPromise: boolean): void;
};

/** How long one drain of the queue may keep timers and I/O waiting, in milliseconds. Source: `sys.getswitchinterval`. */
const SWITCH_INTERVAL = 5;
/** How many callbacks run between two looks at the clock. */
const CALLBACKS_PER_LOOK = 64;

/**
 * The hub of a thread: the stack on which Node's event loop runs. It is never blocked. A greenlet that blocks arranges
 * its wake-up and leaves for the hub; the hub switches it in again.
 *
 * Source: `gevent.hub.Hub`.
 */
export class Hub {
  /** The greenlet that stands for the loop's stack. */
  readonly greenlet: RawGreenlet = getMain();
  #ready: Array<() => void> = [];
  #isDraining = false;
  #isArmed = false;

  /**
   * Calls a function on the hub, after all that were queued before it. It must not block.
   *
   * Source: `loop.run_callback`.
   */
  runCallback(callback: () => void): void {
    this.#ready.push(callback);
    // Whoever runs on the hub drains the queue on the way back to the loop; the immediate is for a stack that is not
    // one of ours, such as a program's own switch.
    if (!this.#isArmed) this.#arm();
  }

  /** Switches a greenlet in from the hub. What it leaves uncaught goes to `handleError`. */
  switchIn(greenlet: RawGreenlet, value: unknown): void {
    try {
      greenlet.switch(value);
    } catch (error) {
      this.handleError(error);
    }
    this.drain();
  }

  /** Runs what is queued, on the hub, until nothing is left or timers and I/O have waited long enough. */
  drain(): void {
    if (this.#isDraining || this.#ready.length === 0) return;
    this.#isDraining = true;
    const start = performance.now();
    let batch = this.#ready;
    let next = 0;
    try {
      while (batch.length > 0) {
        this.#ready = [];
        for (next = 0; next < batch.length; ) {
          const callback = batch[next++]!;
          callback();
          if (next % CALLBACKS_PER_LOOK === 0 && performance.now() - start > SWITCH_INTERVAL) return;
        }
        if (performance.now() - start > SWITCH_INTERVAL) return;
        batch = this.#ready;
      }
    } finally {
      if (next < batch.length) this.#ready = batch.slice(next).concat(this.#ready);
      this.#isDraining = false;
    }
  }

  /**
   * Reports an error that no greenlet has caught, as Node does: to `uncaughtException`, else to the end of the process.
   *
   * Source: `Hub.handle_error`.
   */
  handleError(error: unknown): void {
    triggerUncaughtException(error, false);
  }

  #arm(): void {
    this.#isArmed = true;
    node.setImmediate(() => {
      this.#isArmed = false;
      this.drain();
      if (this.#ready.length > 0 && !this.#isArmed) this.#arm();
    });
  }
}

const hub = new Hub();

/** The hub of this thread. */
export function getHub(): Hub {
  return hub;
}
