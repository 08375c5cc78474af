import { expect } from 'chai';

import { runBothWays } from '../../support/both-ways';
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

// A module that is loaded waits at the gate, half-initialised.
const files = {
  'slow.cjs': `exports.early = 1; log.push('slow begins'); gate.wait(); exports.late = 2;`,
  'uses-slow.cjs': `exports.late = require('./slow.cjs').late;`,
  'uses-slow.mjs': `import slow from './slow.cjs'; export const { late } = slow;`,
  'left.cjs': `exports.early = 'left'; gate.wait(); exports.seen = { ...require('./right.cjs') }; exports.late = 1;`,
  'right.cjs': `exports.early = 'right'; gate.wait(); exports.seen = { ...require('./left.cjs') }; exports.late = 1;`,
  'fails.cjs': `
    exports.early = 1;
    globalThis.attempts = (globalThis.attempts ?? 0) + 1;
    if (attempts === 1) { gate.wait(); throw new Error('first attempt'); }
    exports.late = 2;`,
  'itself.cjs': `exports.early = 1; exports.partial = { ...require('./uses-itself.cjs') }; exports.late = 2;`,
  'uses-itself.cjs': `exports.seen = Object.keys(require('./itself.cjs'));`,
};

const prelude = `
  const { Event, getCurrent, idle, joinAll, RawGreenlet, sleep, spawn, Timeout, wait } = require('unblock');
  globalThis.gate = new Event();
  globalThis.log = [];
  const results = {};
  const attempt = (run) => { try { return run(); } catch (error) { return error.code ?? error.message; } };
  const start = (name, run) => spawn(() => { results[name] = attempt(run); });
  const openGate = () => spawn(() => gate.set());
  process.on('exit', () => console.log(JSON.stringify(results)));`;

async function resultsOf(source: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr }: ScriptResult = await spawnSource(prelude + source, {
    ...{ loader: true, files, timeout: 15_000 },
    ...options,
  });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const requiredAtOnce = `
  const all = [
    start('first', () => require('./slow.cjs')),
    start('second', () => require('./slow.cjs')),
    start('through another', () => require('./uses-slow.cjs').late),
    start('by import()', () => wait(import('./slow.cjs')).late ?? wait(import('./slow.cjs')).default.late),
    start('by import', () => wait(import('./uses-slow.mjs')).late),
    start('by require and import', () => require('./uses-slow.mjs').late),
    openGate(),
  ];
  joinAll(all);
  results.log = log;`;

const completeEverywhere = {
  first: { early: 1, late: 2 },
  second: { early: 1, late: 2 },
  'through another': 2,
  'by import()': 2,
  'by import': 2,
  log: ['slow begins'],
};

describe('a CommonJS module that a greenlet is loading', () => {
  it('is seen complete by all others, however they ask for it', async () => {
    const results = (await resultsOf(requiredAtOnce)) as Record<string, unknown>;
    // As long as an import() of the same ES module has not linked it, Node refuses to require it.
    const refusals = ['ERR_REQUIRE_ESM_RACE_CONDITION', 'ERR_INTERNAL_ASSERTION'];
    expect(results['by require and import']).to.be.oneOf([2, ...refusals]);
    delete results['by require and import'];
    expect(results).to.deep.equal(completeEverywhere);
  });

  it('is seen complete by all others in a worker', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `new (require('node:worker_threads').Worker)(require.resolve('./inside.cjs'));`,
      { loader: true, files: { ...files, 'inside.cjs': prelude + requiredAtOnce } },
    );
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).to.deep.include(completeEverywhere);
  });

  it('is seen complete by who requires it while an ES module imports it', async () => {
    const results = await resultsOf(
      `
      joinAll([start('import', () => wait(import('./uses-slow.mjs')).late)], { timeout: 1 });
      start('require', () => require('./slow.cjs').late);
      start('another', () => require('./another.mjs').late);
      idle();
      gate.set();`,
      { files: { ...files, 'another.mjs': `export { default as slow, late } from './slow.cjs';` } },
    );
    expect(results).to.deep.equal({ import: 2, require: 2, another: 2 });
  });

  it('is seen half-initialised by itself, in a circle, as without greenlets', async () => {
    const { plain, loaded } = await runBothWays(`inGreenlet(() => console.log(require('./itself.cjs')));`, { files });
    expect(plain.stdout).to.contain(`seen: [ 'early' ]`);
    expect(loaded).to.deep.equal(plain);
  });

  it('is seen half-initialised by a greenlet that it has started and waits for', async () => {
    const results = await resultsOf(`start('module', () => require('./waits.cjs'));`, {
      files: {
        'waits.cjs': `
            const { RawGreenlet } = require('unblock');
            exports.early = 1;
            exports.seen = new RawGreenlet(() => Object.keys(require('./waits.cjs'))).switch();`,
      },
    });
    expect(results).to.deep.equal({ module: { early: 1, seen: ['early'] } });
  });

  it('is seen half-initialised where the wait would be for oneself, and nobody hangs', async () => {
    const results = await resultsOf(`
      start('left', () => require('./left.cjs'));
      start('right', () => require('./right.cjs'));
      openGate();`);
    expect(results).to.deep.equal({
      // The one that asks last sees what there is of the other, as in any circle; the other sees all of it.
      left: { early: 'left', seen: { early: 'right', seen: { early: 'left' }, late: 1 }, late: 1 },
      right: { early: 'right', seen: { early: 'left' }, late: 1 },
    });
  });

  it('is loaded anew by the next who wants it if it fails', async () => {
    const results = await resultsOf(`
      for (const name of ['first', 'second', 'third']) start(name, () => require('./fails.cjs'));
      openGate();`);
    const complete = { early: 1, late: 2 };
    expect(results).to.deep.equal({ first: 'first attempt', second: complete, third: complete });
  });

  it('is loaded anew by the next who wants it if its greenlet is killed', async () => {
    const results = await resultsOf(`
      const loading = start('first', () => require('./slow.cjs'));
      start('second', () => require('./slow.cjs'));
      spawn(() => { loading.kill(); gate.set(); });
      process.prependListener('exit', () => { results.log = log; });`);
    expect(results).to.deep.equal({
      ...{ first: 'ERR_UNBLOCK_GREENLET_EXIT', second: { early: 1, late: 2 } },
      log: ['slow begins', 'slow begins'],
    });
  });

  it('is loaded anew by the next who wants it if its greenlet is abandoned', async () => {
    const results = await resultsOf(
      `
      (() => { new RawGreenlet(() => require('./abandoned.cjs')).switch(); })();
      const timer = setInterval(() => gc(), 1);
      start('second', () => require('./abandoned.cjs'));
      start('third', () => { const all = require('./abandoned.cjs'); clearInterval(timer); return all; });`,
      {
        flags: ['--expose-gc'],
        files: {
          'abandoned.cjs': `
            exports.early = 1;
            globalThis.attempts = (globalThis.attempts ?? 0) + 1;
            if (attempts === 1) { const { getCurrent } = require('unblock'); getCurrent().parent.switch(); }
            exports.late = 2;`,
        },
      },
    );
    expect(results).to.deep.equal({ second: { early: 1, late: 2 }, third: { early: 1, late: 2 } });
  });

  it('leaves who waits for it to timeouts and kills', async () => {
    const results = await resultsOf(`
      start('first', () => require('./slow.cjs').late);
      start('late', () => { try { Timeout.startNew(1); require('./slow.cjs'); } finally { gate.set(); } });
      const killed = start('killed', () => require('./slow.cjs'));
      spawn(() => killed.kill(new Error('killed')));
      start('patient', () => require('./slow.cjs').late);`);
    expect(results).to.deep.equal({ first: 2, late: 'ERR_UNBLOCK_TIMEOUT', killed: 'killed', patient: 2 });
  });

  it('is not waited for if it is the main module, which may never end', async () => {
    const results = await resultsOf(
      `
      exports.early = 1;
      const got = start('required', () => require('./uses-main.cjs').seen);
      joinAll([got]);
      exports.late = 2;`,
      { files: { 'uses-main.cjs': `exports.seen = Object.keys(require('./script.cjs'));` } },
    );
    expect(results).to.deep.equal({ required: ['early'] });
  });

  it('is not waited for in an exit handler', async () => {
    const results = await resultsOf(`
      start('never', () => require('./slow.cjs'));
      process.prependListener('exit', () => { results.exit = require('./slow.cjs'); });
      spawn(() => process.exit(0));`);
    expect(results).to.deep.equal({ exit: { early: 1 } });
  });
});

describe('under the loader CommonJS modules', () => {
  const same = async (program: string, options: SpawnSourceOptions = {}): Promise<void> => {
    // With any --import the main module is loaded by another loader than without.
    const flags = ['--import', 'data:text/javascript,'];
    const { plain, loaded } = await runBothWays(program, { flags, ...options });
    expect(plain.stdout).not.to.equal('');
    expect(loaded).to.deep.equal(plain);
  };

  it('have the same cache, children, parents and paths', async () => {
    await same(
      `
      const path = require('path');
      const show = (label, module) => console.log(label, Object.keys(module), module.loaded, module.children.map((child) => path.basename(child.id)).filter((name) => name !== 'index.js'), module.paths.length);
      require('./a.cjs'); require('./b.cjs'); require('./data.json');
      show('script', module);
      for (const id of Object.keys(require.cache)) if (path.dirname(id) === __dirname) show(path.basename(id), require.cache[id]);
      console.log(require.main === module, path.basename(module.id), module.parent, require.cache[__filename] === module);
      console.log(Object.getOwnPropertyDescriptor(require.cache, require.resolve('./a.cjs')).writable);
      delete require.cache[require.resolve('./a.cjs')];
      require('./a.cjs');
      try { require('./broken.cjs'); } catch (error) { console.log(error.message, require.resolve('./broken.cjs') in require.cache); }
      try { require('./missing.cjs'); } catch (error) { console.log(error.code, error.message.split('\\n')[0].replace(__dirname, '')); }
      try { require(''); } catch (error) { console.log(error.code, error.message); }
      try { require(1); } catch (error) { console.log(error.code, error.message); }
      const { _load, _resolveFilename, prototype } = require('module');
      console.log(_load.length, _resolveFilename.length, prototype.load.length, prototype.require.length);
      `,
      {
        files: {
          'a.cjs': `console.log('a', module.parent === require.main, require.main.loaded); exports.b = require('./b.cjs');`,
          'b.cjs': `module.exports = class B {}; `,
          'data.json': '{ "a": 1 }',
          'broken.cjs': `require('./b.cjs'); throw new Error('broken');`,
        },
      },
    );
  });

  it('can be replaced and followed by those who replace functions of the loader', async () => {
    await same(
      `
      const Module = require('module');
      const { _load, _resolveFilename } = Module;
      const requests = [];
      Module._load = function (request, parent, isMain) {
        if (parent === module) requests.push(request);
        return request === 'mocked' ? { mocked: true } : _load.apply(this, arguments);
      };
      Module._resolveFilename = function (request, ...rest) {
        return _resolveFilename.call(this, request === 'alias' ? './b.cjs' : request, ...rest);
      };
      Module._extensions['.shout'] = (module, filename) => {
        module._compile(require('fs').readFileSync(filename, 'utf8').toUpperCase().replace('EXPORTS', 'exports'), filename);
      };
      const { require: required } = Module.prototype;
      Module.prototype.require = function (id) { return required.call(this, id === './c.cjs' ? './b.cjs' : id); };
      console.log(require('mocked'), require('alias'), require('./text.shout'), require('./c.cjs'), requests);
      `,
      { files: { 'b.cjs': `module.exports = 'b';`, 'text.shout': `exports.A = 'loud'` } },
    );
  });

  it('throw errors with the frames that they have', async () => {
    const { stdout } = await spawnSource(
      `
      const frames = (error) => error.stack.split('\\n').filter((line) => line.includes(__dirname)).map((line) => line.replace(/^.*[/\\\\](.*?)\\)?$/, '$1'));
      try { require('./outer.cjs'); } catch (error) { console.log(frames(error).join(' ')); console.log(error.stack.match(/commonjs-imports/g).length); }`,
      {
        loader: true,
        flags: ['--stack-trace-limit=100'],
        files: { 'outer.cjs': `require('./inner.cjs');`, 'inner.cjs': `throw new Error('inner');` },
      },
    );
    // Two of ours per module.
    expect(stdout).to.match(/^inner\.cjs:1:\d+ outer\.cjs:1:\d+ script\.cjs:3:\d+\n6\n$/);
  });
});
