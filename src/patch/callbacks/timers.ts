import { carry, SUSPENDED } from '../../core/carrier';
import { internals } from '../../core/internals';
import { kOnHub } from '../../core/symbols';
import { drainTicks } from './ticks';

type Callback = ((this: Timer, ...args: never[]) => unknown) & { [kOnHub]?: boolean };

interface Timer {
  _repeat?: number | null;
  _onTimeout?: unknown;
  refresh(): this;
}

const timerBinding = internals.internalBinding('timers') as {
  setupTimers(processImmediate: () => void, processTimers: (now: number) => number): void;
};
const { getTimerCallbacks } = internals.require('internal/timers') as {
  getTimerCallbacks(runNextTicks: () => void): { processImmediate(): void; processTimers(now: number): number };
};

const kCallback = Symbol('unblock.callback');
const kRunning = Symbol('unblock.running');

type Marked = Timer & { [kCallback]?: unknown; [kRunning]?: boolean };

// A timer whose last run is suspended does not run again over it, as it could not if that run had blocked for real: an
// interval skips a turn, a timer that was refreshed meanwhile gets its turn afterwards.
function carried(callback: Callback): Callback {
  return function (this: Marked, ...args) {
    if (this[kRunning]) {
      if (this._repeat === null || this._repeat === undefined) this.refresh();
      return undefined;
    }
    this[kRunning] = true;
    return carry(runMarked, this, [callback, args]);
  };
}

function runMarked(this: Marked, callback: Callback, args: never[]): unknown {
  try {
    return Reflect.apply(callback, this, args);
  } finally {
    this[kRunning] = false;
  }
}

// Every timer of every module assigns its callback in the constructor, so an accessor on the prototype sees them all.
function intercept(
  instance: object,
  property: '_onTimeout' | '_onImmediate',
  wrap: (callback: Callback) => Callback,
): void {
  Object.defineProperty(Object.getPrototypeOf(instance), property, {
    configurable: true,
    get(this: Marked) {
      return this[kCallback];
    },
    set(this: Marked, callback: unknown) {
      this[kCallback] =
        typeof callback === 'function' && !(callback as Callback)[kOnHub] ? wrap(callback as Callback) : callback;
    },
  });
}

/** Lets the callbacks of timeouts, intervals and immediates block. */
export function carryTimers(): void {
  // The stock ones run the ticks between two timers on the hub.
  const { processImmediate, processTimers } = getTimerCallbacks(drainTicks);
  timerBinding.setupTimers(processImmediate, processTimers);
  const timeout = setTimeout(() => {}, 0);
  clearTimeout(timeout);
  intercept(timeout, '_onTimeout', carried);
  const immediate = setImmediate(() => {});
  clearImmediate(immediate);
  intercept(
    immediate,
    '_onImmediate',
    (callback) =>
      function (...args) {
        const result = carry(callback, this, args);
        return result === SUSPENDED ? undefined : result;
      },
  );
}
