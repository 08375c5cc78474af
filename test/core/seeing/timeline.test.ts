import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { declareCore } from '../../support/core-script';
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

interface TraceEvent {
  readonly ph: 'M' | 'X' | 's' | 'f';
  readonly name: string;
  readonly cat?: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id?: number;
  readonly args?: { readonly at?: string; readonly name?: string };
}

describe('the timeline', () => {
  let directory: string;
  before(() => void (directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-trace-'))));
  after(() => fs.rmSync(directory, { recursive: true }));

  /** Runs a program that writes its timeline to a file of that name. */
  function run(program: string, trace = 'trace.json', options: SpawnSourceOptions = {}): Promise<ScriptResult> {
    const prelude = `${declareCore}
core('seeing/observe').observe();
const { spawn, spawnLater } = core('greenlets/spawn');
const { sleep } = core('waiting/sleep');
const { Event } = core('sync/event');
`;
    return spawnSource(prelude + program, { env: { UNBLOCK_TRACE: path.join(directory, trace) }, ...options });
  }

  const read = (name = 'trace.json'): string => fs.readFileSync(path.join(directory, name), 'utf8');
  const events = (): TraceEvent[] => JSON.parse(read()) as TraceEvent[];

  /** The slices of the greenlet whose name ends so, after the one for its life. */
  function slicesOf(name: string, all = events()): TraceEvent[] {
    const life = all.find((event) => event.cat === 'greenlet' && event.name.endsWith(name))!;
    const end = life.ts + life.dur;
    const isWithin = ({ ph, tid, ts }: TraceEvent): boolean =>
      ph === 'X' && tid === life.tid && ts >= life.ts && ts < end;
    return all.filter((event) => event !== life && isWithin(event)).sort((a, b) => a.ts - b.ts);
  }

  it('shows when a greenlet is ready, runs, and waits, in what call, and where', async () => {
    await run(`spawn(function sleeper() { sleep(5); sleep(5); });`);
    const slices = slicesOf(' sleeper');
    expect(slices.map(({ name }) => name)).to.deep.equal(['ready', 'running', 'sleep', 'running', 'sleep', 'running']);
    expect(slices[2]!.args!.at).to.match(/^at sleeper \(.*script\.cjs:\d+:\d+\)$/);
  });

  it('has no gap and no overlap in the life of a greenlet', async () => {
    await run(`
      const event = new Event();
      spawn(function waiter() { for (let turn = 0; turn < 5; turn++) { event.wait(); event.clear(); sleep(0); } });
      spawn(function setter() { for (let turn = 0; turn < 9; turn++) { event.set(); sleep(1); } });`);
    for (const name of [' waiter', ' setter']) {
      const slices = slicesOf(name);
      slices.slice(1).forEach(({ ts }, index) => {
        expect(ts).to.be.closeTo(slices[index]!.ts + slices[index]!.dur, 0.002);
      });
    }
  });

  it('has one row for those that live one after the other, and one each for those that live at the same time', async () => {
    await run(`spawn(() => {
      for (let turn = 0; turn < 5; turn++) spawn(function single() { sleep(1); }).join();
      for (let turn = 0; turn < 5; turn++) spawn(function many() { sleep(20); });
    });`);
    const rowsOf = (name: string): number[] =>
      events()
        .filter((event) => event.cat === 'greenlet' && event.name.endsWith(name))
        .map(({ tid }) => tid);
    expect([rowsOf(' single').length, new Set(rowsOf(' single')).size]).to.deep.equal([5, 1]);
    expect([rowsOf(' many').length, new Set(rowsOf(' many')).size]).to.deep.equal([5, 5]);
  });

  it('points from a spawner, and from one who wakes, to where the other runs', async () => {
    await run(`spawn(function mother() {
      const event = new Event();
      spawn(function child() { event.wait(); });
      sleep(5);
      event.set();
      sleep(5);
    });`);
    const all = events();
    const [mother, child] = [slicesOf(' mother', all)[0]!.tid, slicesOf(' child', all)[0]!.tid];
    const arrows = all
      .filter(({ ph, tid }) => ph === 's' && tid === mother)
      .map(({ id, name }) => [name, all.find((event) => event.ph === 'f' && event.id === id)!.tid]);
    expect(arrows).to.deep.equal([
      ['spawn', child],
      ['wake', child],
    ]);
  });

  it('shows what waits to be started, and what is killed before', async () => {
    await run(`
      spawnLater(5, function late() {});
      spawn(function killed() {});
      spawn(() => spawnLater(5000, function doomed() {}).kill());`);
    expect(slicesOf(' late').map(({ name }) => name)).to.deep.equal(['spawnLater', 'running']);
    expect(slicesOf(' doomed').map(({ name }) => name)).to.deep.equal(['spawnLater']);
  });

  it('shows the callbacks of Node under the loader, and patched calls', async () => {
    const env = { UNBLOCK_TRACE: path.join(directory, 'trace.json') };
    const program = `
      const others = setInterval(() => {}, 1);
      setImmediate(function onImmediate() {
        require('node:child_process').execSync('true');
        clearInterval(others);
      });`;
    await spawnSource(program, { loader: true, env });
    expect(slicesOf(' onImmediate').map(({ name }) => name)).to.include('child_process.execSync');
  });

  const ends = {
    'by itself': { program: '', code: 0 },
    'by process.exit() in a greenlet': { program: 'spawn(() => process.exit(3));', code: 3 },
    'by an uncaught error': { program: "setTimeout(() => { throw new Error('uncaught'); }, 10);", code: 1 },
  };
  for (const [how, { program, code }] of Object.entries(ends)) {
    it(`is complete when the process ends ${how}`, async () => {
      const result = await run(`spawn(function waiter() { new Event().wait(); }); ${program}`);
      expect(result.code).to.equal(code);
      expect(slicesOf(' waiter').map(({ name }) => name)).to.deep.equal(['ready', 'running', 'Event.wait']);
    });
  }

  it('is written piece by piece, and can be read up to the last piece when the process is killed', async () => {
    const { signal } = await run(`
      spawn(() => {
        for (let turn = 0; turn < 1000; turn++) spawn(function short() {}).join();
        process.kill(process.pid, 'SIGKILL');
      });`);
    expect(signal).to.equal('SIGKILL');
    const text = read();
    expect(text.length).to.be.above(256 * 1024);
    const whole = JSON.parse(`${text}]`) as TraceEvent[];
    expect(whole.filter(({ name }) => name.endsWith(' short')).length).to.be.above(100);
  });

  it('is written every second, so that it is there when a server is ended by a signal', async () => {
    const { signal } = await run(`
      const { statSync } = require('node:fs');
      spawn(function waiter() { for (;;) sleep(5); });
      const end = () => {
        if (statSync(process.env.UNBLOCK_TRACE).size < 1000) return;
        process.kill(process.pid, 'SIGTERM');
      };
      setInterval(end, 10);`);
    expect(signal).to.equal('SIGTERM');
    const whole = JSON.parse(`${read()}]`) as TraceEvent[];
    expect(whole.filter(({ name }) => name === 'sleep')).not.to.deep.equal([]);
  });

  it('does not keep greenlets that nobody has any more', async () => {
    const { stdout } = await run(
      `
      const { RawGreenlet, getMain } = core('switching/raw-greenlet');
      (function abandon() {
        new RawGreenlet(() => { try { getMain().switch(); } finally { console.log('ended'); } }).switch();
      })();
      setImmediate(() => { gc(); setImmediate(() => {}); });`,
      'trace.json',
      { flags: ['--expose-gc'], env: { UNBLOCK_TRACE: path.join(directory, 'trace.json') } },
    );
    expect(stdout).to.equal('ended\n');
  });

  it('goes to a file of each process and thread whose name says so', async () => {
    const { stdout } = await run(
      `
      const { Worker } = require('node:worker_threads');
      const source = ${JSON.stringify(`${declareCore} core('seeing/observe').observe();`)};
      new Worker(source, { eval: true }).on('exit', () => console.log(process.pid));`,
      'trace-{pid}-{thread}.json',
    );
    const pid = stdout.trim();
    expect(JSON.parse(read(`trace-${pid}-0.json`))).to.be.an('array');
    expect(JSON.parse(read(`trace-${pid}-1.json`))).to.be.an('array');
  });

  it('of a worker is not written if its name does not say so', async () => {
    await run(`
      const { Worker } = require('node:worker_threads');
      const source = ${JSON.stringify(`${declareCore} core('seeing/observe').observe();`)};
      spawn(function mine() { sleep(1); });
      new Worker(source, { eval: true });`);
    expect(slicesOf(' mine')).not.to.be.empty;
  });

  it('can be begun later, and not be changed then', async () => {
    const { stdout } = await run(
      `
      const { config, setConfig } = core('config');
      setConfig({ trace: ${JSON.stringify(path.join(directory, 'late.json'))} });
      spawn(function late() { sleep(1); });
      for (const trace of ['other.json', undefined]) {
        try { setConfig({ trace }); } catch ({ code, message }) { console.log(code, message); }
      }`,
      'unused.json',
      { env: { UNBLOCK_TRACE: undefined } },
    );
    expect(stdout).to.match(/^(ERR_UNBLOCK_CONFIG The option trace cannot be set: .*late\.json\n){2}$/);
    expect(read('late.json')).to.contain(' late"');
  });

  it('stops a program before its first line if the file cannot be written', async () => {
    const { code, stdout, stderr } = await spawnSource("console.log('ran')", {
      loader: true,
      env: { UNBLOCK_TRACE: path.join(directory, 'missing', 'trace.json') },
    });
    expect(code).not.to.equal(0);
    expect(stdout).to.equal('');
    expect(stderr).to.match(/ConfigError: The option trace must be the name of a file that can be written: .*ENOENT/);
  });
});
