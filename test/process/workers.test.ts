import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { indexPath, loaderUrl, repoRoot, spawnSource, withPlainWorkers } from '../support/spawn-script';

// How a worker ends: what it runs, and its exit code. Those that say 'ready' are terminated then.
const endings: ReadonlyArray<readonly [title: string, source: string, code: number]> = [
  ['at its natural end', `suspend(); sleep(1);`, 0],
  ['with exitCode', `suspend(); process.exitCode = 3; sleep(1);`, 3],
  ['by process.exit in a greenlet', `suspend(); spawnRaw(() => { sleep(1); process.exit(4); });`, 4],
  ['by process.exit in a greenlet of a greenlet', `inGreenlet(() => inGreenlet(() => process.exit(5)));`, 5],
  ['by process.exit in a promise callback', `Promise.resolve().then(() => { sleep(1); process.exit(6); });`, 6],
  ['by an uncaught error', `suspend(); spawnRaw(() => { sleep(1); throw new Error('boom'); });`, 1],
  ['terminated with greenlets suspended', `suspend(); setInterval(() => {}, 1000); ready();`, 1],
  ['terminated while its main module sleeps', `suspend(); ready(); sleep(1e6);`, 1],
  ['terminated while it switches endlessly', `const other = loop(); ready(); for (;;) other.switch();`, 1],
  ['terminated while it starts greenlets endlessly', `ready(); for (;;) inGreenlet(() => 1);`, 1],
  ['terminated while a greenlet spins', `inGreenlet(() => { try { ready(); for (;;); } finally { for (;;); } });`, 1],
  [
    'terminated while greenlets give way endlessly',
    `for (let i = 0; i < 5; i++) spawnRaw(() => { for (;;) sleep(0); }); ready();`,
    1,
  ],
  [
    'terminated while an async function blocks endlessly',
    `ready(); (async () => { for (;;) { await null; sleep(0); } })();`,
    1,
  ],
  ['terminated while microtasks run endlessly', `(async () => { sleep(1); ready(); for (;;) await null; })();`, 1],
  ['terminated while execSync waits', `suspend(); ready(); require('node:child_process').execSync('cat');`, 1],
  [
    'terminated while it waits for a promise',
    `suspend(); ready(); setInterval(() => {}, 1000); wait(new Promise(() => {}));`,
    1,
  ],
];

/** Declares what the endings use, and `runWorker(source)`, which resolves with the exit code. */
const prelude = `
  const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
  const unblock = isMainThread && globalThis.withoutPackage ? {} : require('unblock');
  const { getCurrent, getMain, RawGreenlet, sleep, spawnRaw, wait } = unblock;
  const ready = () => parentPort.postMessage('ready');
  const inGreenlet = (run) => new RawGreenlet(run).switch();
  const deep = (levels) => (levels === 0 ? getCurrent().parent.switch() : deep(levels - 1) + 1);
  const suspend = () => {
    globalThis.suspended = Array.from({ length: 20 }, () => new RawGreenlet(() => deep(1000)));
    for (const greenlet of suspended) greenlet.switch();
  };
  const loop = () => new RawGreenlet(() => { for (;;) getCurrent().parent.switch(); });
  const runWorker = (source) => new Promise((resolve) => {
    const worker = new Worker(__filename, { workerData: source });
    worker.on('message', () => worker.terminate());
    worker.on('error', (error) => console.log('error', error.message));
    worker.on('exit', resolve);
  });
  if (!isMainThread) eval(workerData);
`;

/** A program whose main thread goes on with `source`. */
function programOf(source: string, setUp = ''): string {
  return `${setUp}${prelude} else (async () => { ${source} })();`;
}

describe('worker threads', () => {
  it('end with the right code, however they end', async () => {
    const result = await spawnSource(
      programOf(`
        const endings = ${JSON.stringify(endings)};
        for (const [title, source] of endings) console.log(title, await runWorker(source));
        sleep(1);
        console.log('main goes on');`),
      { loader: true },
    );
    const lines = endings.flatMap(([title, , code]) => [
      ...(title.includes('error') ? ['error boom'] : []),
      `${title} ${code}`,
    ]);
    expect(result).to.deep.equal({
      code: 0,
      signal: null,
      stderr: '',
      stdout: [...lines, 'main goes on', ''].join('\n'),
    });
  });

  it('have greenlets, stores and patches of their own, several at once and beside those of the main thread', async () => {
    const job = `
      const { AsyncLocalStorage } = require('node:async_hooks');
      const { readFileSync } = require('node:fs');
      const storage = new AsyncLocalStorage();
      let left = 50;
      let wrong = 0;
      const body = (own) => {
        const main = getMain();
        for (let turn = 0; turn < 5; turn++) {
          sleep(turn % 2);
          if (readFileSync(__filename).length === 0 || getMain() !== main) wrong++;
          if (storage.getStore() !== own || inGreenlet(() => storage.getStore()) !== own) wrong++;
        }
        if (--left === 0) console.log(isMainThread ? 'main' : 'worker', wrong);
      };
      setImmediate(() => { for (let i = 0; i < 50; i++) storage.run(i, () => spawnRaw(body, i)); });`;
    const result = await spawnSource(
      programOf(`
        const exits = Array.from({ length: 4 }, () => runWorker(${JSON.stringify(job)}));
        ${job}
        console.log('exits', (await Promise.all(exits)).join());`),
      { loader: true },
    );
    expect(result).to.deep.include({ code: 0, stderr: '' });
    expect(result.stdout.trim().split('\n').sort()).to.deep.equal([
      ...['exits 0,0,0,0', 'main 0'],
      ...['worker 0', 'worker 0', 'worker 0', 'worker 0'],
    ]);
  });

  it('may be terminated at any moment of their start', async () => {
    const source = `
      const { isMainThread, Worker } = require('node:worker_threads');
      async function main() {
        for (let turn = 0; turn < 100; turn++) {
          const worker = new Worker(__filename);
          worker.on('error', (error) => console.log('error', error.message));
          await new Promise((resolve) => setTimeout(resolve, (turn * 7) % 50));
          await worker.terminate();
        }
        console.log('done');
      }
      if (isMainThread) main();`;
    const quietly = { code: 0, signal: null, stdout: 'done\n', stderr: '' };
    expect(await spawnSource(source, { loader: true })).to.deep.equal(quietly);
  });

  it('may be terminated in the midst of everything', async () => {
    const source = `
      const { isMainThread, Worker, parentPort } = require('node:worker_threads');
      async function main() {
        for (let turn = 0; turn < 40; turn++) {
          const worker = new Worker(__filename);
          worker.on('error', (error) => console.log('error', error.message));
          await new Promise((resolve) => worker.once('message', resolve));
          await new Promise((resolve) => setTimeout(resolve, (turn * 13) % 100));
          await worker.terminate();
        }
        console.log('done');
      }
      function work() {
        const { Queue, sleep, spawn, wait, withTimeout } = require('unblock');
        const { execSync } = require('node:child_process');
        const { createServer } = require('node:http');
        const forEver = (run) => spawn(() => { for (;;) run(); });
        const server = createServer((request, response) => {
          sleep(1);
          response.end(require('node:fs').readFileSync(__filename));
        });
        server.listen(0, () => forEver(() => fetchSync('http://127.0.0.1:' + server.address().port).textSync()));
        const queue = new Queue(3);
        for (let i = 0; i < 5; i++) forEver(() => queue.get());
        forEver(() => { queue.put(1); sleep(1); });
        forEver(() => execSync('true'));
        forEver(() => { const greenlet = spawn(sleep, 1000); sleep(2); greenlet.kill(); });
        forEver(() => withTimeout({ milliseconds: 3, timeoutValue: 0 }, sleep.bind(null, 100)));
        forEver(() => wait((async () => { await 0; sleep(1); })()));
        setInterval(() => parentPort.postMessage('at work'), 3);
      }
      if (isMainThread) main();
      else work();`;
    const quietly = { code: 0, signal: null, stdout: 'done\n', stderr: '' };
    expect(await spawnSource(source, { loader: true })).to.deep.equal(quietly);
  });

  it('may be the only ones that use the package', async () => {
    const result = await spawnSource(
      programOf(
        `
        console.log(await runWorker('suspend(); console.log(inGreenlet(() => 42));'));
        console.log(await runWorker('process.exit(inGreenlet(() => 7));'));`,
        'globalThis.withoutPackage = true;',
      ),
    );
    expect(result).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: '42\n0\n7\n' });
  });

  it('made from source text have the package beside the main thread, whether that has the loader or not', async () => {
    const program = programOf(`
      const source = 'const { RawGreenlet } = require(workerData); console.log(new RawGreenlet(() => 42).switch());';
      const worker = new Worker("const { workerData } = require('node:worker_threads');" + source, {
        eval: true,
        workerData: ${JSON.stringify(indexPath)},
      });
      worker.on('exit', (code) => console.log(code, inGreenlet(() => 43)));`);
    for (const loader of [false, true]) {
      const result = await spawnSource(program, { loader, ...withPlainWorkers });
      expect(result).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: '42\n0 43\n' });
    }
  });

  it('give back stacks, descriptors and memory: 50 in sequence, each with 20 suspended greenlets', async () => {
    const result = await spawnSource(
      programOf(`
        const fs = require('node:fs');
        const measure = () => {
          gc();
          const mappings = fs.readFileSync('/proc/self/maps', 'latin1').split('\\n').length;
          const megabytes = process.memoryUsage().rss / 2 ** 20;
          return [mappings, fs.readdirSync('/proc/self/fd').length, megabytes];
        };
        let first;
        for (let i = 1; i <= 50; i++) {
          await runWorker('suspend();');
          if (i === 10) first = measure();
        }
        console.log(JSON.stringify(measure().map((value, i) => value - first[i])));`),
      { flags: ['--expose-gc'] },
    );
    expect(result).to.deep.include({ code: 0, stderr: '' });
    const [mappings, descriptors, megabytes] = JSON.parse(result.stdout) as number[];
    // One stack lost per worker would be 80 mappings and 40 times its touched pages.
    expect(mappings).to.be.below(60);
    expect(descriptors).to.be.below(10);
    expect(megabytes).to.be.below(60);
  }).timeout(60_000);
});

describe('a second copy of the package', () => {
  let secondRoot: string;

  before(() => {
    secondRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-second-'));
    for (const part of ['dist/src', 'prebuilds', 'loader.mjs', 'package.json']) {
      fs.cpSync(path.join(repoRoot, part), path.join(secondRoot, part), { recursive: true });
    }
  });

  after(() => fs.rmSync(secondRoot, { recursive: true }));

  it('is refused in one thread, every time, and the first goes on', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `const { sleep } = require('unblock');
      const second = ${JSON.stringify(secondRoot)};
      for (let i = 0; i < 2; i++) {
        try { require(second + '/dist/src/index.js'); } catch (error) { console.log(error.name, error.code, error.message.includes(second)); }
      }
      sleep(1);
      console.log('first goes on');`,
      { loader: true },
    );
    const refusal = 'LoadedTwiceError ERR_UNBLOCK_LOADED_TWICE true\n';
    expect({ code, stdout, stderr }).to.deep.equal({
      ...{ code: 0, stderr: '' },
      stdout: `${refusal}${refusal}first goes on\n`,
    });
  });

  it('as a second loader on the command line ends the process with that error', async () => {
    const second = pathToFileURL(path.join(secondRoot, 'loader.mjs')).href;
    const { code, stdout, stderr } = await spawnSource(`console.log('not reached');`, {
      ...{ loader: true, flags: ['--import', second] },
    });
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.match(/^LoadedTwiceError: .*\n[^]*code: 'ERR_UNBLOCK_LOADED_TWICE'/m);
  });

  it('may serve another thread', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `const { sleep } = require('unblock');
      const { Worker } = require('node:worker_threads');
      const source = \`
        const { RawGreenlet } = require(\${JSON.stringify(${JSON.stringify(secondRoot)} + '/dist/src/index.js')});
        console.log(new RawGreenlet(() => 42).switch());\`;
      const worker = new Worker(source, { eval: true, execArgv: [] });
      worker.on('exit', (code) => { sleep(1); console.log('exit', code); });`,
      { loader: true, ...withPlainWorkers },
    );
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '42\nexit 0\n', stderr: '' });
  });

  it('is something else than the same loader again, which changes nothing', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `const { sleep } = require('unblock');
      const { readFileSync } = require('node:fs');
      import(${JSON.stringify(loaderUrl)} + '#again').then(() => {
        sleep(1);
        console.log(require('node:fs').readFileSync === readFileSync, readFileSync(__filename).length > 0);
      });`,
      { loader: true, flags: ['--import', loaderUrl] },
    );
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'true true\n', stderr: '' });
  });
});
