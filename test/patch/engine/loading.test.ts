import { expect } from 'chai';

import { spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

const hasHooks = Number(process.versions.node.split('.')[0]) >= 22;

// Whether others run while a patched call is under way.
const prelude = `
  const { execSync } = require('node:child_process');
  const Module = require('node:module');
  const path = require('node:path');
  globalThis.others = () => {
    let ran = false;
    process.nextTick(() => { ran = true; });
    execSync('true');
    return ran ? 'others ran' : 'nothing ran';
  };
  globalThis.results = {};
  process.on('exit', () => console.log(JSON.stringify(results)));`;

const files = {
  'code.cjs': `results.code = others();`,
  'code.mjs': `results.esCode = others();`,
  'a.listed': `exports.value = 1;`,
};

async function resultsOf(source: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await spawnSource(prelude + source, { loader: true, files, ...options });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('loading a module', () => {
  it('is no switch, but its code may be one, also in the midst of loading', async () => {
    const results = await resultsOf(`
      Module._extensions['.listed'] = (module, filename) => {
        results.reading = others();
        require('./code.cjs');
        require('./code.mjs');
        results.goesOn = others();
        module._compile('results.itself = others();', filename);
      };
      require('./a.listed');
      results.after = others();`);
    expect(results).to.deep.equal({
      ...{ reading: 'nothing ran', goesOn: 'nothing ran' },
      ...{ code: 'others ran', esCode: 'others ran', itself: 'others ran', after: 'others ran' },
    });
  });

  it('is no switch while modules are looked for, however long that takes', async () => {
    const results = await resultsOf(`
      let turns = 0;
      let ticking;
      const tick = () => { turns++; ticking = setImmediate(tick); };
      tick();
      const before = turns;
      for (let i = 0; i < 2000; i++) {
        try { require('./missing/' + i); } catch {}
      }
      results.turns = turns - before;
      clearImmediate(ticking);`);
    expect(results).to.deep.equal({ turns: 0 });
  });

  it('is no switch when it fails, and leaves nothing behind', async () => {
    const results = await resultsOf(
      `
      for (const request of ['./missing.cjs', './broken.cjs', './broken.mjs', './broken.json']) {
        try { require(request); } catch (error) { results[request] = others(); }
      }`,
      { files: { 'broken.cjs': 'throw new Error()', 'broken.mjs': 'throw new Error()', 'broken.json': '{' } },
    );
    const expected = ['./missing.cjs', './broken.cjs', './broken.mjs', './broken.json'].map((r) => [r, 'others ran']);
    expect(results).to.deep.equal(Object.fromEntries(expected));
  });

  if (hasHooks) {
    it('is no switch in the hooks of a program', async () => {
      const results = await resultsOf(`
        const seen = (name) => { results[name] = others(); };
        const hooks = Module.registerHooks({
          resolve(specifier, context, next) { seen('resolve ' + path.basename(specifier)); return next(specifier, context); },
          load(url, context, next) { seen('load ' + path.basename(url)); return next(url, context); },
        });
        require('./code.cjs');
        import('./code.mjs').then(() => hooks.deregister());
        for (const wrong of [null, { resolve: 1 }, { load: 1 }]) {
          try { Module.registerHooks(wrong); } catch (error) { results[JSON.stringify(wrong)] = error.code ?? error.name; }
        }`);
      const names = ['resolve code.cjs', 'load code.cjs', 'resolve code.mjs', 'load code.mjs'];
      expect(results).to.deep.equal({
        ...Object.fromEntries(names.map((name) => [name, 'nothing ran'])),
        ...{ code: 'others ran', esCode: 'others ran' },
        ...{ null: 'TypeError', '{"resolve":1}': 'ERR_INVALID_ARG_TYPE', '{"load":1}': 'ERR_INVALID_ARG_TYPE' },
      });
    });
  }

  it('does not lift what holds a greenlet elsewhere', async () => {
    const results = await resultsOf(`
      Error.prepareStackTrace = () => { require('./code.cjs'); require('./code.mjs'); return ''; };
      new Error().stack;
      Error.prepareStackTrace = undefined;`);
    expect(results).to.deep.equal({ code: 'nothing ran', esCode: 'nothing ran' });
  });
});
