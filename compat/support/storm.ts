// A storm: thousands of exchanges with a server in straight lines, many at once, and most of them struck in the middle by
// a kill or a timeout. Whatever is struck, nobody may get the answer to somebody else's question.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeSync } from 'node:fs';
import type * as Unblock from 'unblock';

import { Random } from './random';

// By its place, as in scenario.ts.
export const unblock = require('../../../dist/src/index.js') as typeof Unblock;
const {
  blockedGreenlets,
  getCurrent,
  GreenletExit,
  isCancellation,
  kill,
  Pool,
  sleep,
  spawn,
  Timeout,
  wait,
  withTimeout,
} = unblock;

/** What a package shows in a storm. */
export interface Sea {
  /** Ways to ask the server for a token: each returns what it was answered, which must be that token. */
  readonly ways: Readonly<Record<string, (token: string) => string>>;
  /** Throws unless all connections are at rest, and the server counts as many as the pool. Is asked until it does not. */
  readonly calm: () => void;
  /** Ends everything. */
  readonly close: () => void;
}

type Fate = 'spared' | 'killed' | 'timed out';

const seed = Number(process.env['COMPAT_SEED'] ?? Date.now() % 1_000_000);
const operations = Number(process.env['COMPAT_OPERATIONS'] ?? 10_000);
const atOnce = 50;
/** Milliseconds within which an operation that nobody has struck has its answer, and all is calm after the storm. */
const patience = 20_000;

const random = new Random(seed);
const never = new Int32Array(new SharedArrayBuffer(4));
const inCallbacks = new Set<Unblock.RawGreenlet>();
// Those of them that were killed, and have not heard of it yet.
const doomed = new Set<Unblock.RawGreenlet>();
let struckInCallbacks = 0;

/**
 * Belongs in every callback that the package calls: blocks by a patched function or by one of ours, and now and then is
 * struck there by a timeout or a kill, which it does not let pass into the package.
 */
export function callback(): void {
  const kind = random.below(8);
  if (kind < 3) return;
  const current = getCurrent();
  inCallbacks.add(current);
  try {
    if (kind === 3) Atomics.wait(never, 0, 0, 1);
    else if (kind === 4) readFileSync('/proc/self/stat');
    else if (kind === 5) withTimeout(random.below(2), sleep, 2);
    else sleep(random.below(3));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    struckInCallbacks++;
    doomed.delete(current);
  } finally {
    inCallbacks.delete(current);
  }
  if (doomed.delete(current)) awaitEnd();
}

// A kill is on its way that must not meet the greenlet outside: a handler of a server that ends there answers nobody.
function awaitEnd(): void {
  try {
    sleep(patience);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    struckInCallbacks++;
  }
}

/**
 * Uses something of a pool's, and gives it back: in step with its server after a whole exchange alone.
 *
 * @param taking what the pool promises; a greenlet that is struck while it waits for it gets it all the same
 */
export function borrow<T, R>(
  taking: Promise<T>,
  use: (taken: T) => R,
  giveBack: (taken: T, isInStep: boolean) => void,
): R {
  let taken: T;
  try {
    taken = wait(taking);
  } catch (error) {
    taking.then(
      (late) => giveBack(late, true),
      () => undefined,
    );
    throw error;
  }
  let isInStep = false;
  try {
    const result = use(taken);
    isInStep = true;
    return result;
  } finally {
    giveBack(taken, isInStep);
  }
}

/** Waits until a claim holds, and throws what it throws if it never does. */
export function eventually(claim: () => void): void {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return claim();
    } catch (error) {
      if (performance.now() > end) throw error;
      sleep(5);
    }
  }
}

/** Runs a storm. The program ends by itself, with code 0 if nothing was mixed up, lost or left behind. */
export function storm(name: string, open: () => Sea): void {
  console.log(`${name}: seed ${seed}`);
  const before = { greenlets: blockedGreenlets().length, descriptors: countDescriptors() };
  const sea = open();
  const ways = Object.entries(sea.ways);
  const counts: Record<string, number> = { answered: 0, killed: 0, 'timed out': 0 };
  const mistakes: string[] = [];
  const sailors = new Pool(atOnce);

  const sail = (number: number, way: string, ask: (token: string) => string, limit: number): void => {
    const token = `${name}-${seed}-${number}`;
    let outcome = 'killed';
    try {
      const answer = withTimeout(limit, ask, token);
      if (answer !== token) mistakes.push(`${way} asked for ${token} and was answered ${answer}`);
      outcome = 'answered';
    } catch (error) {
      if (!isCancellation(error)) mistakes.push(`${way} failed for ${token}: ${describe(error)}`);
      else if (error instanceof Timeout && error.milliseconds === patience)
        mistakes.push(`${way} had no answer for ${token} within ${patience} ms`);
      else outcome = error instanceof GreenletExit ? 'killed' : 'timed out';
    } finally {
      counts[outcome]!++;
    }
  };

  for (let number = 0; number < operations && mistakes.length === 0; number++) {
    const [way, ask] = random.of(ways);
    const fate: Fate = random.of(['spared', 'spared', 'killed', 'timed out']);
    const sailor = sailors.spawn(sail, number, way, ask, fate === 'timed out' ? random.below(12) : patience);
    if (fate === 'killed') strike(sailor, random.below(3), random.below(12));
    if (random.below(8) === 0) for (const each of inCallbacks) doom(each);
  }
  if (mistakes.length === 0) sailors.join();
  assert.deepEqual(mistakes, []);

  eventually(sea.calm);
  for (const [index, [, ask]] of ways.entries()) {
    const token = `${name}-${seed}-afterwards-${index}`;
    assert.equal(withTimeout(patience, ask, token), token);
  }
  sea.close();
  eventually(() => {
    assert.equal(inCallbacks.size, 0);
    assert(
      countDescriptors() <= before.descriptors + 1,
      `${countDescriptors()} descriptors, ${before.descriptors} before`,
    );
    assert(blockedGreenlets().length <= before.greenlets, `left behind: ${blockedGreenlets().join()}`);
  });
  const list = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  const summary = `${name}: seed ${seed}: ${operations} operations: ${list.join(', ')}, ${struckInCallbacks} callbacks struck`;
  // As cases tell their runner.
  writeSync(3, JSON.stringify({ bodies: 1, bought: [`${summary}, 0 mixed up`] }));
}

// Once: another kill would come when the first has been heard of.
function doom(greenlet: Unblock.RawGreenlet): void {
  if (doomed.has(greenlet)) return;
  doomed.add(greenlet);
  kill(greenlet);
}

function strike(sailor: Unblock.RawGreenlet, kind: number, delay: number): void {
  spawn(() => {
    if (kind === 0) sleep(delay);
    else for (let turn = 0; turn < delay; turn++) sleep(0);
    kill(sailor);
  });
}

// libuv keeps one descriptor open for itself once it has had a stream.
function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
