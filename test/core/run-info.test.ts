import { expect } from 'chai';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import path from 'node:path';

import { Event } from '../../src/core/event';
import { GreenletTree } from '../../src/core/greenlet-tree';
import { formatRunInfo, printRunInfo } from '../../src/core/run-info';
import { sleep } from '../../src/core/sleep';
import { spawn } from '../../src/core/spawn';
import { inGreenlet } from '../support/in-greenlet';
import { repoRoot } from '../support/spawn-script';

describe('the run info', () => {
  it(
    'counts the greenlets of each state, and shows the tree of them',
    inGreenlet(() => {
      const event = new Event();
      spawn(() => event.wait());
      sleep(0);
      spawn(() => undefined);
      const text = formatRunInfo({ stacks: false });
      const tree = GreenletTree.currentTree().format({ stacks: false });
      event.set();
      expect(text).to.equal(
        `unblock: process ${process.pid}: 3 greenlets (1 current, 1 waiting, 1 pending)\n${tree}\n`.replace(
          '(1 current, 1 waiting, 1 pending)',
          /\(.*\)/.exec(text)![0],
        ),
      );
      expect(/\((.*)\)/.exec(text)![1]!.split(', ').sort()).to.deep.equal(['1 current', '1 pending', '1 waiting']);
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
    const file = path.join(repoRoot, 'dist', 'src', 'core', 'run-info.js');
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
