import { expect } from 'chai';

import { declareCore } from '../support/core-script';
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

const prelude = `
${declareCore}
const { getCurrent, getHub, RawGreenlet, sleep, spawn, spawnLater, spawnRaw, Timeout, wait } = require('unblock');
for (const name of ['loop/loop', 'seeing/loop-exit', 'loop/hub-wait']) core(name);
const hub = getHub();
const { loop } = hub;
process.on('exit', (code) => console.log('exit', code));
const codeOf = (run) => { try { return run(); } catch (error) { return error.code; } };
`;

function run(program: string, options: SpawnSourceOptions = { loader: true }): Promise<ScriptResult> {
  return spawnSource(`${prelude}${program}`, options);
}

describe('process.exit ends the process with its code', () => {
  const places: Readonly<Record<string, string>> = {
    'a greenlet': `spawn(() => process.exit(4));`,
    'a greenlet that starts later': `spawnLater(1, () => process.exit(4));`,
    'a raw greenlet': `spawnRaw(() => process.exit(4));`,
    'a callback of the hub': `hub.runCallback(() => process.exit(4));`,
    'the function of a watcher': `loop.timer(1).start(() => process.exit(4));`,
    'the function of a native watcher': `loop.prepare().start(() => process.exit(4));`,
    'a signal handler': `core('loop/signal-handler').signalHandler('SIGHUP', () => process.exit(4)); process.kill(process.pid, 'SIGHUP');`,
  };
  for (const [place, program] of Object.entries(places)) {
    it(`in ${place}, while the main program sleeps`, async () => {
      const { code, stdout, stderr } = await run(`${program}
        try { sleep(10_000); } finally { console.log('not reached'); }`);
      expect({ code, stdout, stderr }).to.deep.equal({ code: 4, stdout: 'exit 4\n', stderr: '' });
    });
  }
});

describe('an error that nobody catches', () => {
  const fatal: Readonly<Record<string, string>> = {
    'a raw greenlet': `spawnRaw(function thrower() { throw new Error('boom'); });`,
    'a callback of the hub': `hub.runCallback(function thrower() { throw new Error('boom'); });`,
    'the function of a watcher': `loop.timer(1).start(function thrower() { throw new Error('boom'); });`,
    'the function of a native watcher': `const check = loop.check(); check.start(function thrower() { check.close(); throw new Error('boom'); });`,
    'a callback that has blocked': `setTimeout(function thrower() { sleep(1); throw new Error('boom'); }, 1);`,
    'a signal handler': `core('loop/signal-handler').signalHandler('SIGHUP', function thrower() { throw new Error('boom'); }); process.kill(process.pid, 'SIGHUP');`,
  };
  for (const [place, program] of Object.entries(fatal)) {
    it(`in ${place} ends the process with code 1, and shows where it was thrown`, async () => {
      const { code, stdout, stderr } = await run(`${program} sleep(10_000); console.log('not reached');`);
      expect([code, stdout]).to.deep.equal([1, 'exit 1\n']);
      expect(stderr).to.match(/Error: boom\n {4}at (?:\w+\.)?thrower /);
    });

    it(`in ${place} reaches uncaughtException, after which all goes on`, async () => {
      const { code, stdout, stderr } = await run(`
        let isCaught = false;
        process.once('uncaughtException', (error, origin) => { isCaught = true; console.log(error.message, origin); });
        ${program}
        while (!isCaught) sleep(1);
        console.log('main goes on');
        process.exit();`);
      expect({ code, stdout, stderr }).to.deep.equal({
        ...{ code: 0, stderr: '' },
        stdout: 'boom uncaughtException\nmain goes on\nexit 0\n',
      });
    });
  }

  for (const [place, program] of [
    ['a greenlet', `spawn(function thrower() { throw new Error('boom'); });`],
    ['a greenlet that starts later', `spawnLater(1, function thrower() { throw new Error('boom'); });`],
  ] as const) {
    it(`in ${place} is reported at once, and all goes on`, async () => {
      const { code, stdout, stderr } = await run(`
        process.on('uncaughtException', () => console.log('not reached'));
        ${program}
        sleep(20);
        console.log('main goes on');`);
      expect([code, stdout]).to.deep.equal([0, 'main goes on\nexit 0\n']);
      expect(stderr).to.match(/^Error: boom\n {4}at thrower [^]*failed with Error\n$/);
    });
  }

  it('goes where handleError sends it, whoever has thrown it', async () => {
    const { code, stdout, stderr } = await run(`
      let count = 0;
      hub.handleError = (context, error) => { count++; console.log(context.constructor.name, error.message); };
      spawn(() => { throw new Error('one'); });
      spawnRaw(() => { throw new Error('two'); });
      hub.runCallback(() => { throw new Error('three'); });
      loop.timer(1).start(() => { throw new Error('four'); });
      setTimeout(() => { sleep(5); throw new Error('five'); }, 5);
      while (count < 5) sleep(1);`);
    const lines = ['Greenlet one', 'SpawnedGreenlet two', 'Callback three', 'TimerWatcher four', 'Carrier five'];
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: `${lines.join('\n')}\nexit 0\n`, stderr: '' });
  });
});

describe('a hub that was destroyed', () => {
  it('refuses each use in the caller, and leaves nothing armed', async () => {
    const { code, stdout, stderr } = await run(`
      const { Greenlet } = core('greenlets/greenlet');
      const watcher = loop.timer(1);
      const greenlet = new Greenlet(() => console.log('not reached'));
      const timeout = new Timeout(1);
      hub.destroy();
      hub.destroy();
      const uses = {
        sleep: () => sleep(1), 'sleep(0)': () => sleep(0), wait: () => wait(Promise.resolve(1)), join: () => hub.join(),
        spawn: () => spawn(() => {}), spawnLater: () => spawnLater(1, () => {}), spawnRaw: () => spawnRaw(() => {}),
        start: () => greenlet.start(), runCallback: () => loop.runCallback(() => {}), timer: () => loop.timer(1),
        io: () => loop.io(0, 1), watcher: () => watcher.start(() => {}), hubWait: () => hub.wait(watcher),
        timeout: () => timeout.start(), signal: () => core('loop/signal-handler').signalHandler('SIGHUP', () => {}),
        idle: () => core('loop/idle').idle(),
      };
      for (const [name, use] of Object.entries(uses)) {
        const code = codeOf(use);
        if (code !== 'ERR_UNBLOCK_HUB_DESTROYED') console.log(name, code);
      }
      console.log(hub.destroyed, greenlet.started, timeout.pending, watcher.active, core('waiting/deadlines').countDeadlines());`);
    expect({ code, stdout, stderr }).to.deep.equal({
      ...{ code: 0, stderr: '' },
      stdout: 'true false false false 0\nexit 0\n',
    });
  });

  it('has nothing more to do: what was ready, watched and armed is not, and the process ends', async () => {
    const { code, stdout, stderr } = await run(`
      const never = () => console.log('not reached');
      spawn(() => { try { sleep(1); } finally { never(); } });
      spawn(() => { try { wait(new Promise((resolve) => setTimeout(resolve, 5))); } finally { never(); } });
      sleep(0);
      spawn(never);
      spawnLater(1, never);
      hub.runCallback(never);
      loop.timer(1).start(never);
      loop.idle().start(never);
      loop.signal('SIGHUP').start(never);
      hub.destroy();
      console.log(hub.runCallback(never).pending);`);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'false\nexit 0\n', stderr: '' });
  });

  it("lets Node's callbacks run on, in which patched functions really block", async () => {
    const { code, stdout, stderr } = await run(`
      const fs = require('node:fs');
      hub.destroy();
      setTimeout(() => {
        console.log(fs.readFileSync(__filename, 'utf8').length > 0, codeOf(() => sleep(1)));
        Promise.resolve().then(() => console.log(require('node:child_process').execSync('echo done', { encoding: 'utf8' })));
      }, 1);`);
    expect({ code, stdout, stderr }).to.deep.equal({
      ...{ code: 0, stderr: '' },
      stdout: 'true ERR_UNBLOCK_HUB_DESTROYED\ndone\n\nexit 0\n',
    });
  });
});

describe('the watchers of a thread', () => {
  const start = `
      const watchers = [loop.timer(1000, 1000), loop.io(require('node:fs').openSync('/dev/ptmx', 'r+'), 1),
        loop.signal('SIGHUP'), loop.async(), loop.idle(), loop.prepare(), loop.check(), loop.stat(__filename, 10)];
      for (const watcher of watchers) watcher.start(() => {});
  `;

  it('keep a process alive, unless they have no ref, be it from the start or later', async () => {
    const { code, stdout } = await run(`
      ${start}
      watchers.forEach((watcher, index) => {
        if (index % 2 === 0) watcher.stop();
        watcher.ref = false;
        if (index % 2 === 0) watcher.start(() => {});
      });
      let ticks = 0;
      const timer = loop.timer(5, 5);
      timer.start(() => { if (++ticks === 3) timer.ref = false; });
      process.on('exit', () => console.log(ticks >= 3));`);
    expect([code, stdout]).to.deep.equal([0, 'exit 0\ntrue\n']);
  });

  for (const kind of [
    'timer(1000)',
    "signal('SIGHUP')",
    'async()',
    'idle()',
    'prepare()',
    'check()',
    'stat(__filename)',
  ]) {
    it(`keep it alive, one by one: ${kind}`, async () => {
      const { code, stdout } = await run(`
        const [watcher, other] = [loop.${kind}, loop.${kind}];
        watcher.start(() => {});
        other.ref = false;
        other.start(() => {});
        let isHeld = false;
        setTimeout(() => { isHeld = true; watcher.close(); }, 50).unref();
        process.on('exit', () => console.log(isHeld));`);
      expect([code, stdout]).to.deep.equal([0, 'exit 0\ntrue\n']);
    });
  }

  it('end with a worker thread, whether it ends by itself or is terminated', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `
      const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
      if (isMainThread) {
        const endOf = (how) => new Promise((resolve) => {
          const worker = new Worker(__filename, { workerData: how });
          worker.on('message', () => { if (how === 'terminate') worker.terminate(); });
          worker.on('exit', resolve);
        });
        (async () => {
          for (let round = 0; round < 2; round++) {
            for (const how of ['exit', 'natural', 'terminate', 'throw']) {
              const ended = endOf(how);
              ended.catch(() => {});
              console.log(how, await ended);
            }
          }
        })();
        process.on('uncaughtException', () => {});
      } else {
        ${prelude.replace(/process\.on\('exit'.*/, '')}
        ${start}
        if (workerData === 'natural') for (const watcher of watchers) watcher.ref = false;
        parentPort.postMessage('ready');
        if (workerData === 'exit') setTimeout(() => process.exit(3), 1);
        if (workerData === 'throw') setTimeout(() => { throw new Error('boom'); }, 1);
      }`,
      { loader: true },
    );
    const round = 'exit 3\nnatural 0\nterminate 1\nthrow 1\n';
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: round.repeat(2), stderr: '' });
  });
});
