import { expect } from 'chai';

import { loaderUrl, type ScriptResult, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

/** How a process comes to have the loader. */
const ways: Readonly<Record<string, SpawnSourceOptions>> = {
  '--import': { loader: true },
  NODE_OPTIONS: { env: { NODE_OPTIONS: `--import "${loaderUrl}"` } },
  both: { loader: true, env: { NODE_OPTIONS: `--import "${loaderUrl}"` } },
};

const say = `parentPort.postMessage(createRequire(process.cwd() + '/x')('unblock/patch').isModulePatched('fs'))`;
const asCommonJs = `const { parentPort } = require('worker_threads'), { createRequire } = require('module'); ${say}`;
const asModule = `import { parentPort } from 'worker_threads'; import { createRequire } from 'module'; ${say}`;
const either = `import('module').then(({ createRequire }) => import('worker_threads').then(({ parentPort }) => { ${say} }))`;

const prelude = `
  const { Worker, SHARE_ENV } = require('node:worker_threads');
  const { pathToFileURL } = require('node:url');
  const [asCommonJs, asModule, either] = ${JSON.stringify([asCommonJs, asModule, either])};
  const loader = ${JSON.stringify(loaderUrl)};
  const file = __dirname + '/worker.cjs';
  const run = (worker) => new Promise((done) => {
    let said = 'nothing';
    worker.on('message', (isPatched) => (said = isPatched ? 'active' : 'plain'));
    worker.on('error', (error) => (said = error.message));
    worker.on('exit', (code) => done(said + ' ' + code));
  });`;

const files = { 'worker.cjs': asCommonJs };

/** Arguments of Worker -> the ways to the loader with which the worker is without. */
const starts: Readonly<Record<string, readonly string[]>> = {
  file: [],
  'pathToFileURL(file)': [],
  'file, { env: SHARE_ENV }': [],
  'file, { env: { ...process.env } }': [],
  'file, { env: process.env }': [],
  'file, { env: {} }': ['NODE_OPTIONS'],
  'file, { env: { NODE_OPTIONS: "--no-deprecation" } }': ['NODE_OPTIONS'],
  'file, { env: { NODE_OPTIONS: "--import=" + loader } }': [],
  'file, { execArgv: process.execArgv }': [],
  'file, { execArgv: ["--no-deprecation", "--import", loader] }': [],
  'file, { execArgv: ["--import=" + loader], env: {} }': [],
  'file, { execArgv: [] }': ['--import'],
  'file, { execArgv: ["--no-deprecation"] }': ['--import'],
  'file, { execArgv: [], env: process.env }': ['--import'],
  'file, { execArgv: [], env: SHARE_ENV }': ['--import'],
  'file, { execArgv: [], env: {} }': ['--import', 'NODE_OPTIONS'],
  'file, { execArgv: process.execArgv, env: {} }': ['NODE_OPTIONS'],
  'new URL("data:text/javascript," + encodeURIComponent(asModule))': [],
  'asModule, { eval: true }': [],
  'asModule, { eval: true, env: {} }': ['NODE_OPTIONS'],
  'either, { eval: true, execArgv: [...process.execArgv, "--input-type=module"] }': [],
  'either, { eval: true, execArgv: [...process.execArgv, "--input-type=commonjs"] }': ['--import', 'NODE_OPTIONS'],
  'either, { eval: true }': ['--import', 'NODE_OPTIONS'],
  'asCommonJs, { eval: true }': ['--import', 'NODE_OPTIONS'],
};

function warningsIn({ stderr }: ScriptResult): number {
  return stderr.match(/\[UNBLOCK_PLAIN_WORKER\] UnblockPatchWarning: /g)?.length ?? 0;
}

describe('a worker that is started without the loader, although its process has it', () => {
  for (const [way, options] of Object.entries(ways)) {
    const isPlain = (start: string): boolean =>
      way === 'both' ? starts[start]!.length === 2 : starts[start]!.includes(way);
    const plain = Object.keys(starts).filter(isPlain);
    const active = Object.keys(starts).filter((start) => !isPlain(start));

    it(`by ${way}, is warned of, and runs as ever`, async () => {
      // One warning per process.
      for (const start of plain) {
        const source = `${prelude} run(new Worker(${start})).then(console.log);`;
        const result = await spawnSource(source, { ...options, files });
        expect({ start, stdout: result.stdout, warnings: warningsIn(result) }, result.stderr).to.deep.equal({
          start,
          stdout: 'plain 0\n',
          warnings: 1,
        });
      }
    });

    it(`by ${way}, is not one that has it`, async () => {
      const source = `${prelude} (async () => {
        ${active.map((start) => `console.log(await run(new Worker(${start})));`).join('\n')}
      })();`;
      const { stdout, stderr } = await spawnSource(source, { ...options, files });
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'active 0\n'.repeat(active.length), stderr: '' });
    });
  }

  it('is warned of once, with its place, whatever the program calls the class', async () => {
    const script = `import { Worker, SHARE_ENV } from 'node:worker_threads'; import './later.cjs';
      class Sub extends Worker {
        constructor(options) { super('./worker.cjs', options); }
      }
      new Sub({ execArgv: [] });
      new Worker('', { eval: true });`;
    const later = `const { Worker: Copy } = require('worker_threads'); setImmediate(() => new Copy(';', { eval: true }));`;
    const result = await spawnSource(script, { as: 'mjs', loader: true, files: { ...files, 'later.cjs': later } });
    expect(result.code).to.equal(0);
    expect(warningsIn(result), result.stderr).to.equal(1);
    expect(result.stderr).to.match(
      /A worker is started without the loader, at new Sub \(file:.*script\.mjs:3:\d+\): its execArgv is without the --import/,
    );
  });

  it('is no concern of a process that has patched itself', async () => {
    const source = `require('unblock/patch').patchAll(); ${prelude} run(new Worker('', { eval: true })).then(console.log);`;
    const { stdout, stderr } = await spawnSource(source, { loader: false });
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'nothing 0\n', stderr: '' });
  });

  it('is not warned of if it patches itself, if a package starts it, or if we do', async () => {
    const source = `${prelude}
      const fs = require('node:fs');
      const { ThreadPool } = require('unblock');
      (async () => {
        console.log(await run(new Worker("require('unblock/patch').patchAll();" + asCommonJs, { eval: true })));
        console.log(await run(require('computes')()));
        console.log(new ThreadPool(1).apply((x) => x * 2, [21]));
        fs.cpSync('node_modules/computes', 'copy', { recursive: true });
        console.log(fs.readdirSync('copy').join());
      })();`;
    const computes = `module.exports = () => new (require('worker_threads').Worker)('', { eval: true });`;
    const { stdout, stderr } = await spawnSource(source, {
      loader: true,
      files: { 'node_modules/computes/index.js': computes },
    });
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'active 0\nnothing 0\n42\nindex.js\n', stderr: '' });
  });

  it('is none if Node refuses it, with nothing of ours in the error', async () => {
    const source = `${prelude}
      const attempt = (...args) => {
        try { new Worker(...args); } catch (error) { console.log(error.name, error.code, /dist.src.patch/.test(error.stack.split('script.cjs')[0])); }
      };
      attempt(1, { eval: true });
      attempt('', { eval: true, execArgv: ['--no-such-option'] });
      attempt(file, { env: { NODE_OPTIONS: '--no-such-option' } });
      attempt('', { eval: true, workerData: () => {} });
      attempt(file, { execArgv: [], env: 1 });`;
    const { stdout, stderr } = await spawnSource(source, { loader: true });
    expect(stdout.split('\n')).to.deep.equal([
      'TypeError ERR_INVALID_ARG_VALUE false',
      'Error ERR_WORKER_INVALID_EXEC_ARGV false',
      'Error ERR_WORKER_INVALID_EXEC_ARGV false',
      'DataCloneError 25 false',
      'TypeError ERR_INVALID_ARG_TYPE false',
      '',
    ]);
    expect(stderr).to.equal('');
  });

  it('can be given odd options, which Node makes text of', async () => {
    const flag = `{ toString: () => '--no-deprecation' }`;
    const source = `${prelude} run(new Worker(file, { execArgv: [${flag}] })).then(console.log);`;
    const { stdout, stderr } = await spawnSource(source, { loader: true, files });
    expect(stdout).to.equal('plain 0\n');
    expect(stderr).to.match(/UNBLOCK_PLAIN_WORKER/);
  });
});
