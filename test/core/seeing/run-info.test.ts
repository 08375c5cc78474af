import { expect } from 'chai';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import path from 'node:path';

import { spawn } from '../../../src/core/greenlets/spawn';
import { GreenletTree } from '../../../src/core/seeing/greenlet-tree';
import { formatRunInfo, printRunInfo } from '../../../src/core/seeing/run-info';
import { Event } from '../../../src/core/sync/event';
import { sleep } from '../../../src/core/waiting/sleep';
import { inGreenlet } from '../../support/in-greenlet';
import { repoRoot } from '../../support/spawn-script';

/** The state -> how many greenlets are in it, out of the first line. */
function countsIn(text: string): Record<string, number> {
  const parts = /\((.*)\)/
    .exec(text)![1]!
    .split(', ')
    .map((part) => part.split(' '));
  return Object.fromEntries(parts.map(([count, state]) => [state!, Number(count)]));
}

describe('the run info', () => {
  it(
    'counts the greenlets of each state, and shows the tree of them',
    inGreenlet(() => {
      // Those that other tests have left behind are counted as well.
      const before = countsIn(formatRunInfo({ stacks: false }));
      const event = new Event();
      spawn(() => event.wait());
      sleep(0);
      spawn(() => undefined);
      const text = formatRunInfo({ stacks: false });
      const tree = GreenletTree.currentTree().format({ stacks: false });
      event.set();
      const counts = countsIn(text);
      for (const state of ['pending', 'waiting']) before[state] = (before[state] ?? 0) + 1;
      expect(counts).to.deep.equal(before);
      const sum = Object.values(counts).reduce((total, count) => total + count);
      expect(text).to.match(new RegExp(`^unblock: process ${process.pid}: ${sum} greenlets \\(`));
      expect(text).to.contain(tree);
    }),
  );

  it('is written where one wants it', () => {
    const written: string[] = [];
    printRunInfo({ stream: { write: (text) => written.push(text) }, stacks: false });
    expect(written).to.deep.equal([formatRunInfo({ stacks: false })]);
  });

  it('refuses wrong options, and writes nothing then', () => {
    for (const options of [{ stream: {} }, { stream: null }, { file: process.stderr }, { stacks: 'no' }, null]) {
      expect(() => printRunInfo(options as never)).to.throw(TypeError);
    }
  });

  it('names the thread in a worker', async () => {
    const file = path.join(repoRoot, 'dist', 'src', 'core', 'seeing', 'run-info.js');
    const worker = new Worker(
      `const { parentPort, threadId } = require('node:worker_threads');
       const text = require(${JSON.stringify(file)}).formatRunInfo();
       parentPort.postMessage(text.includes(\`process \${process.pid}, thread \${threadId}: 0 greenlets\\n\`));`,
      { eval: true },
    );
    expect(await once(worker, 'message')).to.deep.equal([true]);
    await worker.terminate();
  });
});
