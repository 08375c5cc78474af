/**
 * Deadlines: any number of moments to come, on one Node timer. Node's own timers cost a microsecond to make and take
 * back; most timeouts are taken back, so here that is a few nanoseconds, and Node hears of it only when the earliest
 * moment moves forward.
 */
import { clock } from '../clock';
import { getHub } from '../hub/hub';
import { node } from '../node';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { kOnHub } from '../symbols';

/** Node takes longer times for 1 ms. */
const LONGEST = 2 ** 31 - 1;
const IDLE = -1;

const hub = getHub();

// A binary heap, the earliest first. What comes later than all others, as most do, is added without a step.
const heap: Deadline[] = [];
// How many of them keep the process alive.
let holders = 0;
let timer: NodeJS.Timeout | undefined;
let timerIsRef = false;
// The deadline it was set for: that may be over or taken back, but none is earlier.
let timerAt = Infinity;
let isImmediateSet = false;

/** A moment at which something is to happen on the hub. Once armed it is to be disarmed, unless it has expired. */
export abstract class Deadline {
  /** When, by `clock.now`; the heap's business. */
  at = 0;
  /** Where in the heap; the heap's business. */
  index = IDLE;

  #holdsProcess: boolean;

  /** @param holdsProcess whether the process stays alive for it */
  constructor(holdsProcess: boolean) {
    this.#holdsProcess = holdsProcess;
  }

  /** Whether it is still to come. */
  get armed(): boolean {
    return this.index !== IDLE;
  }

  /** What happens at the moment, on the hub. It must not throw. */
  abstract expire(): void;

  /** Whose wait ends with it, if anybody's; for reports. */
  whose(): RawGreenlet | undefined {
    return undefined;
  }

  /**
   * Sets the moment.
   *
   * @param milliseconds how far from now, never less; 0 is as soon as all that is ready has run and the loop has turned
   * @throws {HubDestroyedError}
   */
  arm(milliseconds: number): void {
    hub.assertNotDestroyed();
    this.at = clock.now() + milliseconds;
    if (this.#holdsProcess && holders++ === 0) hold();
    rise(heap.push(this) - 1, this);
    if (milliseconds === 0) expireSoon();
    else if (this.at < timerAt) setTimer(milliseconds);
  }

  /** Sets whether the process stays alive for it. */
  hold(holdsProcess: boolean): void {
    if (holdsProcess === this.#holdsProcess) return;
    this.#holdsProcess = holdsProcess;
    if (!this.armed) return;
    if (holdsProcess && holders++ === 0) hold();
    else if (!holdsProcess && --holders === 0) release();
  }

  /** Takes it back. */
  disarm(): void {
    if (this.index === IDLE) return;
    remove(this.index);
    if (this.#holdsProcess && --holders === 0) release();
  }
}

function rise(index: number, deadline: Deadline): void {
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex]!;
    if (parent.at <= deadline.at) break;
    heap[index] = parent;
    parent.index = index;
    index = parentIndex;
  }
  heap[index] = deadline;
  deadline.index = index;
}

function sink(index: number, deadline: Deadline): void {
  for (let childIndex = 2 * index + 1; childIndex < heap.length; childIndex = 2 * index + 1) {
    if (childIndex + 1 < heap.length && heap[childIndex + 1]!.at < heap[childIndex]!.at) childIndex++;
    const child = heap[childIndex]!;
    if (deadline.at <= child.at) break;
    heap[index] = child;
    child.index = index;
    index = childIndex;
  }
  heap[index] = deadline;
  deadline.index = index;
}

function remove(index: number): void {
  const removed = heap[index]!;
  const last = heap.pop()!;
  if (last !== removed) {
    if (last.at < removed.at) rise(index, last);
    else sink(index, last);
  }
  removed.index = IDLE;
}

function expireAll(): void {
  // Whoever is ready has been woken in time.
  hub.drain();
  const now = clock.now();
  try {
    for (let first = heap[0]; first !== undefined && first.at <= now; first = heap[0]) {
      expireNow(first);
    }
  } finally {
    if (heap.length > 0 && heap[0]!.at < timerAt) setTimer(heap[0]!.at - clock.now());
  }
}

// Whatever comes of it comes before what is later, even if both are due by now.
function expireNow(deadline: Deadline): void {
  deadline.disarm();
  const outer = hub.enter(false);
  try {
    deadline.expire();
  } finally {
    hub.exit(outer);
  }
}

function setTimer(milliseconds: number): void {
  if (timer !== undefined) node.clearTimeout(timer);
  timerAt = clock.now() + Math.min(milliseconds, LONGEST);
  // Node counts whole milliseconds of its clock, and may be up to one early.
  timer = node.setTimeout(onTimer, Math.min(Math.max(Math.ceil(milliseconds), 0) + 1, LONGEST));
  timerIsRef = holders > 0;
  if (!timerIsRef) timer.unref();
}

function onTimer(): void {
  timer = undefined;
  timerAt = Infinity;
  expireAll();
}
onTimer[kOnHub] = true;

function expireSoon(): void {
  if (isImmediateSet) return;
  isImmediateSet = true;
  node.setImmediate(onImmediate);
}

function onImmediate(): void {
  isImmediateSet = false;
  expireAll();
}
onImmediate[kOnHub] = true;

function hold(): void {
  if (timer === undefined || timerIsRef) return;
  timerIsRef = true;
  timer.ref();
}

function release(): void {
  if (timer === undefined || !timerIsRef) return;
  timerIsRef = false;
  timer.unref();
}

hub.atDestroy(() => {
  for (let last = heap[heap.length - 1]; last !== undefined; last = heap[heap.length - 1]) last.disarm();
});

/** Those that are armed, in no order; for reports. */
export function armedDeadlines(): readonly Deadline[] {
  return heap;
}

/** How many are armed; for tests and reports. */
export function countDeadlines(): number {
  return heap.length;
}
