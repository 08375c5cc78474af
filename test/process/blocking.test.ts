import { expect } from 'chai';

import { spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

const BLOCKED = 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT';

// Every way to block; \`attemptAll\` tells how each of them ends.
const prelude = `
  const { BlockingSwitchOutError, getCurrent, getMain, RawGreenlet, sleep, spawnRaw, wait, waitCallback, Waiter } = require('unblock');
  const fs = require('node:fs');
  const inGreenlet = (run) => new RawGreenlet(run).switch();
  const attempt = (action) => {
    try { return String(action()); } catch (error) { return error instanceof BlockingSwitchOutError ? error.code : error.message; }
  };
  const attemptAll = () => [
    attempt(() => sleep(1)),
    attempt(() => sleep(0)),
    attempt(() => wait(Promise.resolve(1))),
    attempt(() => wait(42)),
    attempt(() => waitCallback((done) => setTimeout(done, 1))),
    attempt(() => new Waiter().get()),
  ].filter((end, i, all) => all.indexOf(end) === i).join();
  const readsFiles = () => fs.readFileSync(__filename, 'utf8').includes('readsFiles') &&
    require('node:child_process').execSync('echo run', { encoding: 'utf8' }) === 'run\\n';
`;

async function expectOutput(source: string, lines: readonly string[], options: SpawnSourceOptions = {}): Promise<void> {
  const { code, stdout, stderr } = await spawnSource(prelude + source, options);
  expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: [...lines, ''].join('\n'), stderr: '' });
}

describe('blocking where nothing can be suspended', () => {
  it('is an error everywhere on the hub of a program without the loader, and works in its greenlets', async () => {
    await expectOutput(
      `
      console.log('main', attemptAll(), attempt(() => sleep(1)), readsFiles());
      setTimeout(() => { console.log('timer', attemptAll()); setImmediate(() => console.log('immediate', attemptAll())); }, 1);
      process.nextTick(() => console.log('tick', attemptAll()));
      Promise.resolve().then(() => console.log('promise', attemptAll()));
      process.on('exit', () => console.log('greenlets', done.sort().join()));
      const done = [];
      for (const ms of [9, 1, 5]) spawnRaw(() => { sleep(ms); wait(Promise.resolve()); done.push(ms); });`,
      [
        `main ${BLOCKED} ${BLOCKED} true`,
        ...['tick', 'promise', 'timer', 'immediate'].map((place) => `${place} ${BLOCKED}`),
        'greenlets 1,5,9',
      ],
    );
  });

  it('is an error that says why', async () => {
    await expectOutput(
      `
      const why = () => { try { sleep(1); } catch (error) { return [error.name, error.message].join(': '); } };
      console.log(why());
      process.on('exit', () => console.log(inGreenlet(why)));`,
      [
        'BlockingSwitchOutError: Impossible to block on the hub, which must go on for all others',
        'BlockingSwitchOutError: Impossible to block in an exit handler',
      ],
    );
  });

  for (const [place, leave] of [
    ['at the natural end', ''],
    ['after process.exit in a greenlet', 'spawnRaw(() => { sleep(1); process.exit(0); });'],
  ] as const) {
    it(`is an error in an exit handler ${place}, also in a greenlet made there, while patched calls block for real`, async () => {
      await expectOutput(
        `
        const waiting = new RawGreenlet(() => { getCurrent().parent.switch(); return attemptAll(); });
        waiting.switch();
        process.on('exit', () => {
          waiting.parent = getCurrent();
          console.log(attemptAll(), inGreenlet(attemptAll), waiting.switch());
          console.log(readsFiles(), inGreenlet(readsFiles), inGreenlet(() => 42));
        });
        ${leave}`,
        [`${BLOCKED} ${BLOCKED} ${BLOCKED}`, 'true true 42'],
        { loader: true },
      );
    });
  }

  it('is an error in a callback of a FinalizationRegistry, where patched calls block for real', async () => {
    await expectOutput(
      `
      const registry = new FinalizationRegistry(() => {
        console.log('collected', attemptAll(), readsFiles(), inGreenlet(() => 42));
        clearInterval(timer);
      });
      (() => registry.register({}, 0))();
      const timer = setInterval(() => gc(), 1);`,
      [`collected ${BLOCKED} true 42`],
      { loader: true, flags: ['--expose-gc'] },
    );
  });

  it('is an error in a handler of an uncaught error, where patched calls block for real', async () => {
    await expectOutput(
      `
      process.on('uncaughtException', (error) => console.log(error.message, attemptAll(), readsFiles()));
      spawnRaw(() => { sleep(1); throw new Error('boom'); });`,
      [`boom ${BLOCKED} true`],
      { loader: true },
    );
  });
});

// The debugger is a worker thread, connected to the main thread as a debugger outside would be.
const debuggerSource = `
  const { Session } = require('node:inspector/promises');
  const { parentPort, workerData } = require('node:worker_threads');
  const session = new Session();
  setInterval(() => {}, 1000);
  session.connectToMainThread();
  session.on('Debugger.paused', async ({ params }) => {
    const answers = [];
    const { callFrameId, functionName } = params.callFrames[0];
    for (const expression of workerData) {
      const { result, exceptionDetails } = await session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression });
      answers.push(exceptionDetails ? exceptionDetails.exception.description.split('\\n')[0] : String(result.value));
    }
    parentPort.postMessage([functionName, ...answers].join(' '));
    await session.post('Debugger.resume');
  });
  session.post('Debugger.enable').then(() => parentPort.postMessage('attached'));`;

/** Pauses in each of these functions, and says what the expressions, which find `debuggee`, evaluate to there. */
const debuggeeSource = (expressions: readonly string[]): string => `
  // Whoever switches in gets an answer.
  const suspended = new RawGreenlet((starter) => {
    for (let asker = starter.switch(); ; ) asker = asker.switch(attemptAll());
  });
  suspended.switch(getCurrent());
  const inSuspended = () => suspended.switch(getCurrent());
  // What the expressions see must not be shadowed by a variable that the engine has optimised away.
  globalThis.debuggee = { attemptAll, inGreenlet, inSuspended, readsFiles };
  const { Worker } = require('node:worker_threads');
  const worker = new Worker(${JSON.stringify(debuggerSource)}, {
    eval: true,
    execArgv: [],
    workerData: ${JSON.stringify(expressions)},
  });
  const attached = new Promise((resolve) => {
    worker.on('message', (message) => (message === 'attached' ? resolve() : console.log('paused in', message)));
  });
  const pauses = [
    () => spawnRaw(function spawned() { const local = 1; sleep(1); debugger; sleep(1); console.log('resumed', local); next(); }),
    () => setTimeout(function timer() { const local = 2; debugger; sleep(1); console.log('resumed', local); next(); }, 1),
    () => Promise.resolve().then(function callback() { const local = 3; debugger; sleep(1); console.log('resumed', local); next(); }),
    () => setTimeout(() => worker.terminate(), 1),
  ];
  const next = () => setTimeout(pauses.shift(), 1);
  attached.then(next);`;

describe('blocking while the debugger is paused', () => {
  const ways = { 'over its port': `require('node:inspector').open(0);`, 'from another thread': '' };
  const where = {
    '': 'debuggee.attemptAll()',
    ' in a greenlet of its own': 'debuggee.inGreenlet(debuggee.attemptAll)',
    ' in a greenlet that was suspended': 'debuggee.inSuspended()',
  };
  for (const [way, setUp] of Object.entries(ways)) {
    for (const [place, blocking] of Object.entries(where)) {
      it(`(${way}) is an error in an expression${place}, and the program goes on when resumed`, async () => {
        const expressions = [blocking, 'debuggee.readsFiles()', 'debuggee.inGreenlet(() => local)', 'missing'];
        const { code, stdout, stderr } = await spawnSource(prelude + setUp + debuggeeSource(expressions), {
          ...{ loader: true, timeout: 15_000 },
        });
        const lines = ['spawned', 'timer', 'callback'].flatMap((name, i) => [
          `paused in ${name} ${BLOCKED} true ${i + 1} ReferenceError: missing is not defined`,
          `resumed ${i + 1}`,
        ]);
        // The debugger's answers arrive at any time after it has let the program go on.
        expect(stdout.trim().split('\n').sort(), stderr).to.deep.equal(lines.sort());
        expect(code).to.equal(0);
      });
    }
  }
});
