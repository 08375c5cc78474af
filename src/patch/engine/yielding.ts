import { binding } from '../../core/binding';
import { clock } from '../../core/clock';
import { isCritical } from '../../core/hub/critical';
import { getHub } from '../../core/hub/hub';
import { ifSupported, internals } from '../../core/internals';
import { node } from '../../core/node';
import { kOnHub } from '../../core/symbols';
import { canBlock } from '../../core/waiting/waiter';
import { CallWaiter } from './call-waiter';

interface TimerCounts {
  readonly immediateInfo: Uint32Array;
  readonly timeoutInfo: Int32Array;
  toggleImmediateRef(isOn: boolean): void;
}

const hub = getHub();
const [handles, requests] = binding.loopActivity();
// What Node counts; where it does not show it, the time may always be of use.
const counts = ifSupported(() => ({
  timers: internals.internalBinding('timers', 'immediateInfo', 'timeoutInfo', 'toggleImmediateRef') as TimerCounts,
  ticks: (internals.internalBinding('task_queue', 'tickInfo') as { tickInfo: Uint8Array }).tickInfo,
}));
// Where Node counts the immediates that keep the loop alive.
const IMMEDIATES = 1;
// Where it notes that there are ticks.
const TICKS = 0;
/** How long calls that need not wait may keep the loop waiting, in milliseconds. */
const LONGEST_STRETCH = 5;
/** How many of them are made between two looks at the clock. */
const CALLS_PER_LOOK = 32;

let calls = 0;
let stretchBegan = 0;

/**
 * Whether a patched call is to suspend its greenlet now; where not, the original runs, and really blocks: where nobody else
 * could use the time, in a critical section, and where nothing can be suspended.
 */
export function mayYield(): boolean {
  return isTimeOfUse() && !isCritical() && canBlock();
}

/**
 * Whether others are to have their turn before a call that may not have to wait: a greenlet that makes one such call after
 * the other must not keep everybody else from running.
 */
export function isOthersTurn(): boolean {
  return ++calls % CALLS_PER_LOOK === 0 && clock.now() - stretchBegan > LONGEST_STRETCH;
}

/** Lets everybody else have their turn. */
export function giveWay(): void {
  const waiter = new CallWaiter<undefined>();
  const wake = (): void => waiter.switch(undefined);
  node.setImmediate(Object.assign(wake, { [kOnHub]: true }));
  waiter.get();
  noteTurn();
}

/** Notes that others have had their turn. */
export function noteTurn(): void {
  calls = 0;
  stretchBegan = clock.now();
}

// A greenlet that is ready, a tick, or anything that keeps the loop alive. Node counts timers and immediates for itself:
// while it runs some, libuv knows nothing of the others.
function isTimeOfUse(): boolean {
  if (counts === undefined || hub.hasReady || requests[0]! > 0 || counts.ticks[TICKS]! > 0) return true;
  const { timers } = counts;
  return timers.timeoutInfo[0]! > 0 || timers.immediateInfo[IMMEDIATES]! > 0 || hasHandles(timers);
}

// The idle handle that stands for immediates is stopped only when the last of them has been followed by its ticks and
// microtasks, and so by all that begins in them, such as the program.
function hasHandles(timers: TimerCounts): boolean {
  if (handles[0] === 1) timers.toggleImmediateRef(false);
  return handles[0]! > 0;
}
