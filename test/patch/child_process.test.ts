import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { type ScriptResult, type SpawnSourceOptions, spawnScript, spawnSource } from '../support/spawn-script';
import { allCalls } from './child_process/calls';
import type { CallRecord } from './child_process/record';

type Program = 'one-by-one' | 'all-at-once';

interface RecordOptions {
  loader?: boolean;
  /** Of the calls to make; all, unless given. */
  titles?: readonly string[];
}

interface Recorded extends ScriptResult {
  records: CallRecord[];
}

// Runs a program that makes calls, from the same directory whichever it is, as a call shows that.
async function recorded(program: Program, { loader, titles = [] }: RecordOptions): Promise<Recorded> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-records-'));
  const file = path.join(directory, 'records.json');
  try {
    const script = path.join(__dirname, 'child_process', `${program}.js`);
    const result = await spawnScript(script, { args: [file, ...titles], cwd: os.tmpdir(), loader, timeout: 100_000 });
    expect(result.code, result.stderr).to.equal(0);
    return { ...result, records: JSON.parse(fs.readFileSync(file, 'utf8')) as CallRecord[] };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

// The records that differ from what Node alone gives. On a busy machine a child may come too late for its timeout, with
// Node alone as well, so a call that differs is made anew.
async function differences(program: Program, ours: Recorded, plain: Recorded): Promise<[CallRecord, CallRecord][]> {
  let pairs = unequalPairs(ours, plain);
  for (let attempt = 0; attempt < 3 && pairs.length > 0; attempt++) {
    const titles = pairs.map(([[title]]) => title);
    pairs = unequalPairs(await recorded(program, { loader: true, titles }), await recorded('one-by-one', { titles }));
  }
  return pairs;
}

function unequalPairs(ours: Recorded, plain: Recorded): [CallRecord, CallRecord][] {
  const pairs = plain.records.map((record, index): [CallRecord, CallRecord] => [record, ours.records[index]!]);
  return pairs.filter(([[, expected], [, outcome]]) => outcome !== expected);
}

async function output(source: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { stdout, stderr, code } = await spawnSource(source, { loader: true, ...options });
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return JSON.parse(stdout);
}

const OPEN_DESCRIPTORS = `
  const openDescriptors = () => fs.readdirSync('/proc/self/fd').map((fd) => {
    try { return fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; }
  }).filter((entry) => entry !== '');`;

describe('the functions of child_process that wait', () => {
  describe('against those of Node alone', function () {
    this.timeout(120_000);
    let plain: Recorded;
    let oneByOne: Recorded;
    let allAtOnce: Recorded;

    before(async () => {
      [plain, oneByOne, allAtOnce] = await Promise.all([
        recorded('one-by-one', {}),
        recorded('one-by-one', { loader: true }),
        recorded('all-at-once', { loader: true }),
      ]);
    });

    it('are compared by hundreds of calls, half of which succeed', () => {
      const returned = plain.records.filter(([, outcome]) => outcome.startsWith('returns'));
      expect(plain.records.map(([title]) => title)).to.deep.equal(allCalls().map(({ title }) => title));
      expect(returned.length).to.be.within(300, plain.records.length - 300);
    });

    it('return and throw the same', async () => {
      expect(await differences('one-by-one', oneByOne, plain)).to.deep.equal([]);
    });

    it('return and throw the same when many greenlets call them', async () => {
      expect(await differences('all-at-once', allAtOnce, plain)).to.deep.equal([]);
    });

    it('let the same be printed, in the same order', () => {
      const withoutPid = (text: string) => text.replace(/\(node:\d+\)/g, '(node)');
      expect(oneByOne.stdout).to.equal(plain.stdout);
      expect(withoutPid(oneByOne.stderr)).to.equal(withoutPid(plain.stderr));
    });

    it('look the same', async () => {
      const source = `
        import * as named from 'node:child_process';
        import child_process from 'node:child_process';
        const shown = ['spawnSync', 'execSync', 'execFileSync'].map((name) => {
          const { value, ...attributes } = Object.getOwnPropertyDescriptor(child_process, name);
          const own = Reflect.ownKeys(value).map((key) => [String(key), Object.getOwnPropertyDescriptor(value, key)]);
          return { name, attributes, own, isNamed: named[name] === value };
        });
        console.log(JSON.stringify([Object.keys(child_process), shown]));`;
      const patched = await output(source, { as: 'mjs' });
      const { stdout } = await spawnSource(source, { as: 'mjs' });
      expect(patched).to.deep.equal(JSON.parse(stdout));
    });
  });

  it('let a hundred greenlets wait at once', async () => {
    const milliseconds = await output(`
      const { execSync } = require('child_process');
      const { spawnRaw, Waiter } = require('unblock');
      const all = new Waiter();
      const start = Date.now();
      let left = 100;
      for (let i = 0; i < 100; i++) {
        spawnRaw(() => {
          execSync('sleep 0.1');
          if (--left === 0) all.switch();
        });
      }
      all.get();
      console.log(Date.now() - start);`);
    expect(milliseconds).to.be.within(100, 8_000);
  });

  it('let timers, promises and immediates run meanwhile, and wait in each of them', async () => {
    const [where, milliseconds] = (await output(`
      const { execSync } = require('child_process');
      const start = Date.now();
      const where = [];
      const call = (text) => {
        where.push(execSync('sleep 0.5; echo ' + text, { encoding: 'utf8' }).trim());
        if (where.length === 6) console.log(JSON.stringify([where.sort(), Date.now() - start]));
      };
      setTimeout(call, 1, 'timer');
      setImmediate(call, 'immediate');
      Promise.resolve('promise').then(call);
      process.nextTick(call, 'tick');
      (async () => { await null; call('async'); })();
      call('main');`)) as [string[], number];
    expect(where).to.deep.equal(['async', 'immediate', 'main', 'promise', 'tick', 'timer']);
    expect(milliseconds).to.be.below(2_000);
  });

  it('leave no descriptor open, however a call ends', async () => {
    const [before, after] = (await output(`
      const { spawnSync } = require('child_process');
      const fs = require('fs');
      ${OPEN_DESCRIPTORS}
      const calls = [
        ['true'],
        ['cat', { input: 'x'.repeat(1e6) }],
        ['true', { input: 'x'.repeat(1e6) }],
        ['no-such-file'],
        ['/etc/passwd'],
        ['true', ['x'.repeat(200000)]],
        ['true', { cwd: '/no/such/directory' }],
        ['true', { stdio: ['pipe', 'pipe', 987] }],
        ['true', { stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] }],
        ['sleep', ['5'], { timeout: 30 }],
        ['sh', ['-c', 'echo x; exec sleep 5'], { maxBuffer: 1 }],
        ['sh', ['-c', 'sleep 5 & exit 0'], { timeout: 30 }],
        ['sh', ['-c', 'exec <&- >&- 2>&-; sleep 0.05']],
      ];
      spawnSync('true');
      const before = openDescriptors();
      for (const call of calls) {
        spawnSync(...call);
        const after = openDescriptors();
        if (after.length !== before.length) throw new Error(call[0] + ' leaves ' + after.join());
      }
      console.log(JSON.stringify([before, openDescriptors()]));`)) as [string[], string[]];
    expect(after).to.deep.equal(before);
  });

  it('say so when there are no descriptors left, and work afterwards', async () => {
    const source = `
      const { spawnSync } = require('child_process');
      const fs = require('fs');
      if (process.argv[2] === undefined) {
        const limited = ['-c', 'ulimit -n 60; exec "$0" "$@"', process.execPath, ...process.execArgv, __filename, 'limited'];
        spawnSync('/bin/sh', limited, { stdio: 'inherit' });
      } else {
        const opened = [];
        spawnSync('true');
        try { for (;;) opened.push(fs.openSync('/dev/null', 'r')); } catch {}
        const { error, output, pid } = spawnSync('true');
        for (const fd of opened) fs.closeSync(fd);
        console.log(JSON.stringify([error, error.message, output, pid, spawnSync('true').status]));
      }`;
    const { stdout } = await spawnSource(source);
    expect(stdout).to.match(/EMFILE/);
    expect(await output(source)).to.deep.equal(JSON.parse(stdout));
  });

  it('keep the async context of the caller', async () => {
    const kept = await output(`
      const { AsyncLocalStorage, executionAsyncId, executionAsyncResource } = require('async_hooks');
      const { execSync } = require('child_process');
      const storage = new AsyncLocalStorage();
      const context = () => [storage.getStore(), executionAsyncId(), executionAsyncResource()];
      const kept = [];
      const callIn = (store) => storage.run(store, () => {
        const before = context();
        execSync('sleep 0.0' + store);
        kept.push(context().every((each, index) => each === before[index]));
        if (kept.length === 3) console.log(JSON.stringify(kept));
      });
      for (const store of [1, 2, 3]) setTimeout(callIn, 1, store);`);
    expect(kept).to.deep.equal([true, true, true]);
  });

  it('block where nothing can be suspended, and where the original is called', async () => {
    const ran = await output(`
      const { execSync, spawnSync } = require('child_process');
      const { getOriginal } = require('unblock/patch');
      const ran = [];
      let turns = 0;
      setInterval(() => turns++, 1).unref();
      const blocksIn = (run) => {
        const start = turns;
        run();
        ran.push(turns - start);
      };
      blocksIn(() => getOriginal('child_process', 'execSync')('sleep 0.05'));
      blocksIn(() => getOriginal('child_process', 'execFileSync')('sleep', ['0.05']));
      blocksIn(() => getOriginal('child_process', 'spawnSync')('sleep', ['0.05']));
      process.on('exit', () => {
        blocksIn(() => ran.push(execSync('sleep 0.05; echo exit', { encoding: 'utf8' })));
        console.log(JSON.stringify(ran));
      });`);
    expect(ran).to.deep.equal([0, 0, 0, 'exit\n', 0]);
  });

  it('use the spawn of Node, whatever a program makes of it', async () => {
    const results = await output(`
      const child_process = require('child_process');
      const replaced = () => { throw new Error('replaced'); };
      child_process.spawn = child_process.exec = child_process.execFile = replaced;
      child_process.ChildProcess.prototype.spawn = child_process.ChildProcess.prototype.kill = replaced;
      console.log(JSON.stringify([
        child_process.execSync('echo x').toString(),
        child_process.spawnSync('sleep', ['5'], { timeout: 50 }).signal,
      ]));`);
    expect(results).to.deep.equal(['x\n', 'SIGTERM']);
  });

  it('do not take a loop that comes late for a child that does', async () => {
    const text = await output(`
      const { execSync } = require('child_process');
      // From here the loop goes to its timers first, and only then looks at the child.
      const delay = () => { for (const start = Date.now(); Date.now() - start < 1500; ); };
      setTimeout(() => setImmediate(delay), 5);
      console.log(JSON.stringify(execSync('sleep 0.1; echo x', { timeout: 1000, encoding: 'utf8' })));`);
    expect(text).to.equal('x\n');
  });

  it('have timeouts longer than a timer can be', async () => {
    const [code, delays] = (await output(`
      const { node } = require(${JSON.stringify(path.join(__dirname, '..', '..', 'src', 'core', 'node.js'))});
      const { setTimeout } = node;
      const delays = [];
      const others = setInterval(() => {}, 1);
      node.setTimeout = (callback, delay) => (delays.push(delay), setTimeout(callback, Math.min(delay, 20)));
      const { error } = require('child_process').spawnSync('sleep', ['5'], { timeout: 2 ** 31 + 99 });
      clearInterval(others);
      console.log(JSON.stringify([error.code, delays]));`)) as [string, number[]];
    expect(code).to.equal('ETIMEDOUT');
    expect(delays).to.deep.equal([2 ** 31 - 1, 100]);
  });

  it('kill the child of a greenlet into which an error is thrown, and let that greenlet go on', async () => {
    const seen = await output(`
      const { execSync } = require('child_process');
      const fs = require('fs');
      const { getHub, sleep, spawnRaw, Waiter } = require('unblock');
      ${OPEN_DESCRIPTORS}
      const isRunning = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
      const until = (condition) => { while (!condition()) sleep(5); };
      const seen = [];
      const over = new Waiter();
      execSync('true');
      const before = openDescriptors();
      const greenlet = spawnRaw(() => {
        try {
          execSync('echo $$ > new; mv new pid; exec sleep 30', { input: 'x'.repeat(1e6) });
        } catch (error) {
          seen.push(error.code, openDescriptors().length - before.length);
        }
        sleep(300);
        over.switch(execSync('echo on', { encoding: 'utf8' }));
      });
      until(() => fs.existsSync('pid'));
      const pid = Number(fs.readFileSync('pid', 'utf8'));
      seen.push(isRunning(pid));
      getHub().runCallback(() => greenlet.throw());
      until(() => !isRunning(pid));
      seen.push(over.get(), openDescriptors().length - before.length);
      console.log(JSON.stringify(seen));`);
    expect(seen).to.deep.equal([true, 'ERR_UNBLOCK_GREENLET_EXIT', 0, 'on\n', 0]);
  });
});
