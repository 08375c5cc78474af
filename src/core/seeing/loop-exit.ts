/**
 * The end of the loop: nothing is left that Node would go on for. Whoever waits for that in `Hub.join` goes on. Else, if
 * callbacks of Node's are blocked, the main program first of all, nothing can ever wake them, and they are told: their
 * greenlets are what upstream's main greenlet is. Spawned greenlets stay suspended, silently, as upstream.
 */
import { checkTimeout } from '../argument-checks';
import { binding } from '../binding';
import { onFirstSuspension, suspendedCarriers } from '../hub/carrier';
import { getHub, Hub } from '../hub/hub';
import { LoopExit } from '../hub/loop-errors';
import { UvHandle } from '../loop/uv-handle';
import { later } from '../hub/later';
import { node } from '../node';
import type { RawGreenlet } from '../switching/raw-greenlet';
import { kOnHub } from '../symbols';
import { Deadline } from '../waiting/deadlines';
import { assertCanBlock, Waiter } from '../waiting/waiter';
import type { GreenletReport } from './greenlet-report';

const greenletReport = later<typeof import('./greenlet-report')>(require, './greenlet-report');
const greenletSurvey = later<typeof import('./greenlet-survey')>(require, './greenlet-survey');

/** Of so many greenlets the message shows where they are blocked. */
const SHOWN = 20;

const hub = getHub();
const carriers = suspendedCarriers();
const joiners = new Set<Waiter<boolean>>();
let isWatching = false;

declare module '../hub/hub' {
  interface Hub {
    /**
     * Suspends the current greenlet until the loop has run empty: all that would keep the process alive has ended.
     *
     * @param timeout milliseconds, for which the process does not stay alive; undefined or null for ever
     * @returns true; false if the time was over first
     * @throws {BlockingSwitchOutError} where waiting is not possible; {HubDestroyedError}
     * @example
     * startServers();
     * getHub().join();
     * console.log('all servers are closed');
     *
     * Source: `Hub.join`.
     */
    join(timeout?: number | null): boolean;
  }
}

class Limit extends Deadline {
  constructor(readonly waiter: Waiter<boolean>) {
    super(false);
  }

  override expire(): void {
    this.waiter.switch(false);
  }
}

Hub.prototype.join = joinHub;

/** What `Hub.join` does. */
export function joinHub(timeout?: number | null): boolean {
  checkTimeout(timeout);
  assertCanBlock();
  watch();
  const waiter = new Waiter<boolean>();
  const limit = new Limit(waiter);
  if (typeof timeout === 'number') limit.arm(timeout);
  joiners.add(waiter);
  // The loop may be about to end: it has to turn once more.
  node.setImmediate(turn);
  try {
    return waiter.get();
  } finally {
    joiners.delete(waiter);
    limit.disarm();
  }
}

function turn(): void {}
turn[kOnHub] = true;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('beforeExit', onBeforeExit);
}

/** Has LoopExit thrown into callbacks that would be blocked for ever; for those who let them block. */
export function watchForLoopExit(): void {
  onFirstSuspension(watch);
}

// Other listeners may make more work, and their microtasks too: whether the loop is empty shows at its next turn.
function onBeforeExit(): void {
  if (hub.destroyed || joiners.size + carriers.size === 0) return;
  const probe = new UvHandle('prepare', 0, () => {
    probe.stop();
    const isAlive = binding.watchers.isLoopAlive();
    probe.close();
    if (!isAlive) onEmpty();
  });
  probe.start();
}

function onEmpty(): void {
  if (joiners.size > 0) {
    for (const joiner of [...joiners]) joiner.switch(true);
    return;
  }
  const [oldest] = carriers;
  if (oldest !== undefined) hub.throwIn(oldest, makeLoopExit(oldest));
}

function makeLoopExit(victim: RawGreenlet): LoopExit {
  const { formatReport } = greenletReport();
  const blocked = greenletSurvey().blockedGreenlets();
  const summary = 'This operation would block forever';
  const list = `${blocked.length === 1 ? '1 greenlet is' : `${blocked.length} greenlets are`} blocked:\n${describe(blocked)}`;
  const error = new LoopExit(`${summary}\n${list}`, hub, blocked);
  // Where it is thrown, not where it is made.
  const report = blocked.find(({ greenlet }) => greenlet === victim);
  const frames = report === undefined ? '' : formatReport(report).split('\n').slice(1).join('\n');
  const stack = `${error.name}: ${summary}\n${frames}\n\n${list}`;
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
}

function describe(blocked: readonly GreenletReport[]): string {
  const { formatReport } = greenletReport();
  const shown = blocked.slice(0, SHOWN).map((report) => formatReport(report));
  return shown.join('\n') + (blocked.length > SHOWN ? `\nand ${blocked.length - SHOWN} more` : '');
}
