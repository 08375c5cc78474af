import { expect } from 'chai';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { spawn } from '../../../src/core/greenlets/spawn';
import { sendAsync } from '../../../src/core/loop/handle-watcher';
import '../../../src/core/loop/loop';
import { getHub, sleep } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { repoRoot } from '../../support/spawn-script';
import { until } from '../../support/until';

const { loop } = getHub();

describe('a prepare and a check watcher', () => {
  it(
    'fire at each turn of the loop, one after the other, on the two sides of the poll',
    inGreenlet(() => {
      const order: string[] = [];
      using prepare = loop.prepare();
      using check = loop.check();
      prepare.start(() => order.push('prepare'));
      check.start(() => order.push('check'));
      // Keeps the loop from resting.
      using idle = loop.idle();
      idle.start(() => undefined);
      until(() => order.length >= 6);
      const first = order.indexOf('prepare');
      expect(order.slice(first, first + 4)).to.deep.equal(['prepare', 'check', 'prepare', 'check']);
    }),
  );

  it(
    'may be closed in their own function',
    inGreenlet(() => {
      let count = 0;
      const prepare = loop.prepare();
      prepare.start(() => {
        count++;
        prepare.close();
      });
      until(() => count > 0);
      sleep(5);
      expect(count).to.equal(1);
    }),
  );

  it('have the ticks and microtasks of their function run before the loop goes on', async () => {
    const order: string[] = [];
    using prepare = loop.prepare();
    using check = loop.check();
    await new Promise<void>((resolve) => {
      prepare.start(() => {
        prepare.stop();
        process.nextTick(() => order.push('tick'));
        void Promise.resolve().then(() => order.push('microtask'));
        order.push('prepare');
      });
      check.start(() => {
        if (order.length === 0) return;
        check.stop();
        order.push('check');
        resolve();
      });
      setImmediate(() => undefined);
    });
    expect(order).to.deep.equal(['prepare', 'tick', 'microtask', 'check']);
  });
});

describe('an idle watcher', () => {
  it(
    'fires when nothing is ready, again and again',
    inGreenlet(() => {
      let count = 0;
      let isBusy = true;
      let firedWhileBusy = false;
      using idle = loop.idle();
      idle.start(() => {
        count++;
        if (isBusy) firedWhileBusy = true;
      });
      const busy = spawn(() => {
        const end = performance.now() + 20;
        while (performance.now() < end) sleep(0);
        isBusy = false;
      });
      busy.join();
      expect(firedWhileBusy).to.equal(false);
      until(() => count > 2);
    }),
  );
});

describe('a signal watcher', () => {
  it(
    'fires for each signal, by name or number, beside others and beside listeners of the process',
    inGreenlet(() => {
      const calls: string[] = [];
      const listener = (): void => void calls.push('process');
      process.on('SIGUSR1', listener);
      using byName = loop.signal('SIGUSR1');
      using byNumber = loop.signal(byName.signal);
      byName.start(() => calls.push('name'));
      byNumber.start(() => calls.push('number'));
      for (let round = 1; round <= 2; round++) {
        process.kill(process.pid, 'SIGUSR1');
        until(() => calls.length === 3 * round);
      }
      process.off('SIGUSR1', listener);
      expect([...calls].sort()).to.deep.equal(['name', 'name', 'number', 'number', 'process', 'process']);
    }),
  );

  it(
    'is for a signal that exists and can be handled',
    inGreenlet(() => {
      for (const signal of ['SIGNONE', 'sigusr1', 0, -1, 999]) {
        expect(thrownBy(() => loop.signal(signal as number))).to.include({ code: 'ERR_UNKNOWN_SIGNAL' });
      }
      for (const signal of [undefined, null, {}]) {
        expect(thrownBy(() => loop.signal(signal as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      using kill = loop.signal('SIGKILL');
      expect(thrownBy(() => kill.start(() => undefined))).to.include({ code: 'EINVAL' });
      expect(kill.active).to.equal(false);
    }),
  );
});

describe('an async watcher', () => {
  it(
    'fires when it is sent to, once for what is sent before it fires',
    inGreenlet(() => {
      let count = 0;
      using watcher = loop.async();
      watcher.start(() => count++);
      for (let round = 1; round <= 3; round++) {
        for (let times = 0; times < 5; times++) watcher.send();
        expect(count).to.equal(round - 1);
        until(() => count === round);
      }
      sleep(5);
      expect(count).to.equal(3);
    }),
  );

  it(
    'does not fire for what is sent while it is stopped, also if the loop has not turned since',
    inGreenlet(() => {
      let count = 0;
      using watcher = loop.async();
      watcher.send();
      watcher.start(() => count++);
      sleep(5);
      expect(count).to.equal(0);
      watcher.send();
      watcher.stop();
      watcher.send();
      watcher.start(() => count++);
      sleep(5);
      expect(count).to.equal(0);
      watcher.send();
      until(() => count === 1);
    }),
  );

  it(
    'has a token until it is closed, which no other one ever has',
    inGreenlet(() => {
      const watcher = loop.async();
      const { token } = watcher;
      expect(sendAsync(token)).to.equal(true);
      watcher.close();
      expect(sendAsync(token)).to.equal(false);
      expect(thrownBy(() => watcher.token)).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
      expect(thrownBy(() => watcher.send())).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
      using next = loop.async();
      expect(next.token).not.to.equal(token);
    }),
  );

  it('is woken by other threads, and wakes them, until they have ended', async () => {
    const file = path.join(repoRoot, 'dist', 'src', 'core');
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { getHub } = require(${JSON.stringify(file)} + '/hub/hub.js');
      require(${JSON.stringify(file)} + '/loop/loop.js');
      const { sendAsync } = require(${JSON.stringify(file)} + '/loop/handle-watcher.js');
      const watcher = getHub().loop.async();
      watcher.start(() => { for (let i = 0; i < 1000; i++) sendAsync(workerData); watcher.stop(); });
      parentPort.postMessage(watcher.token);`;
    let count = 0;
    using watcher = loop.async();
    const woken = new Promise<void>((resolve) => {
      watcher.start(() => {
        count++;
        resolve();
      });
    });
    const worker = new Worker(source, { eval: true, workerData: watcher.token });
    const token = await new Promise<number>((resolve) => worker.once('message', resolve));
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    expect(sendAsync(token)).to.equal(true);
    await woken;
    // Its watcher, stopped but not closed, does not keep the thread.
    expect(await ended).to.equal(0);
    expect(count).to.be.within(1, 1000);
    expect(sendAsync(token)).to.equal(false);
  });

  for (const [token, code] of [
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [0, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`is not found by ${JSON.stringify(token)}: ${code}`, () => {
      expect(thrownBy(() => sendAsync(token as number))).to.include({ code });
    });
  }
});
