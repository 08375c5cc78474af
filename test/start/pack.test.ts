import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { PackHeader } from '../../src/start/pack';
import { repoRoot, spawnScript } from '../support/spawn-script';

// All of this happens in copies of the package: other tests use the packs of this one.

const prebuilds = path.join('prebuilds', `${process.platform}-${process.arch}`);
const abi = `abi${process.versions.modules}`;
const startPack = path.join(prebuilds, `start.${abi}.pack`);
const sources = path.join('dist', 'src');
const flagsName = 'patch/engine/flags.js';
const flags = path.join(sources, flagsName);
const laterPack = path.join(prebuilds, `later.${abi}.pack`);

interface Loaded {
  /** Our modules that Node has loaded itself, without `start/pack`, which it always does. */
  byNode: string[];
  packed: number;
  isCooperative: boolean;
  shown?: unknown;
}

interface StartOptions {
  flags?: readonly string[];
  env?: Record<string, string>;
  as?: 'cjs' | 'mjs';
}

function copyPackage(): string {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-pack-')));
  const parts = ['loader.mjs', 'package.json', sources, path.join(prebuilds, `node.${abi}.node`)];
  for (const part of parts) {
    const source = path.join(repoRoot, part);
    fs.cpSync(source, path.join(home, part), {
      recursive: true,
      filter: (file) => !file.endsWith('.d.ts'),
    });
  }
  fs.mkdirSync(path.join(home, 'node_modules'));
  fs.symlinkSync(home, path.join(home, 'node_modules', 'unblock'));
  return home;
}

function writePacks(home: string, env: Record<string, string> = {}): void {
  execFileSync(process.execPath, [path.join(home, 'dist', 'src', 'start', 'write.js')], {
    env: { ...process.env, ...env },
  });
}

function packedNames(home: string): string[] {
  return [startPack, laterPack].flatMap((pack) => {
    const [header = ''] = fs.readFileSync(path.join(home, pack), 'latin1').split('\n', 1);
    return Object.keys((JSON.parse(header) as PackHeader).modules);
  });
}

// Of how many modules V8 refuses the compiled code.
async function refusedIn(home: string, ...flags: string[]): Promise<number> {
  const script = path.join(home, 'refused.cjs');
  fs.writeFileSync(
    script,
    `const vm = require('vm');
    let refused = 0;
    for (const file of ${JSON.stringify([startPack, laterPack].map((pack) => path.join(home, pack)))}) {
      const bytes = require('fs').readFileSync(file);
      const places = bytes.indexOf('\\n') + 1;
      const header = JSON.parse(bytes.toString('utf8', 0, places));
      const codes = bytes.subarray(places + header.sources);
      for (const [,, source, sourceLength, code, codeLength] of Object.values(header.modules)) {
        const text = bytes.toString('latin1', places + source, places + source + sourceLength);
        if (new vm.Script(text, { cachedData: codes.subarray(code, code + codeLength) }).cachedDataRejected) refused++;
      }
    }
    console.log(refused);`,
  );
  const { code, stdout } = await spawnScript(script, { flags });
  expect(code).to.equal(0);
  return Number(stdout);
}

// A program that has loaded what many load, and shows what it finds out.
async function startIn(home: string, program = '', options: StartOptions = {}): Promise<Loaded> {
  const { flags = [], env = {}, as = 'cjs' } = options;
  const script = path.join(home, `program.${as}`);
  const text = `
    const found = {};
    ${program}
    require('node:https');
    const ours = Object.values(require.cache).filter(({ id }) => id.includes('/dist/src/'));
    const byNode = ours.filter(({ paths }) => paths !== undefined).map(({ id }) => id.split('/dist/src/')[1]);
    found.byNode = byNode.filter((name) => name !== 'start/pack.js');
    found.packed = ours.length - byNode.length;
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    setTimeout(() => {
      require('node:child_process').execSync('sleep 0.1');
      clearInterval(timer);
      found.isCooperative = turns > 3;
      console.log(JSON.stringify(found));
    });`;
  const imports = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  fs.writeFileSync(script, as === 'mjs' ? imports + text : text);
  const loader = pathToFileURL(path.join(home, 'loader.mjs')).href;
  const { code, stdout, stderr } = await spawnScript(script, { flags: [...flags, '--import', loader], env });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Loaded;
}

describe('the packs', () => {
  let home: string;
  const undo: Array<() => void> = [];
  before(() => {
    home = copyPackage();
    writePacks(home);
  });
  afterEach(() => {
    while (undo.length > 0) undo.pop()!();
  });
  after(() => fs.rmSync(home, { recursive: true }));

  const expectPacked = ({ byNode, packed, isCooperative }: Loaded): void => {
    expect({ byNode, isCooperative }).to.deep.equal({ byNode: [], isCooperative: true });
    expect(packed).to.be.above(100);
  };
  const expectWithout = ({ byNode, packed, isCooperative }: Loaded): void => {
    expect({ packed, isCooperative }).to.deep.equal({ packed: 0, isCooperative: true });
    expect(byNode.length).to.be.above(100);
  };
  // Moved aside, what was there keeps its time.
  const change = (name: string, edit: (bytes: Buffer) => Buffer | undefined): void => {
    const file = path.join(home, name);
    const aside = `${file}.before`;
    fs.renameSync(file, aside);
    undo.push(() => fs.renameSync(aside, file));
    const after = edit(fs.readFileSync(aside));
    if (after !== undefined) fs.writeFileSync(file, after);
  };

  it('have all that a start needs, and the tables of modules that are loaded later', async () => {
    expectPacked(await startIn(home));
  });

  it('are used in workers', async () => {
    const script = path.join(home, 'threads.cjs');
    fs.writeFileSync(
      script,
      `const { isMainThread, Worker } = require('node:worker_threads');
      if (isMainThread) new Worker(__filename);
      const ours = Object.values(require.cache).filter(({ id }) => id.includes('/dist/src/'));
      console.log(ours.length > 100, ours.filter(({ paths }) => paths !== undefined).length);`,
    );
    const loader = pathToFileURL(path.join(home, 'loader.mjs')).href;
    const { code, stdout, stderr } = await spawnScript(script, { flags: ['--import', loader] });
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'true 1\ntrue 1\n', stderr: '' });
  });

  for (const as of ['cjs', 'mjs'] as const) {
    it(`give the program the modules that the loader has: ${as}`, async () => {
      const get = as === 'cjs' ? (name: string) => `require('${name}')` : (name: string) => `await import('${name}')`;
      const loaded = await startIn(
        home,
        `const { isModulePatched } = ${get('unblock/patch')};
        const { getCurrent, sleep, spawn } = ${get('unblock')};
        found.shown = [isModulePatched('fs'), typeof getCurrent().switch, spawn(() => 4).get()];`,
        { as },
      );
      expect(loaded.shown).to.deep.equal([true, 'function', 4]);
      expect(loaded.isCooperative).to.equal(true);
    });
  }

  it('leave a module that was changed to Node', async () => {
    change(flags, (bytes) => Buffer.concat([bytes, Buffer.from('\nglobalThis.isEdited = true;')]));
    const { byNode, packed, shown } = await startIn(home, 'found.shown = globalThis.isEdited;');
    expect({ byNode, shown }).to.deep.equal({ byNode: [flagsName], shown: true });
    expect(packed).to.be.above(100);
  });

  it('leave a module that was changed without being longer to Node', async () => {
    change(flags, (bytes) => bytes);
    expect((await startIn(home)).byNode).to.deep.equal([flagsName]);
  });

  it('know a module whose time an archive has cut off', async () => {
    change(flags, (bytes) => bytes);
    const seconds = Math.floor(fs.statSync(path.join(home, `${flags}.before`)).mtimeMs / 1000);
    fs.utimesSync(path.join(home, flags), seconds, seconds);
    expectPacked(await startIn(home));
  });

  it('are not used once all was compiled again', async () => {
    for (const name of fs.readdirSync(path.join(home, sources), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.js')) change(path.join(sources, name), (bytes) => bytes);
    }
    expectWithout(await startIn(home));
  });

  const spoils: Readonly<Record<string, (bytes: Buffer) => Buffer | undefined>> = {
    missing: () => undefined,
    empty: () => Buffer.alloc(0),
    'cut off': (bytes) => bytes.subarray(0, -1),
    'cut off in its first line': (bytes) => bytes.subarray(0, 100),
    'something else': () => Buffer.from('null\n'.repeat(1000)),
    'something else that is no text': () => Buffer.alloc(100_000, 0xfe),
    'of another Node': (bytes) => Buffer.from(bytes.toString('latin1').replace(process.version, 'v0.0.0'), 'latin1'),
  };
  for (const [what, spoil] of Object.entries(spoils)) {
    it(`may be ${what}`, async () => {
      change(laterPack, spoil);
      const withoutOne = await startIn(home);
      expect(withoutOne.isCooperative).to.equal(true);
      expect(withoutOne.byNode).to.include('patch/net.js').and.not.include('patch/fs.js');
      change(startPack, spoil);
      expectWithout(await startIn(home));
    });
  }

  it('are not those of the place where the package was before', async () => {
    const here = home;
    home = `${here}-moved`;
    fs.renameSync(here, home);
    undo.push(() => {
      fs.renameSync(home, here);
      home = here;
    });
    expectWithout(await startIn(home));
  });

  it('have code that V8 takes, unless its flags are others', async () => {
    expect(await refusedIn(home)).to.equal(0);
    // Where V8 cannot do without it, it says so.
    const wasm = parseInt(process.versions.node, 10) < 24 ? ['--no-expose-wasm'] : [];
    for (const flags of [['--no-opt'], ['--jitless', ...wasm]]) {
      expect(await refusedIn(home, ...flags)).to.be.above(100);
      expectPacked(await startIn(home, '', { flags }));
    }
  });

  it('show the files and lines of errors, and the text of functions, as Node does', async () => {
    const program = `
      const { patchAll } = require('unblock/patch');
      try { patchAll({ nothing: true }); } catch (error) {
        found.shown = [error.stack, String(patchAll)];
      }`;
    const packed = await startIn(home, program);
    for (const pack of [laterPack, startPack]) change(pack, () => undefined);
    const plain = await startIn(home, program);
    expectWithout(plain);
    expect(packed.packed).to.be.above(100);
    expect(packed.shown).to.deep.equal(plain.shown);
    expect(String(plain.shown)).to.match(/dist\/src\/patch\/all\.js:\d+:\d+/);
  });

  it('are not used where source maps or coverage are asked for', async () => {
    expectWithout(await startIn(home, '', { flags: ['--enable-source-maps'] }));
    expectWithout(await startIn(home, '', { env: { NODE_V8_COVERAGE: path.join(home, 'coverage') } }));
  });

  it('are not used where a policy says what files must be like', async function () {
    // Later lines have no policies.
    if (!process.allowedNodeEnvironmentFlags.has('--experimental-policy')) this.skip();
    const policy = path.join(home, 'policy.json');
    const anything = { integrity: true, dependencies: true };
    const write = (resources: object): void => {
      const all = { resources: { './': anything, ...resources }, scopes: { 'file:///': anything } };
      fs.writeFileSync(policy, JSON.stringify(all));
    };
    write({});
    for (const options of [
      { flags: ['--no-warnings', `--experimental-policy=${policy}`] },
      { env: { NODE_OPTIONS: `--no-warnings --experimental-policy=${policy}` } },
    ]) {
      expectWithout(await startIn(home, '', options));
    }
    write({ './dist/src/patch/all.js': { integrity: 'sha384-AAAA', dependencies: true } });
    const { code, stderr } = await spawnScript(path.join(home, 'program.cjs'), {
      flags: [`--experimental-policy=${policy}`, '--import', pathToFileURL(path.join(home, 'loader.mjs')).href],
    });
    expect(code).not.to.equal(0);
    expect(stderr).to.include('ERR_MANIFEST_ASSERT_INTEGRITY');
  });

  it('are the same whatever the environment is like in which they are written', async () => {
    const before = packedNames(home);
    const loader = pathToFileURL(path.join(home, 'loader.mjs')).href;
    writePacks(home, {
      NODE_OPTIONS: `--stack-trace-limit=7 --import ${loader}`,
      UNBLOCK_PATCH: '-fs',
      UNBLOCK_TRACK_GREENLET_TREE: '1',
    });
    expect(packedNames(home)).to.deep.equal(before);
    expect(await refusedIn(home)).to.equal(0);
  });
});
