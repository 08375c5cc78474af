import { expect } from 'chai';
import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { fs as table } from '../../src/patch/fs';
import { type ScriptResult, spawnScript, withPlainWorkers } from '../support/spawn-script';
import { callNames } from './fs/calls';
import { NOTHING_CACHED, printed } from './fs/program';
import type { CallRecord } from './fs/record';

const SEQUENCES = 8;
const CALLS = 500;

function inDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = nodeFs.mkdtempSync(path.join(os.tmpdir(), 'unblock-fs-'));
  return run(directory).finally(() => nodeFs.rmSync(directory, { recursive: true }));
}

describe('the functions of fs that wait', () => {
  describe('against those of Node alone', function () {
    this.timeout(180_000);
    let plain: CallRecord[];

    async function recorded(directory: string, options: object): Promise<[ScriptResult, CallRecord[]]> {
      const script = path.join(__dirname, 'fs', 'sequences.js');
      const args = [directory, String(SEQUENCES), String(CALLS)];
      const result = await spawnScript(script, { args, timeout: 100_000, env: { NODE_NO_WARNINGS: '1' }, ...options });
      expect(result.code, result.stderr).to.equal(0);
      const records = JSON.parse(nodeFs.readFileSync(path.join(directory, 'records.json'), 'utf8')) as CallRecord[];
      return [result, records];
    }

    let ours: CallRecord[];
    let oursOnThreads: CallRecord[];

    // One after the other, in the same directory: calls show its name in many ways.
    before(() =>
      inDirectory(async (directory) => {
        [, plain] = await recorded(directory, {});
        [, ours] = await recorded(directory, { loader: true });
        [, oursOnThreads] = await recorded(directory, { loader: true, flags: NOTHING_CACHED });
      }),
    );

    const differences = (records: CallRecord[]): unknown[] =>
      plain
        .map((record, index) => [...record, records[index]?.[1]])
        .filter(([, expected, outcome]) => outcome !== expected);

    it('are compared by thousands of calls of all of them, many of which succeed', () => {
      const names = new Set(plain.map(([title]) => title.split(/[ (]/)[1]));
      expect(callNames.filter((name) => name.split('.')[0]! in nodeFs && !names.has(name))).to.deep.equal([]);
      const returned = plain.filter(([, outcome]) => outcome.startsWith('returns'));
      expect(plain.length).to.be.at.least(SEQUENCES * CALLS);
      expect(returned.length).to.be.within(1000, plain.length - 1000);
    });

    it('return, throw and do the same', () => {
      expect(differences(ours)).to.deep.equal([]);
    });

    it('return, throw and do the same when threads do all the work', () => {
      expect(differences(oursOnThreads)).to.deep.equal([]);
    });
  });

  it('are all of those whose names say so: what Node adds has to be looked at', () => {
    const named = [...Object.keys(table.implements!), ...table.covers!];
    const known = new Set([...named, ...Object.keys(table.imports ?? {})]);
    const names = Object.keys(nodeFs).filter(
      (name) => name.endsWith('Sync') && typeof Reflect.get(nodeFs, name) === 'function',
    );
    expect(names.filter((name) => !known.has(name))).to.deep.equal([]);
    if (process.version.startsWith('v26.')) {
      expect(named.filter((name) => !name.includes('.') && !names.includes(name))).to.deep.equal([]);
    }
  });

  it('are mostly untouched themselves, and count as patched', async () => {
    const result = await printed(`
      const { isModulePatched, isObjectPatched } = require('unblock/patch');
      print([isModulePatched('fs'), ['readFileSync', 'Dir.prototype.readSync'].map((name) => isObjectPatched('fs', name)),
        String(fs.writeFileSync).includes('options')]);`);
    expect(result).to.deep.equal([true, [true, true], true]);
  });

  it('call what a program has put in the place of those that Node calls, or beneath them', async () => {
    const result = await printed(
      `
      fs.writeFileSync('file', 'text');
      tick();
      const called = [];
      for (const name of ['openSync', 'closeSync']) {
        const original = fs[name];
        fs[name] = (...args) => { called.push(name); return original(...args); };
        fs.readFileSync('file');
        fs[name] = original;
      }
      const beneath = process.binding('fs');
      const { open } = beneath;
      beneath.open = (...args) => { called.push('open'); return open(...args); };
      fs.readFileSync('file');
      beneath.open = open;
      print([called, fs.readFileSync('file').toString(), called.length]);
      clearImmediate(ticking);`,
      { flags: ['--no-deprecation'] },
    );
    expect(result).to.deep.equal([['openSync', 'closeSync', 'open'], 'text', 3]);
  });

  it('let others run while a tree is copied, also if nothing may be in the way', async () => {
    const result = await printed(`
      fs.mkdirSync('tree');
      for (let i = 0; i < 300; i++) fs.writeFileSync('tree/' + i, 'text');
      tick();
      const seen = [];
      for (const options of [{}, { force: false, errorOnExist: true }]) {
        const before = turns;
        fs.cpSync('tree', 'copy' + seen.length, { recursive: true, ...options });
        seen.push(turns > before, fs.readdirSync('copy' + seen.length).length);
      }
      fs.mkdirSync('partly');
      fs.writeFileSync('partly/7', 'in the way');
      try {
        fs.cpSync('tree', 'partly', { recursive: true, force: false, errorOnExist: true });
      } catch (error) {
        seen.push(error.code, error.message.includes('already exists'), fs.readFileSync('partly/7', 'utf8'));
      }
      clearImmediate(ticking);
      print(seen);`);
    expect(result).to.deep.equal([true, 300, true, 300, 'ERR_FS_CP_EEXIST', true, 'in the way']);
  });

  it('read a whole file that grows and shrinks as what it is at some moment', async () => {
    const result = await printed(`
      tick();
      const fd = fs.openSync('file', 'w');
      const lengths = new Set();
      for (const length of [10, 65_536, 65_537, 3, 0, 200_000]) {
        fs.ftruncateSync(fd, length);
        lengths.add([fs.readFileSync('file').length, fs.readFileSync('file', 'utf8').length, length].join());
      }
      clearImmediate(ticking);
      print([...lengths]);`);
    expect(result).to.deep.equal([10, 65_536, 65_537, 3, 0, 200_000].map((length) => [length, length, length].join()));
  });

  describe('on what nobody knows how long it takes', () => {
    const fifo = `execFileSync('mkfifo', ['fifo']);`;
    const writeLater = `spawnChild('sh', ['-c', 'sleep 0.3; echo from the writer > fifo']);`;

    it('let others run while a FIFO is opened, and read, whichever call does it', async () => {
      for (const read of [
        `fs.readFileSync('fifo', 'utf8')`,
        `fs.readFileSync('fifo').toString()`,
        `(() => { const fd = fs.openSync('fifo', 'r'); const bytes = Buffer.alloc(99);
          const text = bytes.toString('utf8', 0, fs.readSync(fd, bytes)); fs.closeSync(fd); return text; })()`,
        `(() => { const fd = fs.openSync('fifo', 'r'); const bytes = Buffer.alloc(2e6);
          const text = bytes.toString('utf8', 0, fs.readvSync(fd, [bytes])); fs.closeSync(fd); return text; })()`,
      ]) {
        const [text, count] = (await printed(`${fifo} ${writeLater} tick();
          const text = ${read};
          clearImmediate(ticking);
          print([text, turns]);`)) as [string, number];
        expect(text, read).to.equal('from the writer\n');
        expect(count, read).to.be.greaterThan(10);
      }
    });

    it('let others run while a FIFO waits for its reader, and is full', async () => {
      const [length, count] = (await printed(`${fifo}
        const reader = spawnChild('sh', ['-c', 'sleep 0.3; exec < fifo; sleep 0.3; exec wc -c']);
        let said = '';
        reader.stdout.on('data', (data) => (said += data));
        tick();
        fs.writeFileSync('fifo', Buffer.alloc(300_000));
        clearImmediate(ticking);
        reader.on('close', () => print([Number(said), turns]));`)) as [number, number];
      expect(length).to.equal(300_000);
      expect(count).to.be.greaterThan(10);
    });

    it('let others run while stdin has nothing, and leave it as it was', async () => {
      const result = await printed(`
        const child = spawnChild(process.execPath, [...process.execArgv, '-e', ${JSON.stringify(`
          const fs = require('fs');
          console.log('ready');
          let turns = 0;
          const timer = setInterval(() => turns++, 1);
          const bytes = Buffer.alloc(100);
          const text = bytes.toString('utf8', 0, fs.readSync(0, bytes));
          const flags = fs.readFileSync('/proc/self/fdinfo/0', 'utf8').match(/flags:\\s+(\\d+)/)[1];
          console.log(JSON.stringify([text, turns > 10, (parseInt(flags, 8) & 0o4000) === 0, fs.readSync(0, bytes)]));
          clearInterval(timer);`)}], { stdio: ['pipe', 'pipe', 'inherit'] });
        let said = '';
        child.stdout.on('data', (data) => {
          if (said === '') {
            setTimeout(() => child.stdin.write('typed'), 300);
            setTimeout(() => child.stdin.end(), 500);
          }
          said += data;
        });
        child.on('close', () => process.stdout.write(said.replace('ready\\n', '')));`);
      expect(result).to.deep.equal(['typed', true, true, 0]);
    });

    it('do not take threads from others, nor keep the process', async () => {
      const result = await printed(`${fifo}
        for (let i = 0; i < 20; i++) spawn(() => fs.openSync('fifo', 'r'));
        const other = fs.openSync('fifo', 'r+');
        for (let i = 0; i < 20; i++) spawn(() => fs.readSync(other, Buffer.alloc(5)));
        sleep(50);
        fs.promises.readFile(__filename, 'utf8').then((text) => {
          print(text.includes('promises'));
          process.exit();
        });`);
      expect(result).to.equal(true);
    });
  });

  it('let the greenlet be killed in the middle, and leave no descriptor open', async () => {
    const program = `
      execFileSync('mkfifo', ['fifo']);
      fs.writeFileSync('file', Buffer.alloc(100_000));
      fs.mkdirSync('directory');
      const pipe = fs.openSync('fifo', 'r+');
      const closing = (fd) => fs.closeSync(fd);
      const tasks = [
        () => fs.readFileSync('fifo'),
        () => closing(fs.openSync('fifo', 'r')),
        () => fs.readSync(pipe, Buffer.alloc(10)),
        () => fs.readFileSync('file'),
        () => fs.readFileSync('file', 'utf8'),
        () => fs.writeFileSync('new', 'text'),
        () => fs.writeFileSync('new', Buffer.alloc(100_000)),
        () => fs.appendFileSync('new', 'text'),
        () => fs.opendirSync('directory').closeSync(),
        () => fs.readdirSync('directory', { recursive: true }),
        () => fs.copyFileSync('file', 'copy'),
      ];
      for (const task of tasks.slice(3)) task();
      const before = openDescriptors().length;
      let ended = 0;
      for (let round = 0; round < 60; round++) {
        const greenlets = tasks.map((task) => spawn(() => { try { for (;;) task(); } finally { ended++; } }));
        if (round % 3 === 0) sleep(round % 5);
        else if (round % 3 === 1) fs.readFileSync('file');
        killAll(greenlets);
      }
      for (const task of tasks.slice(0, 3)) {
        const timeout = Timeout.startNew(20);
        try { task(); } catch (error) { if (error !== timeout) throw error; } finally { timeout.cancel(); }
      }
      // What a thread has begun it ends.
      for (let i = 0; i < 50 && openDescriptors().length > before; i++) sleep(10);
      print([openDescriptors().length - before, ended > 0]);
      process.exit();`;
    expect(await printed(program)).to.deep.equal([0, true]);
    expect(await printed(program, { flags: NOTHING_CACHED })).to.deep.equal([0, true]);
  }).timeout(60_000);

  const reads = {
    'some bytes': 'fs.readSync(fd, Buffer.alloc(1_000_000))',
    'a file': "fs.readFileSync('large')",
    'the text of a file': "fs.readFileSync('large', 'utf8')",
    'all that a descriptor has': 'fs.readFileSync(fd)',
    'the text that a descriptor has': "fs.readFileSync(fd, 'utf8')",
  };
  const endings = {
    GreenletExit: ['nothing()', 'greenlet.kill()'],
    Timeout: ['Timeout.startNew(0)', 'greenlet.join()'],
  };
  for (const [what, read] of Object.entries(reads)) {
    for (const [error, [begin, end]] of Object.entries(endings)) {
      it(`keep a descriptor open below the thread that still reads ${what} for nobody, after a ${error}`, async () => {
        // It is more than is read at once, and the only thread has something else to do first. What is opened after the end
        // of the greenlet has the lowest number that is free: the thread would read from that if it were closed at once.
        const program = `
          const { pbkdf2 } = require('node:crypto');
          const { waitCallback } = require('unblock');
          const nothing = () => {};
          const larges = () => critical(() => openDescriptors().filter((entry) => entry.endsWith('/large')).length);
          fs.writeFileSync('large', Buffer.alloc(1_000_000));
          fs.writeFileSync('file', 'text');
          const fd = ${read.includes('fd') ? "fs.openSync('large')" : 'undefined'};
          pbkdf2('', '', 200_000, 8, 'sha512', nothing);
          let ending;
          const greenlet = spawn(() => {
            ${begin};
            try { ${read}; } catch (error) { ending = error.name; } finally { if (fd !== undefined) fs.closeSync(fd); }
          });
          sleep(0);
          const isReading = larges() === 1;
          ${end};
          const others = [1, 2, 3].map(() => fs.openSync('file'));
          for (let turn = 0; turn < 2; turn++) waitCallback((done) => pbkdf2('', '', 1, 8, 'sha512', done));
          print([isReading, ending, larges(), ...others.map((other) => fs.readFileSync(other, 'utf8'))]);`;
        const result = await printed(program, { env: { UV_THREADPOOL_SIZE: '1' } });
        expect(result).to.deep.equal([true, error, 0, 'text', 'text', 'text']);
      });
    }
  }

  it('come one after the other for one descriptor, in the order of the calls', async () => {
    const program = `
      fs.writeFileSync('numbers', Array.from({ length: 500 }, (_, index) => String(index).padStart(4)).join(''));
      const numbers = fs.openSync('numbers', 'r');
      const out = fs.openSync('out', 'w');
      const read = [];
      let calls = 0;
      const readers = Array.from({ length: 10 }, () => spawn(() => {
        for (let i = 0; i < 50; i++) {
          const call = calls++;
          const bytes = Buffer.alloc(4);
          fs.readSync(numbers, bytes);
          read[call] = Number(bytes.toString());
          if (i % 7 === 0) sleep(0);
        }
      }));
      const written = [];
      const writers = Array.from({ length: 10 }, (_, id) => spawn(() => {
        for (let i = 0; i < 20; i++) {
          const text = id + ':' + i + ' ';
          written.push(text);
          fs.writeSync(out, text);
          if (i % 3 === id % 3) sleep(0);
        }
      }));
      joinAll([...readers, ...writers]);
      fs.closeSync(out);
      print([read.every((number, call) => number === call), fs.readFileSync('out', 'utf8') === written.join('')]);`;
    expect(await printed(program)).to.deep.equal([true, true]);
    expect(await printed(program, { flags: NOTHING_CACHED })).to.deep.equal([true, true]);
  });

  it('let others run now and then when nothing has to wait', async () => {
    const result = await printed(`
      tick();
      for (let i = 0; i < 30_000; i++) fs.statSync(__filename);
      clearImmediate(ticking);
      print(turns > 2);`);
    expect(result).to.equal(true);
  });

  it('just block where nobody else could use the time', async () => {
    const result = await printed(
      `
      let switches = 0;
      setInterval(() => {}, 1).unref();
      setTrace(() => switches++);
      for (let i = 0; i < 100; i++) {
        fs.writeFileSync('file', 'text');
        fs.readFileSync('file');
        fs.unlinkSync('file');
      }
      setTrace(undefined);
      print(switches);`,
      { flags: NOTHING_CACHED },
    );
    expect(result).to.equal(0);
  });

  it('just block in a critical section, in exit handlers, and on the hub', async () => {
    const result = await printed(
      `
      fs.writeFileSync('file', 'text');
      tick();
      const seen = [];
      const blocks = (run) => { const before = turns; run(); seen.push(turns - before); };
      critical(() => blocks(() => fs.readFileSync('file')));
      getHub().runCallback(() => blocks(() => fs.readFileSync('file')));
      sleep(5);
      process.on('exit', () => {
        blocks(() => fs.readFileSync('file'));
        print(seen);
      });
      process.exit();`,
      { flags: NOTHING_CACHED },
    );
    expect(result).to.deep.equal([0, 0, 0]);
  });

  it('are not what the console writes with', async () => {
    const result = await inDirectory(async (directory) => {
      const file = path.join(directory, 'out');
      const source = `
        let turns = 0;
        const timer = setImmediate(() => turns++);
        for (let i = 0; i < 100; i++) console.log(i);
        console.error(turns);
        clearImmediate(timer);`;
      const program = `
        const out = fs.openSync(${JSON.stringify(file)}, 'w');
        const { stderr } = require('node:child_process').spawnSync(process.execPath,
          [...process.execArgv, '-e', ${JSON.stringify(source)}], { stdio: ['ignore', out, 'pipe'], encoding: 'utf8' });
        print(stderr.trim());`;
      return [await printed(program), nodeFs.readFileSync(file, 'utf8').split('\n').length];
    });
    expect(result).to.deep.equal(['0', 101]);
  });

  it('leave the forms with callbacks and promises as they are', async () => {
    const result = await printed(`
      fs.writeFileSync('file', 'text');
      const named = import('node:fs');
      (async () => {
        const { readFileSync, promises } = await named;
        const handle = await promises.open('file');
        const seen = [readFileSync('file', 'utf8'), await promises.readFile('file', 'utf8'), (await handle.stat()).size,
          (await handle.read(Buffer.alloc(3))).bytesRead];
        await handle.close();
        fs.readFile('file', 'utf8', (error, text) => {
          fs.stat('missing', ({ code }) => print([...seen, text, code]));
        });
      })();`);
    expect(result).to.deep.equal(['text', 'text', 4, 3, 'text', 'ENOENT']);
  });

  it('work in workers, which keep a list of what they open', async () => {
    const result = await printed(
      `
      const { Worker } = require('node:worker_threads');
      const source = ${JSON.stringify(`
        const fs = require('fs');
        const { parentPort } = require('worker_threads');
        process.on('warning', (warning) => parentPort.postMessage(warning.message));
        const timer = setInterval(() => {}, 1);
        fs.writeFileSync('file', Buffer.from('text'));
        const fd = fs.openSync('file');
        const text = fs.readFileSync(fd, 'utf8') + fs.readFileSync('file') + fs.readFileSync('file', 'utf8');
        fs.closeSync(fd);
        setTimeout(() => { clearInterval(timer); parentPort.postMessage(text); }, 20);`)};
      const said = [];
      new Worker(source, { eval: true, execArgv: process.execArgv }).on('message', (each) => said.push(each))
        .on('error', (error) => said.push(error.message)).on('exit', (code) => print([said, code]));`,
      withPlainWorkers,
    );
    expect(result).to.deep.equal([['texttexttext'], 0]);
  });
});
