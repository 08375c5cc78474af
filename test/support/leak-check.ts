import { AssertionError } from 'chai';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';

import { binding } from '../../src/core/binding';
import { countRestingCarriers } from '../../src/core/hub/carrier';
import { countDeadlines } from '../../src/core/waiting/deadlines';
import { countHandles } from '../../src/core/loop/uv-handle';
import { countWatchers } from '../../src/core/loop/watcher';
import { type Place, WaitList } from '../../src/core/waiting/wait-list';

/** How much of everything that can be left behind there is, by name. */
type Census = Readonly<Record<string, number>>;

// What is on its way out, such as a socket that closes, or what a thread of the pool still works for, gets so many ms:
// many, as others may need the machine as well.
const PATIENCE = 5000;

const reasons = new WeakMap<Function, string>();

/**
 * Makes a test that may leave things behind.
 *
 * @param reason why
 * @example it('ends with the process', leaving('a timer that only the end of the process ends', () => { ... }));
 */
export function leaving<F extends Function>(reason: string, test: F): F {
  reasons.set(test, reason);
  return test;
}

/** Whether a test may leave things behind. */
export function mayLeave(test: Function): boolean {
  return reasons.has(test);
}

/**
 * Counts greenlets' stacks, places in lines, armed deadlines, watchers and their handles, descriptors, and what keeps the loop alive.
 *
 * @param exempt of what any number may be added
 */
export function takeCensus(exempt: readonly string[] = []): Census {
  const census: Record<string, number> = {
    'greenlet stacks': binding.counts().active - countRestingCarriers(),
    'links and waits': places,
    deadlines: countDeadlines(),
    watchers: countWatchers(),
    'watcher handles': countHandles(),
    descriptors: countDescriptors(),
  };
  for (const kind of process.getActiveResourcesInfo()) census[kind] = (census[kind] ?? 0) + 1;
  // There is always one while somebody waits for the loop to turn, and it does not outlive the turn.
  delete census.Immediate;
  for (const kind of exempt) census[kind] = Infinity;
  return census;
}

/** libuv opens /dev/null once a loop, with the loop's first stream, and keeps it: to have one when descriptors run out. */
export async function openWhatStaysOpen(): Promise<void> {
  const stream = connect('/');
  await once(stream, 'error');
  stream.destroy();
}

/**
 * Waits until there is no more of anything than before; rejects with what there is too much of.
 *
 * @param patience for how many milliseconds at most
 */
export async function expectNoMoreThan(before: Census, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  while (growth(before) !== '') {
    if (performance.now() > end) throw new AssertionError(`the test leaves behind: ${growth(before)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function growth(before: Census): string {
  return Object.entries(takeCensus())
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`)
    .join(', ');
}

function countDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

// How many places there are in all lists of those who wait; they are counted here, as the product has no use for it.
let places = 0;

function countPlaces(): void {
  const { add, putBack, remove } = WaitList.prototype;
  WaitList.prototype.add = function (this: WaitList<Place>, place) {
    places++;
    add.call(this, place);
  };
  WaitList.prototype.putBack = function (this: WaitList<Place>, place) {
    places++;
    putBack.call(this, place);
  };
  WaitList.prototype.remove = function (this: WaitList<Place>, place) {
    if (place.list === this) places--;
    remove.call(this, place);
  };
}

countPlaces();
