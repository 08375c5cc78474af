import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import type { ChildWatcher } from '../../../src/core/loop/child-watcher';
import '../../../src/core/loop/loop';
import { getHub } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { expectNoMoreThan, takeCensus } from '../../support/leak-check';

const { loop } = getHub();

/** Starts a watcher of a child; resolves when it has fired, and Node has said how the child has ended. */
async function endOf(child: ChildProcess): Promise<{ watcher: ChildWatcher; exit: unknown[] }> {
  using watcher = loop.child(child.pid!);
  const [exit] = await Promise.all([once(child, 'exit'), new Promise<void>((resolve) => watcher.start(resolve))]);
  expect(watcher.active).to.equal(false);
  return { watcher, exit };
}

describe('a child watcher', () => {
  it("fires when a child has ended, with its status, which Node's own event has as well", async () => {
    // Only now has mocha set the timer of the test.
    await undefined;
    const before = takeCensus();
    const child = spawn('sh', ['-c', 'read line; exit 3']);
    child.stdin.end('\n');
    const { watcher, exit } = await endOf(child);
    expect([watcher.rpid, watcher.rstatus, exit]).to.deep.equal([child.pid, 3 << 8, [3, null]]);
    await expectNoMoreThan(before);
  });

  it('has the signal that has ended a child in its status', async () => {
    const child = spawn('sleep', ['100']);
    child.kill('SIGKILL');
    const { watcher, exit } = await endOf(child);
    expect([watcher.rstatus, exit]).to.deep.equal([9, [null, 'SIGKILL']]);
  });

  it('does not fire when it is stopped before', async () => {
    const child = spawn('sleep', ['100']);
    using watcher = loop.child(child.pid!);
    let count = 0;
    watcher.start(() => count++);
    watcher.stop();
    child.kill();
    await once(child, 'exit');
    await new Promise(setImmediate);
    expect([count, watcher.rpid]).to.deep.equal([0, undefined]);
  });

  it('does not start for what is no child of this process', () => {
    for (const pid of [1, 2 ** 30]) {
      using watcher = loop.child(pid);
      expect(thrownBy(() => watcher.start(() => undefined))).to.include({ code: 'ECHILD' });
      expect(watcher.active).to.equal(false);
    }
  });

  for (const [pid, code] of [
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    [0, 'ERR_OUT_OF_RANGE'],
    [-1, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`refuses the process ${JSON.stringify(pid)} with ${code}`, () => {
      expect(thrownBy(() => loop.child(pid as number))).to.include({ code });
    });
  }
});
