import { expect } from 'chai';

import { runBothWays } from '../../support/both-ways';
import { spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';
import { graphFiles } from './module-graphs';

// A module that is evaluated waits at the gate, half-initialised.
const files = {
  'slow.mjs': `export const early = 1; log.push('slow begins'); begun.set(); gate.wait(); export const late = 2;`,
  'uses-slow.mjs': `import { late } from './slow.mjs'; export const seen = late;`,
  'uses-slow.cjs': `exports.seen = require('./slow.mjs').late;`,
  'left.mjs': `import './first.mjs'; import './second.mjs'; log.push('left');`,
  'right.mjs': `import './second.mjs'; import './first.mjs'; log.push('right');`,
  'first.mjs': `log.push('first begins'); gate.wait(); log.push('first ends');`,
  'second.mjs': `log.push('second begins'); gate.wait(); log.push('second ends');`,
  'fails.mjs': `gate.wait(); throw new Error('always');`,
  'data.json': `{ "answer": 42 }`,
};

const prelude = `
  const { Event, idle, joinAll, sleep, spawn, wait } = require('unblock');
  globalThis.gate = new Event();
  globalThis.begun = new Event();
  globalThis.log = [];
  const results = {};
  const attempt = (run) => { try { return run(); } catch (error) { return error.code ?? error.message; } };
  const start = (name, run) => spawn(() => { results[name] = attempt(run); });
  // When all others are waiting for something.
  const openGate = () => { idle(); gate.set(); };
  process.on('exit', () => console.log(JSON.stringify(results)));`;

async function resultsOf(source: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await spawnSource(prelude + source, {
    ...{ loader: true, files, timeout: 15_000 },
    ...options,
  });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const importedAtOnce = `
  start('first', () => wait(import('./slow.mjs')).late);
  start('second', () => wait(import('./slow.mjs')).late);
  start('by import', () => wait(import('./uses-slow.mjs')).seen);
  openGate();`;

describe('an ES module that a greenlet is evaluating', () => {
  it('is seen complete by all others that import it', async () => {
    expect(await resultsOf(`${importedAtOnce} results.log = log;`)).to.deep.equal({
      ...{ first: 2, second: 2, 'by import': 2, log: ['slow begins'] },
    });
  });

  it('is seen complete by all others that import it in a worker', async () => {
    const { code, stdout, stderr } = await spawnSource(
      `new (require('node:worker_threads').Worker)(require.resolve('./inside.cjs'));`,
      { loader: true, files: { ...files, 'inside.cjs': prelude + importedAtOnce } },
    );
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).to.deep.equal({ first: 2, second: 2, 'by import': 2 });
  });

  it('is seen complete by who comes while it is suspended', async () => {
    const results = await resultsOf(
      `
      start('first', () => wait(import('./slow.mjs')).late);
      begun.wait();
      start('import', () => wait(import('./slow.mjs')).late);
      start('through another', () => wait(import('./uses-slow.mjs')).seen);
      start('json', () => wait(import('./data.json', { with: { type: 'json' } })).default.answer);
      start('require', () => require('./slow.mjs').late);
      start('required by another', () => require('./uses-slow.cjs').seen);
      openGate();`,
      { flags: ['--no-warnings'] },
    );
    expect(results).to.deep.equal({
      ...{ first: 2, import: 2, 'through another': 2, json: 42 },
      ...{ require: 2, 'required by another': 2 },
    });
  });

  it('is seen complete by who comes while another requires it', async () => {
    const results = await resultsOf(`
        start('first', () => require('./slow.mjs').late);
        begun.wait();
        start('import', () => wait(import('./slow.mjs')).late);
        start('through another', () => wait(import('./uses-slow.mjs')).seen);
        start('require', () => require('./slow.mjs').late);
        openGate();`);
    expect(results).to.deep.equal({ first: 2, import: 2, 'through another': 2, require: 2 });
  });

  it('is a circle, as Node has it, where the wait would be for oneself', async () => {
    const requires = (other: string): string => `
        import { createRequire } from 'node:module';
        gate.wait();
        let seen;
        try { seen = { ...createRequire(import.meta.url)('./${other}.mjs') }; } catch (error) { seen = error.code; }
        export { seen };`;
    const results = await resultsOf(
      `
        start('left', () => ({ ...require('./left.mjs') }));
        start('right', () => ({ ...require('./right.mjs') }));
        openGate();`,
      { files: { 'left.mjs': requires('right'), 'right.mjs': requires('left') } },
    );
    const right = { seen: 'ERR_REQUIRE_CYCLE_MODULE' };
    expect(results).to.deep.equal({ left: { seen: right }, right });
  });

  it('throws its error into those who have required it, who can catch it', async () => {
    const results = await resultsOf(`
        start('first', () => require('./fails.mjs'));
        start('second', () => require('./fails.mjs'));
        openGate();
        start('third', () => require('./fails.mjs'));`);
    expect(results).to.deep.equal({ first: 'always', second: 'always', third: 'always' });
  });

  it('is not waited for by who needs only what it has imported', async () => {
    const results = await resultsOf(
      `
      start('forever', () => wait(import('./forever.mjs')));
      begun.wait();
      start('its import', () => wait(import('./quick.mjs')).quick);`,
      {
        files: {
          'forever.mjs': `import './quick.mjs'; begun.set(); gate.wait();`,
          'quick.mjs': `export const quick = 1;`,
        },
      },
    );
    // The other one has nobody who opens the gate.
    expect(results).to.deep.equal({ forever: 'ERR_UNBLOCK_LOOP_EXIT', 'its import': 1 });
  });

  it('is waited for by a graph that shares it in another order, one module at a time', async () => {
    const results = await resultsOf(`
      start('left', () => wait(import('./left.mjs')));
      start('right', () => wait(import('./right.mjs')));
      openGate();
      process.prependListener('exit', () => { results.log = log.sort(); });`);
    expect(results).to.deep.equal({
      ...{ left: {}, right: {} },
      log: ['first begins', 'first ends', 'left', 'right', 'second begins', 'second ends'],
    });
  });

  it('that was waiting for what it imports is seen complete by who comes while it runs at last', async () => {
    const results = await resultsOf(
      `
      start('first', () => wait(import('./runs-late.mjs')).late);
      begun.wait();
      start('another', () => wait(import('./another.mjs')).seen);
      openGate();`,
      {
        files: {
          'awaits.mjs': `await null; await new Promise((resolve) => setImmediate(resolve));`,
          'runs-late.mjs': `import './awaits.mjs'; begun.set(); gate.wait(); export const late = 2;`,
          'another.mjs': `import { late } from './runs-late.mjs'; export const seen = late;`,
        },
      },
    );
    expect(results).to.deep.equal({ first: 2, another: 2 });
  });

  it('is not suspended in a circle in which a module awaits, which the engine does not expect', async () => {
    const results = await resultsOf(
      `
      globalThis.block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      start('first', () => wait(import('./circle.mjs')).late);
      start('second', () => wait(import('./circle.mjs')).late);
      process.prependListener('exit', () => { results.log = log; });`,
      {
        files: {
          'circle.mjs': `import './awaits.mjs'; import './blocks.mjs'; export const late = 2;`,
          'awaits.mjs': `import './circle.mjs'; log.push('awaits'); await null; log.push('goes on');`,
          'blocks.mjs': `
            import './circle.mjs';
            import { sleep } from 'unblock';
            log.push(block());
            try { sleep(1); } catch (error) { log.push(error.message); }`,
        },
      },
    );
    const why = 'Impossible to block while a circle of modules with top-level await is evaluated';
    expect(results).to.deep.equal({ first: 2, second: 2, log: ['awaits', 'timed-out', why, 'goes on'] });
  });

  it('rejects the promises of all who import it if it fails', async () => {
    const results = await resultsOf(`
      start('first', () => wait(import('./fails.mjs')));
      start('second', () => wait(import('./fails.mjs')));
      openGate();`);
    expect(results).to.deep.equal({ first: 'always', second: 'always' });
  });

  it('is not waited for in an exit handler', async () => {
    const results = await resultsOf(`
      start('never', () => wait(import('./slow.mjs')));
      begun.wait();
      process.prependListener('exit', () => {
        import('./slow.mjs');
        results.exit = attempt(() => require('./slow.mjs'));
        results.through = attempt(() => require('./uses-slow.mjs'));
      });
      process.exit(0);`);
    const code = 'ERR_REQUIRE_CYCLE_MODULE';
    expect(results).to.deep.equal({ exit: code, through: code });
  });
});

describe('under the loader graphs of ES modules', () => {
  it('are evaluated in the order in which they are without it: with circles, CommonJS, errors and awaits', async () => {
    const count = 60;
    const program = `
      globalThis.log = (text) => console.log(text);
      for (let i = 0; i < ${count}; i++) {
        try { console.log(i, Object.keys(await import(\`./graph-\${i}/0.mjs\`))); } catch (error) { console.log(i, error.message); }
      }`;
    const { plain, loaded } = await runBothWays(program, { as: 'mjs', files: graphFiles(count) });
    expect(plain.stdout.split('\n')).to.have.lengthOf.above(count * 5);
    expect(loaded.stdout.split('\n')).to.deep.equal(plain.stdout.split('\n'));
    expect(loaded).to.deep.equal(plain);
  });

  it('are seen complete by many greenlets at once, that import and require any of their modules', async () => {
    const count = 40;
    const results = await resultsOf(
      `
      globalThis.log = (text) => log_.push(text);
      const log_ = [];
      globalThis.block = () => sleep(1);
      const found = new Set();
      const greenlets = [];
      for (let i = 0; i < ${count}; i++) {
        for (let j = 0; j < 6; j++) {
          const name = \`./graph-\${i}/\${j}.mjs\`;
          greenlets.push(spawn(() => { for (let turn = j * 7 % 5; turn > 0; turn--) sleep(0); found.add(attempt(() => wait(import(name)).value) === j || name); }));
        }
      }
      joinAll(greenlets);
      results.found = [...found];
      results.twice = log_.filter((line, i) => / begins/.test(line) && log_.indexOf(line) !== i);
      results.partial = log_.filter((line) => /undefined|early/.test(line));`,
      { files: graphFiles(count, { isPlain: true, call: 'block();' }) },
    );
    expect(results).to.deep.equal({ found: [true], twice: [], partial: [] });
  });
});
