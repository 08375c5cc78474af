import { carry, lastSuspended, SUSPENDED } from '../../core/hub/carrier';
import { internals } from '../../core/internals';
import { getMain, peekCurrent, type RawGreenlet } from '../../core/switching/raw-greenlet';
import { kOnHub } from '../../core/symbols';
import { drainTicks } from './ticks';

type Callback = ((this: unknown, ...args: never[]) => unknown) & { [kOnHub]?: boolean };

interface Timer {
  _repeat?: number | null;
  _onTimeout?: unknown;
  refresh(): this;
}

const timerBinding = internals.internalBinding('timers', 'setupTimers') as {
  setupTimers(processImmediate: () => void, processTimers: (now: number) => number): void;
};
const { Immediate, Timeout, getTimerCallbacks } = internals.internalModule(
  'internal/timers',
  'Immediate',
  'Timeout',
  'getTimerCallbacks',
) as {
  readonly Immediate: { readonly prototype: object };
  readonly Timeout: { readonly prototype: object };
  getTimerCallbacks(runNextTicks: () => void): { processImmediate: Callback; processTimers(now: number): number };
};

const kCallback = Symbol('unblock.callback');
const kRunner = Symbol('unblock.runner');

type Carried = Timer & { [kCallback]?: Callback; [kRunner]?: RawGreenlet };

const main = getMain();

// A timer whose last run is suspended does not run again over it, as it could not if that run had blocked for real: an
// interval skips a turn, a timer that was refreshed meanwhile gets its turn afterwards.
function fireTimeout(this: Carried): void {
  if (this[kRunner]?.dead === false) {
    if (this._repeat === null || this._repeat === undefined) this.refresh();
    return;
  }
  if (carry(this[kCallback]!, this, arguments) === SUSPENDED) this[kRunner] = lastSuspended();
}

function fireImmediate(this: Carried): void {
  carry(this[kCallback]!, this, arguments);
}

// Every timer of every module assigns its callback in the constructor, so an accessor on the prototype sees them all. On
// the hub it is Node that reads it, to call it; whoever else asks gets the callback itself.
function intercept(prototype: object, property: '_onTimeout' | '_onImmediate', fire: (this: Carried) => void): void {
  Object.defineProperty(prototype, property, {
    configurable: true,
    get(this: Carried) {
      const callback = this[kCallback];
      if (peekCurrent() !== main || typeof callback !== 'function' || callback[kOnHub]) return callback;
      return fire;
    },
    set(this: Carried, callback: Callback | undefined) {
      this[kCallback] = callback;
    },
  });
}

/** Lets the callbacks of timeouts, intervals and immediates block. */
export function carryTimers(): void {
  // The stock ones run the ticks between two timers on the hub.
  const { processImmediate, processTimers } = getTimerCallbacks(drainTicks);
  processImmediate[kOnHub] = true;
  timerBinding.setupTimers(processImmediate as () => void, processTimers);
  intercept(Timeout.prototype, '_onTimeout', fireTimeout);
  intercept(Immediate.prototype, '_onImmediate', fireImmediate);
}
