import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';
import { indexPath, loaderUrl, spawnScript, type SpawnScriptOptions, spawnSource } from '../support/spawn-script';

// Blocks until everything else that a program can have under way has gone on, or for ever.
const blockFor = (name: string): string => `
  {
    const seen = [];
    setTimeout(() => seen.push('timer'), 1);
    setImmediate(() => seen.push('immediate'));
    process.nextTick(() => seen.push('tick'));
    Promise.resolve().then(() => seen.push('promise'));
    queueMicrotask(() => seen.push('microtask'));
    (async () => { for (let i = 0; i < 3; i++) await null; seen.push('async function'); })();
    process.getBuiltinModule('node:fs').stat('.', () => seen.push('file'));
    while (seen.length < 7) sleep(1);
    console.log(${JSON.stringify(name)}, seen.sort().join(', '));
  }`;
const wentOn = (name: string): string => `${name} async function, file, immediate, microtask, promise, tick, timer`;
// Not on the earliest releases of Node 20.
const getBuiltinModule = `process.getBuiltinModule ??= require;`;

// Each blocks in a callback, and then calls `next`.
const places: Readonly<Record<string, (block: string) => string>> = {
  'a promise callback': (block) => `Promise.resolve().then(() => { ${block} next(); });`,
  'a rejection callback': (block) => `Promise.reject(new Error()).catch(() => { ${block} next(); });`,
  'a finally callback': (block) => `Promise.resolve().finally(() => { ${block} next(); });`,
  'an async function after await': (block) => `(async () => { await null; ${block} await null; next(); })();`,
  'an async function before await': (block) => `(async () => { ${block} await null; next(); })();`,
  'a for await loop': (block) => `(async () => { for await (const turn of [1, 2]) { ${block} } next(); })();`,
  'an async generator': (block) =>
    `(async () => { for await (const turn of (async function* () { ${block} yield 1; })()); next(); })();`,
  'a thenable': (block) => `Promise.resolve({ then(resolve) { ${block} resolve(); } }).then(() => next());`,
  'a promise executor': (block) => `new Promise((resolve) => { ${block} resolve(); }).then(() => next());`,
  'a microtask': (block) => `queueMicrotask(() => { ${block} next(); });`,
  'a tick': (block) => `process.nextTick(() => { ${block} next(); });`,
  'a promise callback of a tick of a timer': (block) =>
    `setTimeout(() => process.nextTick(() => Promise.resolve().then(() => { ${block} next(); })), 1);`,
};

interface Mode extends SpawnScriptOptions {
  title: string;
  as: 'cjs' | 'mjs';
}

const modes: readonly Mode[] = [
  { title: 'a CommonJS main', as: 'cjs' },
  { title: 'an ES module', as: 'mjs' },
  {
    title: 'a CommonJS main under NODE_OPTIONS',
    as: 'cjs',
    loader: false,
    env: { NODE_OPTIONS: `--import=${loaderUrl}` },
  },
];

const requireIn = (as: 'cjs' | 'mjs'): string =>
  as === 'cjs'
    ? ''
    : `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(indexPath)});`;
const topLevel = (as: 'cjs' | 'mjs'): string => `
  ${requireIn(as)}
  const { sleep, wait } = require(${JSON.stringify(indexPath)});
  ${getBuiltinModule}
  ${blockFor('main')}
  ${as === 'mjs' ? `await null; ${blockFor('after await')} await new Promise(setImmediate); ${blockFor('after more')}` : ''}
  console.log(wait(new Promise((resolve) => setTimeout(resolve, 1, 'waited'))));`;

function expectedOf(as: 'cjs' | 'mjs'): string {
  const steps = as === 'mjs' ? ['main', 'after await', 'after more'] : ['main'];
  return [...steps.map(wentOn), 'waited', ''].join('\n');
}

describe('while something blocks, promises, ticks, timers and files go on', () => {
  it('when it is a callback', async () => {
    const steps = Object.entries(places).map(([place, source]) => `() => { ${source(blockFor(place))} }`);
    const result = await spawnSource(
      `const { sleep } = require('unblock');
      ${getBuiltinModule}
      const steps = [${steps.join(',\n')}];
      const next = () => steps.shift()?.();
      next();`,
      { loader: true },
    );
    const lines = Object.keys(places).flatMap((place) =>
      Array.from({ length: place.includes('loop') ? 2 : 1 }, () => wentOn(place)),
    );
    expect(result).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: [...lines, ''].join('\n') });
  });

  for (const { title, as, ...options } of modes) {
    it(`when it is the top level of ${title}`, async () => {
      const result = await spawnSource(topLevel(as), { loader: true, as, ...options });
      expect(result).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: expectedOf(as) });
    });
  }

  for (const as of ['cjs', 'mjs'] as const) {
    const type = as === 'mjs' ? ['--input-type=module'] : [];
    for (const [title, flags, stdin] of [
      ['source of -e', ['-e', topLevel(as)], ''],
      ['source on the standard input', ['--import', loaderUrl, '-'], topLevel(as)],
    ] as const) {
      it(`when it is the top level of ${as === 'cjs' ? 'CommonJS' : 'module'} ${title}`, async () => {
        // Node does not read the file: it is an argument of the source.
        const result = await spawnScript(indexPath, { flags: [...type, ...flags], stdin, loader: flags[0] === '-e' });
        expect(result).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: expectedOf(as) });
      });
    }
  }
});

describe('a promise callback that has blocked', () => {
  it('goes on as if it had not: its promise, its awaits and its callers', async () => {
    const { plain, loaded } = await runBothWays(`
      const fs = require('node:fs');
      const read = () => fs.readFileSync(__filename, 'utf8').length > 0;
      const nested = async (levels) => { sleep(levels % 2); if (levels > 0) await nested(levels - 1); sleep(1); return levels; };
      (async () => {
        console.log(await Promise.resolve(1).then((value) => { sleep(1); return value + 1; }).then((value) => { sleep(1); return value * 10; }));
        console.log(await (async () => { sleep(1); throw new Error('rejected'); })().catch((error) => { sleep(1); return error.message; }));
        console.log(await nested(5));
        console.log((await Promise.all([3, 1, 2].map(async (ms) => { sleep(ms); await null; return read() && ms; }))).join());
        const steps = (async function* () { for (let i = 0; i < 3; i++) { sleep(1); yield i; } })();
        for await (const step of steps) { sleep(1); console.log('step', step); }
        console.log(JSON.stringify(await Promise.allSettled([Promise.reject(4).finally(() => sleep(1)), 5])));
        const many = await Promise.all(Array.from({ length: 300 }, async (_, i) => { await null; sleep(i % 3); return read() ? i : -1; }));
        console.log(many.every((value, i) => value === i));
      })();`);
    expect(plain.stdout.split('\n')).to.have.length(10);
    expect(loaded).to.deep.equal(plain);
  });

  it('can wait for what a later callback of the same queue does', async () => {
    const { stdout, stderr } = await spawnSource(
      `const { wait } = require('unblock');
      let open;
      const gate = new Promise((resolve) => { open = resolve; });
      Promise.resolve().then(() => { console.log('first'); console.log(wait(gate)); });
      Promise.resolve().then(() => { console.log('second'); console.log(wait(Promise.resolve('third'))); open('fourth'); });`,
      { loader: true },
    );
    expect(stdout + stderr).to.equal('first\nsecond\nthird\nfourth\n');
  });

  it('has handled in time a rejection that it handles once it goes on', async () => {
    const { plain, loaded } = await runBothWays(`
      const fs = require('node:fs');
      (async () => {
        const rejected = Promise.reject(new Error('before'));
        fs.readFileSync(__filename);
        await rejected.catch((error) => console.log(error.message));
        const rejecting = fs.promises.readFile('/nonexistent');
        require('node:child_process').execSync('true');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        await rejecting.catch((error) => console.log(error.code));
      })();`);
    expect(plain).to.deep.equal({ code: 0, signal: null, stdout: 'before\nENOENT\n', stderr: '' });
    expect(loaded).to.deep.equal(plain);
  });
});
