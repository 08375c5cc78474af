import { AssertionError } from 'chai';
import process from 'node:process';

import { binding } from '../../src/core/binding';
import { countDeadlines } from '../../src/core/deadlines';

/** How much of everything that can be left behind there is, by name. */
type Census = Readonly<Record<string, number>>;

// What is on its way out, such as a socket that closes, gets so many turns of the loop.
const PATIENCE = 50;

/** Counts greenlets' stacks, armed deadlines, and what keeps the loop alive. */
export function takeCensus(): Census {
  const census: Record<string, number> = { 'greenlet stacks': binding.counts().active, deadlines: countDeadlines() };
  for (const kind of process.getActiveResourcesInfo()) census[kind] = (census[kind] ?? 0) + 1;
  // There is always one while somebody waits for the loop to turn, and it does not outlive the turn.
  delete census.Immediate;
  return census;
}

/** Waits until there is no more of anything than before; rejects with what there is too much of. */
export async function expectNoMoreThan(before: Census): Promise<void> {
  for (let turn = 0; growth(before) !== ''; turn++) {
    if (turn === PATIENCE) throw new AssertionError(`the test leaves behind: ${growth(before)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function growth(before: Census): string {
  return Object.entries(takeCensus())
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`)
    .join(', ');
}
