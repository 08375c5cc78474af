import { expect } from 'chai';

import { spawnSource } from '../../../support/spawn-script';

const prelude = `
const { writeSync } = require('node:fs');
const { RawGreenlet, getCurrent, getMain, getTrace, setTrace } = require('unblock');
const main = getMain();
globalThis.kept = [];
/** Kept, or a collection just before the end might find it abandoned and kill it in time. */
function suspended(inFinally = () => writeSync(1, 'a finally block has run\\n')) {
  const greenlet = new RawGreenlet(() => {
    try {
      main.switch();
    } finally {
      inFinally();
    }
  });
  greenlet.switch();
  kept.push(greenlet);
  return greenlet;
}
`;

/** Runs a script that must end with `expectedCode` and nothing on stderr; returns the lines that it has written. */
async function linesOf(script: string, expectedCode = 0): Promise<string[]> {
  const { code, signal, stdout, stderr } = await spawnSource(prelude + script);
  expect({ code, signal, stderr }).to.deep.equal({ code: expectedCode, signal: null, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

describe('RawGreenlet: the end of the process', () => {
  describe('with suspended greenlets', () => {
    it('case 76, rule "Shutdown": one of them does not keep the process, and its finally block does not run', async () => {
      expect(await linesOf(`suspended(); console.log('end');`)).to.deep.equal(['end']);
    });

    it('case 76: nor do fifty of them', async () => {
      const script = `for (let i = 0; i < 50; i++) suspended(); console.log('end');`;
      expect(await linesOf(script)).to.deep.equal(['end']);
    });

    it('case 76: nested ones, each started by the one before', async () => {
      const script = `
        function nest(depth) {
          if (depth > 0) new RawGreenlet(nest).switch(depth - 1);
          getCurrent().parent.switch('depth ' + depth);
        }
        console.log(new RawGreenlet(nest).switch(10));
      `;
      expect(await linesOf(script)).to.deep.equal(['depth 10']);
    });

    it('case 76: one that is suspended while it handles an error', async () => {
      const script = `
        const greenlet = new RawGreenlet(() => {
          try {
            throw new Error('being handled');
          } catch (error) {
            main.switch('suspended with ' + error.message);
          }
        });
        console.log(greenlet.switch());
      `;
      expect(await linesOf(script)).to.deep.equal(['suspended with being handled']);
    });

    it('case 76: some in workers that have ended, too', async () => {
      const script = `
        const { Worker, isMainThread } = require('node:worker_threads');
        suspended();
        if (isMainThread) {
          let ended = 0;
          for (let thread = 0; thread < 3; thread++) new Worker(__filename).on('exit', (code) => (ended += code === 0));
          process.on('exit', () => console.log(ended + ' workers have ended'));
        }
      `;
      expect(await linesOf(script)).to.deep.equal(['3 workers have ended']);
    });

    it('case 76: an uncaught error in a greenlet ends the process like every uncaught error', async () => {
      const { code, stdout, stderr } = await spawnSource(`${prelude}
        suspended();
        function failing() {
          throw new Error('nobody catches this');
        }
        new RawGreenlet(failing).switch();
        console.log('not reached');
      `);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.include('Error: nobody catches this').and.to.include('at failing');
    });

    it('process.exit() called in a greenlet ends the process at once, with its code', async () => {
      const script = `
        suspended();
        process.on('exit', (code) => console.log('exit handler', code, getCurrent() === main));
        new RawGreenlet(() => {
          try {
            process.exit(3);
          } finally {
            console.log('not reached');
          }
        }).switch();
      `;
      const lines = await linesOf(script, 3);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^exit handler 3 /);
    });
  });

  describe('of a worker', () => {
    // Counts the finally blocks in shared memory: what a worker writes as it ends may get lost.
    const counting = `
      const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
      const finallyBlocks = isMainThread ? new Int32Array(new SharedArrayBuffer(4)) : workerData;
      function suspendTwenty() {
        for (let i = 0; i < 20; i++) suspended(() => Atomics.add(finallyBlocks, 0, 1));
      }
    `;

    it('case 77, rule "Shutdown": it runs no finally blocks either, unlike the end of a thread in Python', async () => {
      const script = `${counting}
        if (isMainThread) {
          const worker = new Worker(__filename, { workerData: finallyBlocks });
          worker.on('exit', (code) => console.log('exit code', code, 'finally blocks', finallyBlocks[0]));
        } else {
          suspendTwenty();
        }
      `;
      expect(await linesOf(script)).to.deep.equal(['exit code 0 finally blocks 0']);
    });

    it('rule "GC, x-thread": terminated, it frees its greenlets without running their finally blocks', async () => {
      const script = `${counting}
        if (isMainThread) {
          const worker = new Worker(__filename, { workerData: finallyBlocks });
          worker.on('message', async () => {
            console.log('exit code', await worker.terminate(), 'finally blocks', finallyBlocks[0]);
            console.log(new RawGreenlet(() => 'the main thread goes on').switch());
          });
        } else {
          suspendTwenty();
          parentPort.postMessage('suspended');
          setInterval(() => {}, 1000);
        }
      `;
      expect(await linesOf(script)).to.deep.equal(['exit code 1 finally blocks 0', 'the main thread goes on']);
    });

    it('terminated inside a greenlet that never switches, it ends too', async () => {
      const script = `
        const { Worker, isMainThread, parentPort } = require('node:worker_threads');
        if (isMainThread) {
          const worker = new Worker(__filename);
          worker.on('message', async () => console.log('exit code', await worker.terminate()));
        } else {
          suspended();
          new RawGreenlet(() => {
            parentPort.postMessage('busy');
            for (;;);
          }).switch();
        }
      `;
      expect(await linesOf(script)).to.deep.equal(['exit code 1']);
    });
  });

  describe('in an exit handler', () => {
    it('case 78: getCurrent, getMain, getTrace and setTrace work', async () => {
      const script = `
        suspended();
        process.on('exit', () => {
          const tracer = () => {};
          console.log(getCurrent() === main, getMain() === main, getTrace() === undefined);
          console.log(setTrace(tracer) === undefined, getTrace() === tracer);
        });
      `;
      expect(await linesOf(script)).to.deep.equal(['true true true', 'true true']);
    });

    it('case 78: greenlets can be made and run', async () => {
      const script = `
        const before = suspended();
        process.on('exit', () => {
          const greenlet = new RawGreenlet((value) => [value, main.switch('from the greenlet')]);
          console.log(greenlet.switch('first'));
          console.log(greenlet.switch('second').join(), greenlet.dead, before.active);
        });
      `;
      expect(await linesOf(script)).to.deep.equal(['from the greenlet', 'first,second true true']);
    });

    it('case 79: a greenlet suspended since long before can be resumed to its end', async () => {
      const script = `
        const before = suspended();
        process.on('exit', () => {
          before.switch();
          console.log(before.dead);
        });
      `;
      expect(await linesOf(script)).to.deep.equal(['a finally block has run', 'true']);
    });
  });
});
