import { carry, SUSPENDED } from '../../core/hub/carrier';
import { announceRejections, keepRejections, tellRejections } from '../../core/hub/rejections';
import { internals } from '../../core/internals';

const { runMicrotasks, setTickCallback, tickInfo } = internals.internalBinding(
  'task_queue',
  ...['runMicrotasks', 'setTickCallback', 'tickInfo'],
) as {
  runMicrotasks(): void;
  setTickCallback(callback: () => void): void;
  tickInfo: Int32Array;
};
const HAS_TICK = 0;
const HAS_REJECTION = 1;
const NO_ARGS: readonly unknown[] = [];
// Runs what Node's own tick callback does, and knows when there is nothing to do.
const runNextTicks = undeprecated((process as NodeJS.Process & { _tickCallback(): void })._tickCallback);

// With --pending-deprecation there is a function in front that warns, or throws; it inherits from the one that it calls.
function undeprecated(callback: () => void): () => void {
  const beneath = Object.getPrototypeOf(callback) as () => void;
  return beneath === Function.prototype ? callback : beneath;
}

// At its end Node takes it that it has seen all rejections.
function runTicks(): void {
  try {
    Reflect.apply(runNextTicks, process, NO_ARGS);
  } finally {
    announceRejections();
  }
}

/**
 * Runs all that `process.nextTick` has queued, and the microtasks, in a carrier; if one of them blocks, the rest in
 * another. A tick leaves the queue before it runs, so no tick runs twice.
 *
 * Greenlets that a tick has woken run before the carrier's call returns, and may leave ticks and microtasks in their turn:
 * Node would look at them after the next callback, of which there may be none.
 */
export function drainTicks(): void {
  tellRejections();
  do {
    // Between two timers there is mostly nothing to do.
    if (tickInfo[HAS_TICK] !== 0 || tickInfo[HAS_REJECTION] !== 0) {
      while (carry(runTicks, undefined, NO_ARGS) === SUSPENDED);
    }
    runMicrotasks();
  } while (tellRejections() || tickInfo[HAS_TICK] !== 0);
}

/** Lets ticks, and all that comes out of them (streams, readline, most 'error' events), block. */
export function carryTicks(): void {
  setTickCallback(drainTicks);
  keepRejections();
}
