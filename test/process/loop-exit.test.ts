import { expect } from 'chai';

import { declareCore } from '../support/core-script';
import { type ScriptResult, spawnSource } from '../support/spawn-script';

/** What the programs find declared. */
const prelude = `
${declareCore}
const { blockedGreenlets, getHub, sleep, spawn, spawnRaw, wait } = require('unblock');
core('seeing/loop-exit');
core('loop/loop');
const never = () => wait(new Promise(() => {}));
process.on('exit', (code) => console.log('exit', code));
`;

/** Runs a program under the loader. */
function run(program: string): Promise<ScriptResult> {
  return spawnSource(`${prelude}${program}`, { loader: true });
}

/** Runs a program in a worker thread of a program under the loader. */
function runInWorker(program: string): Promise<ScriptResult> {
  return spawnSource(
    `
    const { isMainThread, Worker } = require('node:worker_threads');
    if (isMainThread) {
      const worker = new Worker(__filename);
      worker.on('error', (error) => console.log('error', error.name, error.code));
      worker.on('exit', (code) => console.log('worker ended', code));
    } else {
      ${prelude}
      ${program}
    }`,
    { loader: true },
  );
}

describe('when the loop has run empty', () => {
  it('LoopExit is thrown into the main program where it is blocked, and ends the process with code 1', async () => {
    const { code, stdout, stderr } = await run(`
      spawn(function inGreenlet() { never(); });
      function inMain() { never(); }
      inMain();
      console.log('not reached');`);
    expect([code, stdout]).to.deep.equal([1, 'exit 1\n']);
    expect(stderr).to.match(/LoopExit: This operation would block forever\n {4}at never .*\n {4}at inMain /);
    expect(stderr).to.match(/\n2 greenlets are blocked:\n/);
    expect(stderr).to.match(/: waiting in wait\n {4}at never .*\n {4}at inMain /);
    expect(stderr).to.match(/: waiting in wait\n {4}at never .*\n {4}at inGreenlet /);
  });

  it('LoopExit can be caught, tells who is blocked, and leaves the hub at work', async () => {
    const { code, stdout, stderr } = await run(`
      const greenlet = spawn(function inGreenlet() { never(); });
      for (let round = 1; round <= 2; round++) {
        try {
          never();
        } catch (error) {
          console.log(error.name, error.code, error.hub === getHub());
          console.log(error.blocked.length, error.blocked.some((each) => each.greenlet === greenlet));
          console.log(error.message.includes('inGreenlet'), Object.keys(error).join());
        }
        sleep(1);
        console.log('slept', greenlet.dead, spawn(() => 42).get());
      }`);
    const round = 'LoopExit ERR_UNBLOCK_LOOP_EXIT true\n2 true\ntrue code,name\nslept false 42\n';
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: `${round}${round}exit 0\n`, stderr: '' });
  });

  it('LoopExit is thrown into one callback at a time, the one that has blocked first', async () => {
    const { code, stdout } = await run(`
      process.on('uncaughtException', (error) => console.log('uncaught', error.name, error.blocked.length));
      setTimeout(() => { try { never(); } finally { console.log('first timer'); } }, 1);
      setTimeout(() => { try { never(); } finally { console.log('second timer'); sleep(5); console.log('slept'); } }, 10);
      Promise.resolve().then(() => { try { never(); } catch { console.log('microtask'); } });`);
    const lines = [
      ...['microtask', 'first timer', 'uncaught LoopExit 2'],
      ...['second timer', 'slept', 'uncaught LoopExit 1', 'exit 0', ''],
    ];
    expect([code, stdout]).to.deep.equal([0, lines.join('\n')]);
  });

  it('spawned greenlets stay suspended, silently', async () => {
    const { code, stdout, stderr } = await run(`
      spawn(() => { try { never(); } finally { console.log('not reached'); } });
      spawnRaw(() => never());
      const [one, two] = [spawn(() => two.join()), spawn(() => one.join())];
      process.on('exit', () => console.log(blockedGreenlets().length, 'blocked'));
      sleep(1);`);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'exit 0\n4 blocked\n', stderr: '' });
  });

  it('two greenlets that join each other are in the list, and stay so when the main program has caught it', async () => {
    const { code, stdout } = await run(`
      const greenlets = [spawn(() => greenlets[1].join()), spawn(() => greenlets[0].join())];
      try { greenlets[0].join(); } catch (error) { console.log(error.name, error.blocked.length); }
      console.log(greenlets.map(({ dead }) => dead).join());`);
    expect([code, stdout]).to.deep.equal([0, 'LoopExit 3\nfalse,false\nexit 0\n']);
  });

  const pending: Readonly<Record<string, [program: string, isHeld: boolean]>> = {
    'a timer of the loop': [`getHub().loop.timer(20).start(() => console.log('done'));`, true],
    'a timer of the loop without ref': [
      `getHub().loop.timer(60_000, 0, { ref: false }).start(() => console.log('done'));`,
      false,
    ],
    'a timeout': [`core('waiting/timeout').Timeout.startNew(20);`, true],
    'a timeout without ref': [`core('waiting/timeout').Timeout.startNew(60_000, null, { ref: false });`, false],
    'a greenlet that sleeps': [`spawn(() => { sleep(20); console.log('done'); });`, true],
    'a greenlet that sleeps without ref': [
      `spawn(() => { sleep(60_000, { ref: false }); console.log('done'); });`,
      false,
    ],
    'a greenlet that starts later': [`core('greenlets/spawn').spawnLater(20, () => console.log('done'));`, true],
    "a timer of Node's": [`setTimeout(() => console.log('done'), 20);`, true],
    "a timer of Node's without ref": [`setTimeout(() => console.log('done'), 60_000).unref();`, false],
    'an io watcher without ref': [`getHub().loop.io(process.stdout.fd, 1, { ref: false }).start(() => {});`, false],
    'a signal handler': [`core('loop/signal-handler').signalHandler('SIGHUP', () => {});`, false],
  };
  for (const [what, [program, isHeld]] of Object.entries(pending)) {
    it(`is ${isHeld ? 'not ' : ''}what it is with ${what}`, async () => {
      const { code, stdout } = await run(`
        ${program}
        try { never(); } catch (error) { console.log(error.name); }
        process.exit();`);
      const isTimeout = what === 'a timeout';
      expect([code, stdout]).to.deep.equal([
        0,
        isTimeout ? 'Timeout\nexit 0\n' : `${isHeld ? 'done\n' : ''}LoopExit\nexit 0\n`,
      ]);
    });
  }

  it('is seen after all that beforeExit listeners have done, in whatever order they were added', async () => {
    const { code, stdout } = await run(`
      let resolve;
      const more = (name, how) => process.once('beforeExit', () => how(() => setTimeout(() => console.log(name), 5)));
      more('sync', (make) => make());
      setTimeout(() => {
        more('tick', process.nextTick);
        more('microtask', queueMicrotask);
        more('last', (make) => Promise.resolve().then(() => {}).then(() => { make(); setTimeout(() => resolve(42), 20); }));
      }, 1);
      console.log(wait(new Promise((fulfil) => { resolve = fulfil; })));`);
    expect([code, stdout.split('\n').sort()]).to.deep.equal([
      0,
      ['', '42', 'exit 0', 'last', 'microtask', 'sync', 'tick'],
    ]);
  });

  it('LoopExit is thrown in worker threads as well', async () => {
    const { code, stdout } = await runInWorker(`
      try { never(); } catch (error) { console.log(error.name, error.blocked.length); }
      never();`);
    expect([code, stdout]).to.deep.equal([
      0,
      'LoopExit 1\nexit 1\nerror LoopExit ERR_UNBLOCK_LOOP_EXIT\nworker ended 1\n',
    ]);
  });
});

describe('joining the hub', () => {
  it('comes back when nothing is left to do, any number of times, and the hub is at work after it', async () => {
    const program = `
      const hub = getHub();
      console.log(hub.join(), hub.join());
      setTimeout(() => console.log('timer'), 10);
      spawn(() => { sleep(20); console.log('greenlet'); });
      spawn(() => never());
      console.log(hub.join());
      sleep(1);
      console.log(wait(), wait());`;
    const expected = 'true true\ntimer\ngreenlet\ntrue\ntrue true\nexit 0\n';
    const [main, worker] = await Promise.all([run(program), runInWorker(program)]);
    expect([main.code, main.stdout, main.stderr]).to.deep.equal([0, expected, '']);
    expect([worker.code, worker.stdout]).to.deep.equal([0, `${expected}worker ended 0\n`]);
  });

  it('has a limit, for which the loop does not go on', async () => {
    const { code, stdout } = await run(`
      const hub = getHub();
      const server = require('node:net').createServer().listen(0);
      console.log(hub.join(5), hub.join(0));
      server.close();
      const began = performance.now();
      console.log(hub.join(60_000), performance.now() - began < 30_000);`);
    expect([code, stdout]).to.deep.equal([0, 'false false\ntrue true\nexit 0\n']);
  });

  it('is possible in any greenlet, and in several at once, before anybody is told of a LoopExit', async () => {
    const { code, stdout } = await run(`
      const hub = getHub();
      for (const name of ['one', 'two']) spawn(() => { console.log(name, hub.join()); });
      try { never(); } catch (error) { console.log(error.name); }`);
    expect([code, stdout]).to.deep.equal([0, 'one true\ntwo true\nLoopExit\nexit 0\n']);
  });

  it('is possible in a beforeExit listener', async () => {
    const { code, stdout } = await run(`
      process.once('beforeExit', () => console.log(getHub().join()));
      sleep(1);`);
    expect([code, stdout]).to.deep.equal([0, 'true\nexit 0\n']);
  });

  it('refuses what is no time, and the hub itself', async () => {
    const { code, stdout } = await run(`
      const codeOf = (run) => { try { run(); } catch (error) { return error.code; } };
      for (const timeout of ['1', -1, NaN]) console.log(codeOf(() => getHub().join(timeout)));
      getHub().runCallback(() => console.log(codeOf(() => getHub().join())));
      sleep(0);`);
    const lines = ['ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE', 'ERR_OUT_OF_RANGE', 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT'];
    expect([code, stdout]).to.deep.equal([0, `${lines.join('\n')}\nexit 0\n`]);
  });
});
