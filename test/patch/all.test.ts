import { expect } from 'chai';

import { loaderUrl, spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

/** Runs a program that prints one line of JSON, and returns what it has printed. */
async function printed(program: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await spawnSource(program, options);
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const prelude = `
  const patch = require('unblock/patch');
  const plain = { readFileSync: require('node:fs').readFileSync, pbkdf2Sync: require('node:crypto').pbkdf2Sync };
  const print = (value) => console.log(JSON.stringify(value));`;

describe('patchAll', () => {
  it('patches what it was not told to leave, and later only what is new', async () => {
    const program = `${prelude}
      const first = patch.patchAll({ crypto: false });
      const halfway = [patch.isModulePatched('crypto'), patch.isModulePatched('node:fs')];
      const events = [];
      patch.subscribers.push((event) => events.push(event.module ?? event.type));
      process.on('warning', ({ code }) => print([first, halfway, second, third, seen, code]));
      const second = patch.patchAll();
      const seen = [...events];
      const third = patch.patchAll();`;
    const events = ['will-patch-all', 'crypto', 'crypto', 'did-patch-builtins', 'did-patch-all'];
    const { stdout } = await spawnSource(program);
    expect(JSON.parse(stdout)).to.deep.equal([true, [false, true], true, null, events, 'UNBLOCK_PATCHED_AGAIN']);
  });

  it('leaves nothing behind if a subscriber vetoes all, and one module if it vetoes that', async () => {
    const program = `${prelude}
      let vetoed = 'will-patch-all';
      patch.subscribers.push(({ type, module }) => { if (vetoed === (module ?? type)) throw new patch.DoNotPatch(); });
      const first = patch.patchAll();
      const nothing = [...patch.saved.keys()];
      vetoed = 'crypto';
      const second = patch.patchAll();
      vetoed = 'none';
      const between = patch.isModulePatched('crypto');
      print([first, nothing, second, between, patch.patchAll(), patch.isModulePatched('crypto')]);`;
    expect(await printed(program)).to.deep.equal([false, [], true, false, true, true]);
  });

  it('leaves single names that a subscriber takes out', async () => {
    const program = `${prelude}
      patch.subscribers.push(({ type, items }) => { if (type === 'will-patch-module') items.delete('execSync'); });
      patch.patchAll();
      print(['execSync', 'spawnSync'].map((name) => patch.isObjectPatched('child_process', name)));`;
    expect(await printed(program)).to.deep.equal([false, true]);
  });

  it('lets an error of a subscriber out', async () => {
    const program = `${prelude}
      patch.subscribers.push(() => { throw new RangeError('mine'); });
      try { patch.patchAll(); } catch (error) { print([error.message, [...patch.saved.keys()]]); }`;
    expect(await printed(program)).to.deep.equal(['mine', []]);
  });

  it('refuses a module that there is no table for, with those that there are', async () => {
    const program = `${prelude}
      try { patch.patchAll({ sf: true }); } catch ({ name, code, message }) { print({ name, code, message }); }`;
    expect(await printed(program)).to.deep.include({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  });

  it('warns of modules that were loaded before, and of none when it comes first', async () => {
    const early = `require('express'); require('unblock/patch').patchAll();`;
    const { code, stderr } = await spawnSource(early, { env: { NODE_PATH: `${process.cwd()}/node_modules` } });
    expect(code).to.equal(0);
    expect(stderr).to.match(/\[UNBLOCK_LATE_PATCH\] UnblockPatchWarning: \d+ modules were loaded before/);
    expect((await spawnSource(`require('unblock/patch').patchAll();`)).stderr).to.equal('');
  });

  it('warns of ES modules as well, of those that have been evaluated by then', async () => {
    const files = {
      'early.mjs': '',
      'patch.mjs': `import { patchAll } from 'unblock/patch'; patchAll();`,
      'late.mjs': '',
    };
    const program = `import './early.mjs'; import './patch.mjs'; import './late.mjs';`;
    const { code, stderr } = await spawnSource(program, { as: 'mjs', files });
    expect(code).to.equal(0);
    expect(stderr).to.match(/\[UNBLOCK_LATE_PATCH\] UnblockPatchWarning: A module was .*\([^ ]*early\.mjs\)/);
    const preloaded = await spawnSource('', {
      as: 'mjs',
      files,
      flags: ['--import', './early.mjs', '--import', loaderUrl],
    });
    expect(preloaded.stderr).to.match(/UnblockPatchWarning: A module was .*\([^ ]*early\.mjs\)/);
    const first = await spawnSource('', {
      as: 'mjs',
      files,
      flags: ['--import', loaderUrl, '--import', './early.mjs'],
    });
    expect(first.stderr).to.equal('');
  });

  const frozen = { crypto: 'crypto.checkPrimeSync', fs: 'fs.readFileSync' };
  for (const [module, name] of Object.entries(frozen)) {
    it(`says that what is frozen cannot be changed, and goes on: ${module}`, async () => {
      const program = `Object.freeze(require('node:${module}')); require('unblock/patch').patchAll(); console.log('runs');`;
      const { code, stderr, stdout } = await spawnSource(program);
      expect({ code, stdout }, stderr).to.deep.equal({ code: 0, stdout: 'runs\n' });
      expect(stderr).to.contain(`[UNBLOCK_CANNOT_PATCH] UnblockPatchWarning: ${name} cannot be changed`);
    });
  }
});

describe('UNBLOCK_PATCH and the query of the loader', () => {
  const patchedModules = `
    const { isModulePatched, patchable } = require('unblock/patch');
    console.log(JSON.stringify(patchable.filter(isModulePatched)));`;

  it('name the modules to patch, or those to leave', async () => {
    const run = (list: string): Promise<unknown> =>
      printed(patchedModules, { loader: true, env: { UNBLOCK_PATCH: list } });
    expect(await run('fs, node:crypto')).to.deep.equal(['fs', 'crypto']);
    expect(await run('-fs')).to.not.include('fs');
    expect(await run('-fs')).to.include('crypto');
    const flags = ['--import', 'unblock/loader?fs=off'];
    expect(await printed(patchedModules, { flags })).to.not.include('fs');
    const both = { flags: ['--import', 'unblock/loader?crypto=on'], env: { UNBLOCK_PATCH: 'fs' } };
    expect(await printed(patchedModules, both)).to.deep.equal(['fs', 'crypto']);
  });

  it('are refused before the program starts if there is no such module, or value', async () => {
    const program = `console.log('started');`;
    for (const options of [
      { loader: true, env: { UNBLOCK_PATCH: 'fs,nett' } },
      { flags: ['--import', 'unblock/loader?nett=off'] },
      { flags: ['--import', 'unblock/loader?fs=perhaps'] },
      { loader: true, env: { UNBLOCK_DEBUG: 'patches' } },
    ]) {
      const { code, stdout, stderr } = await spawnSource(program, options);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/ERR_UNBLOCK_CONFIG/);
    }
  });

  it('can be seen at work with UNBLOCK_DEBUG=patch', async () => {
    const program = `require('node:child_process')`;
    const { stderr } = await spawnSource(program, { loader: true, env: { UNBLOCK_DEBUG: 'patch' } });
    expect(stderr).to.match(/^unblock: child_process: .*\bexecSync\b/m);
  });
});

describe('getOriginal, isModulePatched and isObjectPatched', () => {
  it('tell what is patched, with and without node:, and what was there before', async () => {
    const program = `${prelude}
      patch.patchAll();
      const { getOriginal, isModulePatched, isObjectPatched } = patch;
      print([
        getOriginal('crypto', 'pbkdf2Sync') === plain.pbkdf2Sync,
        getOriginal('node:crypto', ['pbkdf2Sync', 'hkdfSync'])[0] === plain.pbkdf2Sync,
        getOriginal(['os', 'crypto'], 'pbkdf2Sync') === plain.pbkdf2Sync,
        getOriginal('os', 'cpus') === require('os').cpus,
        getOriginal('os', 'nothing') === undefined,
        isModulePatched('node:crypto'), isModulePatched('os'),
        isObjectPatched('crypto', 'pbkdf2Sync'), isObjectPatched('crypto', 'randomUUID'),
      ]);`;
    expect(await printed(program)).to.deep.equal([true, true, true, true, true, true, false, true, false]);
  });
});

describe('a patched function', () => {
  it('looks like the original: name, length, descriptor, own properties, and in ES modules', async () => {
    const program = `
      import crypto, { pbkdf2Sync } from 'node:crypto';
      import patch from 'unblock/patch';
      const before = Object.getOwnPropertyDescriptor(crypto, 'pbkdf2Sync');
      patch.patchAll();
      const { value, ...after } = Object.getOwnPropertyDescriptor(crypto, 'pbkdf2Sync');
      const { value: original, ...as } = before;
      console.log(JSON.stringify([
        value !== original, pbkdf2Sync === value, value.name === original.name, value.length === original.length,
        JSON.stringify(after) === JSON.stringify(as), Reflect.ownKeys(value).join() === Reflect.ownKeys(original).join(),
      ]));`;
    expect(await printed(program, { as: 'mjs' })).to.deep.equal([true, true, true, true, true, true]);
  });
});

describe('patchModule', () => {
  it('patches any object by a source of the program, and unpatch takes back what is still ours', async () => {
    const program = `${prelude}
      class Client { query() { return 'plain'; } close() { return 'plain'; } }
      const library = { Client };
      const wrap = (original) => function (...args) { return 'patched ' + original.apply(this, args); };
      const source = {
        module: 'library',
        implements: { 'Client.prototype.query': wrap, 'Client.prototype.close': wrap, 'Client.prototype.gone': wrap },
        extensions: { 'Client.prototype.querySync': () => 'added' },
      };
      const client = new Client();
      patch.patchModule(library, source);
      const patched = [client.query(), client.close(), client.querySync(), 'gone' in client];
      patch.patchModule(library, source);
      const twice = client.query();
      Client.prototype.close = () => 'theirs';
      patch.unpatch(['library']);
      print([patched, twice, client.query(), client.close(), client.querySync, patch.isModulePatched('library')]);`;
    expect(await printed(program)).to.deep.equal([
      ['patched plain', 'patched plain', 'added', false],
      'patched plain',
      'plain',
      'theirs',
      null,
      false,
    ]);
  });

  it('refuses what is no source', async () => {
    const program = `${prelude}
      const codes = [null, { implements: { readSync: 5 } }].map((source) => {
        try { patch.patchModule('fs', source); } catch ({ code }) { return code; }
      });
      print(codes);`;
    expect(await printed(program)).to.deep.equal(['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE']);
  });
});

describe('unpatch', () => {
  it('puts the originals back, for ES modules too, and patchAll patches again', async () => {
    const program = `${prelude}
      patch.patchAll();
      const ours = require('crypto').pbkdf2Sync;
      patch.unpatch(['node:crypto']);
      const [original, known] = [require('crypto').pbkdf2Sync, patch.isModulePatched('crypto')];
      patch.patchAll();
      print([ours !== plain.pbkdf2Sync, original === plain.pbkdf2Sync, known, patch.isModulePatched('crypto')]);`;
    const { stdout } = await spawnSource(program);
    expect(JSON.parse(stdout)).to.deep.equal([true, true, false, true]);
  });
});
