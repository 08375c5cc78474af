import { expect } from 'chai';

import { declareCore } from '../../support/core-script';
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

const WATCH = { UNBLOCK_WATCHDOG: '1', UNBLOCK_MAX_BLOCKING_TIME: '100' };
/** Long enough to be reported for sure. */
const LONG = 400;

/** Runs a program that is watched, and can block and tell what has been told of it. */
function run(program: string, options: SpawnSourceOptions = {}): Promise<ScriptResult> {
  const prelude = `${declareCore}
const { subscribe } = require('node:diagnostics_channel');
core('seeing/observe').observe();
const { spawn } = core('greenlets/spawn');
const { sleep } = core('waiting/sleep');
const compute = (milliseconds) => { const end = Date.now() + milliseconds; while (Date.now() < end); };
const onBlocked = (listener) => subscribe('unblock:eventLoopBlocked', listener);
`;
  return spawnSource(prelude + program, { ...options, env: { ...WATCH, ...options.env } });
}

/** What is told of a program. On a busy machine that may be more than what the program does: its thread got no turn. */
async function reportsOf(program: string, options?: SpawnSourceOptions): Promise<Array<Record<string, unknown>>> {
  const { code, stdout } = await run(
    `onBlocked(({ greenlet, ...rest }) => console.log(JSON.stringify({ ...rest, by: core('greenlets/greenlet-name').nameOf(greenlet) })));
    ${program}`,
    options,
  );
  expect(code).to.equal(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A greenlet of that name that does this, and lives on. */
const blocker = (body: string): string => `spawn(function main() { sleep(1); ${body}; sleep(1); }).name = 'blocker';`;

describe('the watchdog', () => {
  it('reports a plain loop in a greenlet, with its stack', async () => {
    const reports = await reportsOf(blocker(`compute(${LONG})`));
    const report = reports.find(({ stack }) => /^ {4}at compute /.test(stack as string))!;
    expect(report).to.include({ by: 'blocker', wasInNative: false }).and.not.have.property('call');
    expect(report.stack).to.match(/^ {4}at compute \(.*\n {4}at main \(.*script\.cjs:\d+:\d+\)$/);
    expect(report.blockedFor).to.be.within(100, 60_000);
  });

  it('reports a regular expression while it runs', async () => {
    const reports = await reportsOf(
      blocker(`const end = Date.now() + ${LONG}; while (Date.now() < end) /^(a+)+$/.test('a'.repeat(20) + 'b')`),
    );
    const report = reports.find(({ call }) => call === 'RegExp.test');
    expect(report).to.include({ by: 'blocker', wasInNative: false });
  });

  it('reports what blocks in C++ when that returns, by its name', async () => {
    const reports = await reportsOf(blocker("require('node:child_process').execFileSync('sleep', ['0.6'])"));
    const report = reports.find(({ call }) => call === 'child_process.execFileSync')!;
    expect(report).to.include({ by: 'blocker', wasInNative: true });
    expect(report.blockedFor).to.be.above(300);
    expect(report.stack).to.match(/^ {4}at main /);
  });

  it('reports a callback that has no greenlet', async () => {
    const reports = await reportsOf(`setTimeout(() => setTimeout(() => compute(${LONG}), 10), 10);`);
    expect(reports.map(({ by }) => by)).to.include('the hub');
  });

  it('names a greenlet that has ended since', async () => {
    const { stderr } = await run(`spawn(function main() { compute(${LONG}); }).name = 'blocker';`);
    expect(stderr).to.match(/in JavaScript, by blocker\n {4}at compute /);
  });

  it('reports each time that the loop is blocked, once', async () => {
    const reports = await reportsOf(blocker(`compute(${LONG}); sleep(300); compute(${LONG}); sleep(300)`));
    expect(reports.filter(({ stack }) => /^ {4}at compute /.test(stack as string))).to.have.length(2);
  });

  const innocent = {
    'a loop that waits': 'sleep(1500)',
    'greenlets that switch all the time': `
      const end = Date.now() + 1500;
      const turn = () => { while (Date.now() < end) sleep(0); };
      core('bridges/wait').joinAll([spawn(turn), spawn(turn)])`,
    'a loop that never rests, but turns': `
      const end = Date.now() + 1500;
      const turn = () => { if (Date.now() < end) setImmediate(turn); };
      turn();
      sleep(1600)`,
  };
  for (const [what, body] of Object.entries(innocent)) {
    it(`does not report ${what}`, async () => {
      const { stdout, stderr } = await run(`onBlocked(({ stack }) => console.log(stack)); ${blocker(body)}`, {
        env: { UNBLOCK_MAX_BLOCKING_TIME: '600' },
      });
      expect([stdout, stderr]).to.deep.equal(['', '']);
    });
  }

  it('does not report what is to be ignored, up to the next switch', async () => {
    const reports = await reportsOf(
      blocker(`
        const named = (name) => Object.defineProperty(() => compute(1500), 'name', { value: name })();
        core('seeing/watchdog').ignoreCurrentGreenletBlocking();
        named('ignored');
        sleep(1);
        named('reported')`),
    );
    const stacks = reports.map(({ stack }) => String(stack)).join('\n');
    expect(stacks).to.contain('at reported').and.not.to.contain('at ignored');
  });

  it('writes its reports to standard error, after the subscribers have had their say', async () => {
    const { stderr } = await run(`
      onBlocked(({ info }) => info.push('what the subscriber adds'));
      ${blocker(`compute(${LONG})`)}`);
    expect(stderr).to.match(
      /unblock: the loop was blocked for \d+ ms, in JavaScript, by blocker main\n {4}at compute .*\n {4}at main .*\nwhat the subscriber adds\n/,
    );
  });

  it('writes nothing if that is configured, and notifies the subscribers nevertheless', async () => {
    const { stdout, stderr } = await run(`onBlocked(() => console.log('notified')); ${blocker('compute(1500)')}`, {
      env: { UNBLOCK_PRINT_BLOCKING_REPORTS: '0' },
    });
    expect(stdout).to.match(/^(notified\n)+$/);
    expect(stderr).to.equal('');
  });

  it('writes down what blocks for long before it ends, since it may never', async () => {
    const { signal, stderr } = await run(
      blocker(`
        require('node:child_process').spawn('sh', ['-c', 'sleep 3; kill -9 ' + process.pid]);
        sleep(50);
        for (;;);`),
    );
    expect(signal).to.equal('SIGKILL');
    expect(stderr).to.match(/unblock: the loop has been blocked for \d+ ms, and still is\n {4}at main \(/);
  });

  it('says of C++ that does not return that it is in C++', async () => {
    const { stderr } = await run(blocker("require('node:child_process').execFileSync('sleep', ['2'])"));
    expect(stderr).to.match(/unblock: the loop has been blocked for \d{4} ms, and still is, in C\+\+ that was called/);
    expect(stderr).to.match(/unblock: the loop was blocked for \d{4} ms, in child_process\.execFileSync, by blocker/);
  });

  it('does not count the time that a debugger holds the thread', async () => {
    const { stdout } = await run(`
      const { Worker } = require('node:worker_threads');
      onBlocked(({ stack }) => { if (stack?.includes('atBreakpoint')) console.log('reported'); });
      const worker = new Worker(\`
        const { Session } = require('node:inspector');
        const { parentPort } = require('node:worker_threads');
        const session = new Session();
        session.connectToMainThread();
        session.on('Debugger.paused', () => setTimeout(() => session.post('Debugger.resume'), ${LONG}));
        setInterval(() => {}, 1000);
        session.post('Debugger.enable', () => parentPort.postMessage('enabled'));
      \`, { eval: true });
      worker.once('message', () => spawn(function atBreakpoint() {
        sleep(1);
        const begin = Date.now();
        debugger;
        console.log(Date.now() - begin >= ${LONG - 1} ? 'was held' : 'was not held');
        sleep(1);
        worker.terminate();
      }));`);
    expect(stdout).to.equal('was held\n');
  });

  it('does not keep the process alive', async () => {
    const { code, stdout } = await run("console.log('ran');");
    expect([code, stdout]).to.deep.equal([0, 'ran\n']);
  });

  it('can be turned on, set and turned off at any time', async () => {
    const { stdout } = await run(
      `
      const { setConfig } = core('config');
      const seen = [];
      onBlocked(({ stack }) => seen.push(/^ {4}at compute .*\\n {4}at (\\w+)/.exec(stack)?.[1]));
      const block = (name) => {
        sleep(1);
        Object.defineProperty(() => compute(${LONG}), 'name', { value: name })();
        sleep(100);
      };
      spawn(() => {
        block('before');
        setConfig({ watchdog: true });
        block('on');
        setConfig({ maxBlockingTime: 3_600_000 });
        block('patient');
        setConfig({ maxBlockingTime: 100 });
        block('impatient');
        setConfig({ watchdog: false });
        block('off');
        console.log(seen.filter(Boolean).join());
      });`,
      { env: { UNBLOCK_WATCHDOG: '0', UNBLOCK_PRINT_BLOCKING_REPORTS: '0' } },
    );
    expect(stdout).to.equal('on,impatient\n');
  });

  it('watches a worker as well, which may be terminated in the midst of it', async () => {
    const { code, stdout } = await run(
      `
      const { Worker, isMainThread, parentPort } = require('node:worker_threads');
      if (isMainThread) {
        const worker = new Worker(__filename);
        worker.once('message', (message) => { console.log(message); worker.terminate(); });
        worker.once('exit', () => console.log('exit'));
      } else {
        onBlocked(() => parentPort.postMessage('reported'));
        spawn(() => { for (;;) { sleep(1); compute(${LONG}); } });
      }`,
      { env: { UNBLOCK_PRINT_BLOCKING_REPORTS: '0' } },
    );
    expect([code, stdout]).to.deep.equal([0, 'reported\nexit\n']);
  });

  it('watches the callbacks of a program under the loader', async () => {
    const { stderr } = await spawnSource(
      `setTimeout(function onTimeout() { const end = Date.now() + ${LONG}; while (Date.now() < end); }, 50);
       setTimeout(() => {}, 600);`,
      { loader: true, env: WATCH },
    );
    expect(stderr).to.match(/in JavaScript, by Carrier-\d+ .*\n {4}at (?:Timeout\.)?onTimeout /);
  });
});
