import { carry, SUSPENDED } from '../../core/carrier';
import { internals } from '../../core/internals';

const taskQueue = internals.internalBinding('task_queue') as { setTickCallback(callback: () => void): void };
const NO_ARGS: readonly unknown[] = [];
// Runs what Node's own tick callback does, and knows when there is nothing to do.
const runNextTicks = (process as NodeJS.Process & { _tickCallback(): void })._tickCallback;

/**
 * Runs all that `process.nextTick` has queued, and the microtasks, in a carrier; if one of them blocks, the rest in
 * another. A tick leaves the queue before it runs, so no tick runs twice.
 */
export function drainTicks(): void {
  while (carry(runNextTicks, process, NO_ARGS) === SUSPENDED);
}

/** Lets ticks, and all that comes out of them (streams, readline, most 'error' events), block. */
export function carryTicks(): void {
  taskQueue.setTickCallback(drainTicks);
}
