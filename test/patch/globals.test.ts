import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';
import { spawnSource, withPlainWorkers } from '../support/spawn-script';

describe('Atomics.wait', () => {
  it('answers and refuses like plain Node', async () => {
    const program = `
      const shared = new Int32Array(new SharedArrayBuffer(16));
      const big = new BigInt64Array(new SharedArrayBuffer(16));
      const says = (...args) => {
        try {
          console.log(Atomics.wait(...args));
        } catch (error) {
          console.log(error.constructor.name, error.message, error.stack.includes('script.cjs'));
        }
      };
      says(shared, 0, 1);
      says(shared, 0, 0, 5);
      says(shared, 0, 0, 0);
      says(shared, 0, 0, -1);
      says(big, 1, 0n, 5);
      says(big, 1, 5n);
      says(big, 1, 0, 5);
      says(shared, 4, 0, 5);
      says(shared, -1, 0, 5);
      says(new Int32Array(4), 0, 0, 5);
      says(new Uint8Array(new SharedArrayBuffer(4)), 0, 0, 5);
      says();
      says(shared, 0, 0, { valueOf: () => 3 });
      console.log(Atomics.wait.name, Atomics.wait.length, JSON.stringify(Object.getOwnPropertyDescriptor(Atomics, 'wait')));`;
    const { plain, loaded } = await runBothWays(program);
    expect(plain.stdout.split('\n')).to.have.length(15);
    expect(loaded).to.deep.equal(plain);
  });

  it('lets others run until a worker notifies, and keeps the process up meanwhile', async () => {
    const program = `
      const { Worker } = require('node:worker_threads');
      const shared = new Int32Array(new SharedArrayBuffer(4));
      const code = "const { workerData } = require('worker_threads');" +
        "setTimeout(() => { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); }, 50);";
      const worker = new Worker(code, { eval: true, workerData: shared });
      worker.unref();
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      timer.unref();
      console.log(Atomics.wait(shared, 0, 0), Atomics.load(shared, 0), turns > 3);`;
    const { code, stdout, stderr } = await spawnSource(program, { loader: true, ...withPlainWorkers });
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'ok 1 true\n', stderr: '' });
  });
});
