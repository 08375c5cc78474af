import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

// What users see of the hazards of docs/hazards.md that no other test shows.

const prelude = `
  const { spawn, spawnLater, sleep, joinAll, withTimeout, critical, Semaphore } = require('unblock');
  const othersRun = (block) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    block();
    clearInterval(timer);
    return turns > 0;
  };
  const { execSync } = require('node:child_process');
  const waitLong = () => execSync('sleep 0.2');`;

async function expectLines(
  source: string,
  lines: readonly string[],
  options: SpawnSourceOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await spawnSource(source, { loader: true, ...options });
  expect({ code, lines: stdout.trimEnd().split('\n') }, stderr).to.deep.equal({ code: 0, lines });
  return stderr;
}

describe('a hazard that docs/hazards.md names', () => {
  it('early-capture: what was taken out of crypto before the patch blocks, what was out of child_process does not', async () => {
    const stderr = await expectLines(
      `const { pbkdf2Sync } = require('node:crypto');
      ${prelude}
      require('unblock/patch').patchAll();
      setImmediate(() => {
        console.log('copy', othersRun(() => pbkdf2Sync('secret', 'salt', 500000, 64, 'sha512')));
        console.log('not a copy', othersRun(() => require('node:crypto').pbkdf2Sync('secret', 'salt', 500000, 64, 'sha512')));
        console.log('child_process', othersRun(waitLong));
      });`,
      ['copy false', 'not a copy true', 'child_process true'],
      { loader: false },
    );
    expect(stderr).to.equal('');
  });

  it('made-before: the callback of a timer that was set before the patch blocks, that of a server does not', async () => {
    await expectLines(
      `${prelude}
      const net = require('node:net');
      class Early extends net.Socket {}
      const server = net.createServer((socket) => {
        console.log('server', othersRun(waitLong));
        socket.end();
        server.close();
      });
      setTimeout(() => {
        console.log('timer', othersRun(waitLong));
        try { sleep(1); } catch (error) { console.log(error.code); }
        net.connect(server.address().port).resume();
      }, 1);
      server.listen(0);
      require('unblock/patch').patchAll();
      console.log('subclass', typeof Early.prototype.readSync);`,
      ['subclass function', 'timer false', 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT', 'server true'],
      { loader: false },
    );
  });

  it('plain-worker: a worker of source text, or with an empty execArgv, is not cooperative, and is warned of', async () => {
    const stderr = await expectLines(
      `const { isMainThread, parentPort, Worker } = require('node:worker_threads');
      const body = ${JSON.stringify(`${prelude.replace(/const \{ spawn.*;\n/, '')} require('node:worker_threads').parentPort.postMessage(othersRun(waitLong));`)};
      const file = require('node:path').join(__dirname, 'worker.cjs');
      require('node:fs').writeFileSync(file, body);
      const run = (title, source, options) => new Promise((done) =>
        new Worker(source, options).on('message', (result) => console.log(title, result)).on('exit', done));
      (async () => {
        await run('from a file', file, {});
        await run('from text', body, { eval: true });
        await run('with an empty execArgv', file, { execArgv: [] });
      })();`,
      ['from a file true', 'from text false', 'with an empty execArgv false'],
    );
    expect(stderr.match(/\[UNBLOCK_PLAIN_WORKER\] UnblockPatchWarning: /g), stderr).to.have.length(1);
  });

  // Each a package of one file, which is loaded twice.
  const loadKnown = (name: string, file: string, message: RegExp) => async () => {
    const stderr = await expectLines(
      `const fs = require('node:fs');
      const folder = require('node:path').join(__dirname, 'node_modules', ${JSON.stringify(name)});
      fs.mkdirSync(folder, { recursive: true });
      for (const name of ['a', 'b']) {
        const file = folder + '/' + name + ${JSON.stringify(file)};
        fs.writeFileSync(file, 'exports.isLoaded = true;');
        try { console.log(require(file).isLoaded); } catch (error) { console.log(error.code); }
      }`,
      file === '.node' ? ['ERR_DLOPEN_FAILED', 'ERR_DLOPEN_FAILED'] : ['true', 'true'],
    );
    expect(stderr.match(/UnblockPatchWarning: /g), stderr).to.have.length(1);
    expect(stderr).to.match(message);
  };

  it(
    'foreign-schedulers: an add-on that runs the loop by itself is warned of when it is loaded, once',
    loadKnown(
      'deasync',
      '.node',
      /UNBLOCK_FOREIGN_SCHEDULER\] UnblockPatchWarning: deasync runs the event loop inside/,
    ),
  );

  it(
    'run-to-completion: a package that answers one caller at a time is warned of when it is loaded, once',
    loadKnown('synckit', '.js', /UNBLOCK_ONE_AT_A_TIME\] UnblockPatchWarning: synckit waits for its worker by Atomics/),
  );

  it('run-to-completion: such a package is warned of also when it is imported as ES modules, once', async () => {
    const index = 'node_modules/synckit/index.mjs';
    const { code, stdout, stderr } = await spawnSource(
      `import { isLoaded } from './${index}'; await import('./node_modules/synckit/other.mjs'); console.log(isLoaded);`,
      {
        as: 'mjs',
        loader: true,
        files: { [index]: `export const isLoaded = true;`, 'node_modules/synckit/other.mjs': '' },
      },
    );
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'true\n' });
    expect(stderr.match(/UNBLOCK_ONE_AT_A_TIME\] UnblockPatchWarning: synckit waits/g), stderr).to.have.length(1);
  });

  it(
    'native-addons: one that is known to block is warned of when it is loaded, once',
    loadKnown(
      'better-sqlite3',
      '.node',
      /UNBLOCK_BLOCKING_ADDON\] UnblockPatchWarning: better-sqlite3 is an add-on: all/,
    ),
  );

  it('native-addons: one of which nothing is known, or that does not block, is none to warn of', async () => {
    for (const name of ['sharp', 'something', '@scope/bcrypt']) {
      const stderr = await expectLines(
        `const fs = require('node:fs');
        const folder = require('node:path').join(__dirname, 'node_modules', ${JSON.stringify(name)});
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(folder + '/a.node', 'no add-on');
        try { require(folder + '/a.node'); } catch (error) { console.log(error.code); }`,
        ['ERR_DLOPEN_FAILED'],
      );
      expect(stderr).to.equal('');
    }
  });

  it('stack-overflow: --stack-size gives greenlets no more stack, and is warned of; UNBLOCK_STACK_SIZE does', async () => {
    const depth = `let depth = 0; const dive = () => { depth++; dive(); }; try { dive(); } catch {} console.log(depth > 20000);`;
    const flags = ['--stack-size=8000'];
    expect(await expectLines(depth, ['false'], { flags })).to.match(
      /UNBLOCK_IGNORED_FLAG\] UnblockPatchWarning: --stack-size=8000 is for the main stack alone/,
    );
    expect(await expectLines(depth, ['true'], { env: { UNBLOCK_STACK_SIZE: '8mb' } })).to.equal('');
  });

  it('flags: --permission without --allow-addons is refused before the program starts', async () => {
    const permission = process.version.startsWith('v20.') ? '--experimental-permission' : '--permission';
    const { code, stdout, stderr } = await spawnSource(`console.log('started')`, {
      loader: true,
      flags: [permission, '--allow-fs-read=*'],
    });
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.match(/BinaryError: unblock could not load its binary for Node .*: Cannot load native addon/);
  });

  it('run-to-completion: between a look and a deed that waits others may come, and a lock keeps them out', async () => {
    await expectLines(
      `${prelude}
      let account = 100;
      const withdraw = (amount) => {
        if (account < amount) return 'refused';
        waitLong();
        account -= amount;
        return 'paid';
      };
      const twice = (run) => {
        account = 100;
        const customers = [1, 2].map(() => spawn(() => run(100)));
        joinAll(customers);
        return [...customers.map((customer) => customer.value), account].join();
      };
      const lock = new Semaphore(1);
      const locked = (amount) => { lock.acquire(); try { return withdraw(amount); } finally { lock.release(); } };
      console.log(twice(withdraw));
      console.log(twice(locked));
      try { critical(() => sleep(1)); } catch (error) { console.log(error.code); }`,
      ['paid,paid,-100', 'paid,refused,0', 'ERR_UNBLOCK_CRITICAL_SECTION'],
    );
  });

  it('inside-a-parser: a wait for a promise in the middle lets the next data in, a sleep or a patched call does not', async () => {
    await expectLines(
      `${prelude}
      const net = require('node:net');
      const { wait } = require('unblock');
      const ways = {
        sleep: () => sleep(200),
        patched: waitLong,
        wait: () => wait(new Promise((resolve) => setTimeout(resolve, 200))),
      };
      const server = net.createServer((socket) => {
        socket.write('one');
        socket.on('data', () => socket.end('two'));
      });
      server.listen(0, '127.0.0.1', () => {
        for (const [name, way] of Object.entries(ways)) {
          const seen = [];
          const socket = net.connect(server.address().port, '127.0.0.1');
          socket.on('data', (data) => {
            seen.push('begin ' + data);
            // The second word comes while the first is parsed.
            if (String(data) === 'one') { socket.write('more'); way(); }
            seen.push('end ' + data);
          });
          while (seen.length < 4) sleep(1);
          console.log(name + ':', seen.join(', '));
        }
        server.close();
      });`,
      [
        'sleep: begin one, end one, begin two, end two',
        'patched: begin one, end one, begin two, end two',
        'wait: begin one, begin two, end two, end one',
      ],
    );
  });

  it('busy-loops: what computes lets nobody run, not even the timeout that is to end it', async () => {
    await expectLines(
      `${prelude}
      let hasTicked = false;
      setTimeout(() => (hasTicked = true), 1);
      const busy = () => { const end = Date.now() + 100; while (Date.now() < end); return 'done'; };
      console.log(withTimeout(5, busy), hasTicked);
      const { assertSwitches } = require('unblock');
      try { assertSwitches({}, busy); } catch (error) { console.log(error.code); }`,
      ['done false', 'ERR_UNBLOCK_FAILED_TO_SWITCH'],
    );
  });

  it('four-threads: what waits on Node’s threads waits for all that came before it', async () => {
    await expectLines(
      `${prelude}
      const long = spawn(() => { require('node:crypto').scryptSync('a', 'b', 64, { N: 2 ** 15, maxmem: 2 ** 26 }); console.log('computed'); });
      const short = spawn(() => { require('node:dns').lookupSync('localhost'); console.log('looked up'); });
      joinAll([long, short]);`,
      ['computed', 'looked up'],
      { env: { UV_THREADPOOL_SIZE: '1' } },
    );
  });

  it('native-addons: what waits in C++, such as SQLite for a lock, holds up everybody', async function () {
    if (process.version.startsWith('v20.')) this.skip();
    await expectLines(
      `${prelude}
      const { DatabaseSync } = require('node:sqlite');
      const file = require('node:path').join(__dirname, 'database');
      const [first, second] = [1, 2].map(() => new DatabaseSync(file));
      first.exec('BEGIN EXCLUSIVE');
      second.exec('PRAGMA busy_timeout = 200');
      console.log(othersRun(() => { try { second.exec('CREATE TABLE t (a)'); } catch ({ message }) { console.log(message); } }));`,
      ['database is locked', 'false'],
      { flags: ['--no-warnings'] },
    );
  });

  it('foreign-callbacks: a function that SQLite calls may block, each on its own stack', async function () {
    if (process.version.startsWith('v20.')) this.skip();
    await expectLines(
      `${prelude}
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(':memory:');
      database.function('slow', (x) => { sleep(10 * x); return x; });
      joinAll([3, 1].map((x) => spawn(() => console.log(database.prepare('SELECT slow(?) AS x').get(x).x))));`,
      ['1', '3'],
      { flags: ['--no-warnings'] },
    );
  });

  it('profilers: a profile can be made of a program whose greenlets switch', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-profile-'));
    try {
      await expectLines(
        `${prelude} joinAll([1, 2, 3].map((i) => spawn(() => { for (let n = 0; n < 20; n++) sleep(i); }))); console.log('end');`,
        ['end'],
        { flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] },
      );
      const [file] = fs.readdirSync(folder);
      expect(JSON.parse(fs.readFileSync(path.join(folder, file!), 'utf8'))).to.include.keys('nodes', 'samples');
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('silent-deadlocks: with a server open a greenlet that nobody will wake is no LoopExit, and is in the list', async () => {
    await expectLines(
      `${prelude}
      const { blockedGreenlets, Event } = require('unblock');
      const server = require('node:net').createServer().listen(0);
      spawn(function forgotten() { new Event().wait(); });
      sleep(20);
      console.log(blockedGreenlets().some(({ call, stack }) => call === 'Event.wait' && /forgotten/.test(stack)));
      server.close();
      process.exit();`,
      ['true'],
    );
  });

  it('fake-clocks: a clock that a test has put in place of Node’s moves timers, and not sleep()', async () => {
    await expectLines(
      `${prelude}
      const real = globalThis.setTimeout;
      globalThis.setTimeout = () => { throw new Error('faked'); };
      sleep(1);
      globalThis.setTimeout = real;
      console.log('slept');`,
      ['slept'],
    );
  });
});
