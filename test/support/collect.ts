import { expect } from 'chai';

import { spawnSource } from './spawn-script';

/**
 * What a script finds declared. A greenlet is only found abandoned when nothing refers to it, stale registers of the
 * script's own frames included: make and drop greenlets inside of functions that have returned when `collect()` begins.
 */
const prelude = `
const { RawGreenlet, getCurrent, getMain, GreenletExit } = require('unblock');
const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(name + ': ' + message));

/** Lets the collector and what it sets off do their work, until \`isDone()\` or for twenty rounds. */
async function collect(isDone = () => false) {
  for (let round = 0; round < 20 && !isDone(); round++) {
    // A WeakRef that \`isDone\` has looked into keeps its target until the end of this turn.
    await new Promise(setImmediate);
    gc();
    await new Promise(setImmediate);
  }
}

/** Starts a greenlet and drops it. */
function abandon(run, parent) {
  new RawGreenlet(run, parent).switch();
}
`;

/**
 * Runs `body`, the statements of an async function, in a process of its own that can call the garbage collector.
 *
 * @returns what the body returns, as it comes through JSON; the process has ended by itself, with exit code 0
 */
export async function runCollecting(body: string): Promise<unknown> {
  const source = `${prelude}
(async () => {
${body}
})().then((result) => console.log(JSON.stringify(result)));
`;
  const { code, stdout, stderr } = await spawnSource(source, { flags: ['--expose-gc', '--no-warnings'] });
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout);
}
