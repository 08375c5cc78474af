import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { examine } from '../../../src/cli/doctor/examination';
import type { Finding } from '../../../src/cli/doctor/finding';
import { type FixtureFiles, makeApplication } from '../../support/fixture-application';

const clean: FixtureFiles = {
  'package.json': {
    name: 'clean',
    main: 'app.js',
    scripts: { start: 'node --import unblock/loader app.js', test: 'mocha', build: 'tsc && echo node' },
    dependencies: { one: '1', '@scope/two': '2' },
    optionalDependencies: { elsewhere: '1' },
    peerDependencies: { peer: '1' },
  },
  // Nothing of this is a hazard.
  'app.js': `
    const { execSync } = require('child_process');
    const { pbkdf2Sync, randomBytes } = require('node:crypto');
    const { Worker } = require('worker_threads');
    new Worker('./worker.js', { execArgv: [...process.execArgv, '--expose-gc'] });
    new Worker('./worker.js', { execArgv: ['--import', 'unblock/loader'] });
    new Worker('./worker.js', { eval: process.argv.length > 9 });
    new Other('text', { eval: true });`,
  'node_modules/one': { name: 'one', version: '1.0.0', dependencies: { '@scope/two': '2' } },
  'node_modules/one/index.js': `const { pbkdf2Sync } = require('crypto'); process.binding('fs');`,
  // Each needs the other.
  'node_modules/@scope/two': { name: '@scope/two', dependencies: { one: '1' } },
  'node_modules/graceful-fs': { name: 'graceful-fs' },
};

/** The clean application with some files more; those of its package.json are joined. */
function applicationWith(files: FixtureFiles): FixtureFiles {
  const merged = { ...(clean['package.json'] as object), ...(files['package.json'] as object | undefined) };
  return { ...clean, ...files, 'package.json': merged };
}

function dependingOn(...names: string[]): FixtureFiles {
  return {
    'package.json': { dependencies: Object.fromEntries(names.map((name) => [name, '*'])) },
    ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { name, version: '1.2.3' }])),
  };
}

const loaderScripts = { start: 'node --import unblock/loader app.js' };

describe('the doctor', () => {
  const made: string[] = [];
  afterEach(() => made.splice(0).forEach((root) => fs.rmSync(root, { recursive: true })));

  function make(files: FixtureFiles): string {
    const root = makeApplication(files);
    made.push(root);
    return root;
  }

  function findingsIn(files: FixtureFiles, environment: NodeJS.ProcessEnv = {}): Finding[] {
    return [...examine(make(applicationWith(files)), { environment }).findings];
  }

  const brief = (findings: readonly Finding[]): string[] =>
    findings.map(({ code, severity, where }) => `${severity} ${code} ${where}`);

  it('finds nothing in an application that has nothing', () => {
    const root = make(clean);
    for (const target of ['', 'package.json', 'app.js']) {
      const { application, findings } = examine(path.join(root, target), { environment: {} });
      expect(findings).to.deep.equal([]);
      expect(application.entry).to.equal(path.join(root, 'app.js'));
      expect(application.packages.map(({ name }) => name)).to.deep.equal(['one', '@scope/two']);
    }
  });

  describe('finds flags', () => {
    const cases: ReadonlyArray<readonly [flags: string, expected: string | undefined]> = [
      ['--no-addons', 'problem flag-forbids-addons'],
      ['--permission --allow-fs-read=*', 'problem flag-forbids-addons'],
      ['--experimental-permission', 'problem flag-forbids-addons'],
      ['--permission --allow-addons', undefined],
      ['--stack-size=4000', 'warning flag-stack-size'],
      ['--stack_size=4000', 'warning flag-stack-size'],
      ['--throw-deprecation --pending-deprecation', undefined],
      ['--no-warnings', 'note flag-hides-warnings'],
      ['--jitless --max-old-space-size=100', undefined],
    ];
    for (const [flags, expected] of cases) {
      it(`${flags}: ${expected ?? 'nothing'}`, () => {
        const places: ReadonlyArray<readonly [where: string, files: FixtureFiles, environment: NodeJS.ProcessEnv]> = [
          ['NODE_OPTIONS', {}, { NODE_OPTIONS: flags }],
          [
            'package.json, script "start"',
            {
              'package.json': {
                scripts: { start: `A=1 NODE_ENV="x y" node ${flags} --import unblock/loader app.js | cat` },
              },
            },
            {},
          ],
          [
            'package.json, script "mocha"',
            { 'package.json': { scripts: { ...loaderScripts, mocha: `NODE_OPTIONS='${flags}' mocha` } } },
            {},
          ],
          ['.npmrc, node-options', { '.npmrc': `save=true\nnode-options="${flags}"\n` }, {}],
          ['.mocharc.json', { '.mocharc.json': { 'node-option': flags.split(' ').map((flag) => flag.slice(2)) } }, {}],
        ];
        for (const [where, files, environment] of places) {
          expect(brief(findingsIn(files, environment)), where).to.deep.equal(
            expected === undefined ? [] : [`${expected} ${where}`],
          );
        }
      });
    }

    it('--frozen-intrinsics, where it is one', () => {
      const isOld = process.version.startsWith('v20.');
      expect(findingsIn({}, { NODE_OPTIONS: '--frozen-intrinsics' }).map(({ code }) => code)).to.deep.equal(
        isOld ? ['flag-frozen-intrinsics'] : [],
      );
    });

    it('of Node alone, and not those of other programs', () => {
      const scripts = {
        ...loaderScripts,
        other: 'tool --no-addons && echo node --no-addons',
        after: 'node x --no-addons',
      };
      expect(findingsIn({ 'package.json': { scripts } })).to.deep.equal([]);
    });
  });

  describe('finds what comes before the patch', () => {
    const capturing = `
      const { pbkdf2Sync: derive } = require('crypto');
      const { execSync } = require('child_process');
      const wait = Atomics.wait;
      function later() { const { scryptSync } = require('crypto'); return require('./never'); }`;

    it('a start without the loader', () => {
      expect(
        brief(findingsIn({ 'package.json': { scripts: { start: 'node app.js', 'dev:x': 'node --watch app' } } })),
      ).to.deep.equal(['note no-loader package.json, script "start"', 'note no-loader package.json, script "dev:x"']);
      const scripts = { start: 'node app.js', tool: 'node tool.js' };
      const environment = { NODE_OPTIONS: '--import unblock/loader' };
      expect(findingsIn({ 'package.json': { scripts } }, environment)).to.deep.equal([]);
      expect(findingsIn({ 'package.json': { scripts: { start: 'unblock app.js' } } })).to.deep.equal([]);
      expect(
        findingsIn({ 'package.json': { scripts }, 'app.js': `require('unblock/patch').patchAll();` }),
      ).to.deep.equal([]);
    });

    for (const preload of ['-r ./apm.js', '--require=./apm.js', '--import ./apm.js']) {
      it(`a preload, by ${preload}`, () => {
        const [finding, ...more] = findingsIn({
          'package.json': { scripts: { start: `node ${preload} --import unblock/loader app.js` } },
          'apm.js': `require('./deep');`,
          'deep.js': capturing,
          'never.js': `const { scryptSync } = require('crypto');`,
        });
        expect(more).to.deep.equal([]);
        expect(finding).to.include({ code: 'early-capture', severity: 'warning', where: 'deep.js:2' });
        expect(finding!.what).to.contain('takes crypto.pbkdf2Sync, Atomics.wait before');
      });
    }

    it('but not an --import that comes after the loader', () => {
      const scripts = { start: 'node --import unblock/loader --import ./apm.js app.js' };
      expect(findingsIn({ 'package.json': { scripts }, 'apm.js': capturing })).to.deep.equal([]);
    });

    it('and not a start with a preload that does it', () => {
      for (const text of [`import 'unblock/loader';`, `require('unblock/patch').patchAll();`]) {
        const scripts = { start: 'node --import ./setup.mjs app.js' };
        expect(findingsIn({ 'package.json': { scripts }, 'setup.mjs': text })).to.deep.equal([]);
      }
      const scripts = { start: 'node --import ./setup.mjs app.js', dev: 'node --import unblock app.js' };
      expect(brief(findingsIn({ 'package.json': { scripts }, 'setup.mjs': '' }))).to.deep.equal([
        'note no-loader package.json, script "start"',
        'note no-loader package.json, script "dev"',
      ]);
    });

    const captures = {
      'in a function that is called at once': `(function () { const { scryptSync } = require('crypto'); })();`,
      'in one that is called so': `(() => { const c = require('crypto').scryptSync; }).call(this);`,
      'in a module of a bundle': `var b = __commonJS({ 'a.js'(exports, module) { const { scryptSync: s } = require('crypto'); } });`,
      'in another': `const a = { 7: (module, exports, load) => { var { scryptSync } = require('node:crypto'); } };`,
      'through what a compiler adds': `var c = __toESM(require('crypto')); var { scryptSync } = c;`,
      'of Atomics': `const { wait } = Atomics;`,
      'of Atomics of the global object': `const w = globalThis.Atomics.wait;`,
    };
    for (const [title, text] of Object.entries(captures)) {
      it(`a copy ${title}`, () => {
        const scripts = { start: 'node -r ./apm.js --import unblock/loader app.js' };
        const found = findingsIn({ 'package.json': { scripts }, 'apm.js': text });
        expect(brief(found)).to.deep.equal(['warning early-capture apm.js:1']);
        expect(found[0]!.what).to.match(/^takes (crypto\.scryptSync|Atomics\.wait) before/);
      });
    }

    it('modules that run before, and hold nothing, as a note', () => {
      const scripts = { start: 'node -r one --import unblock/loader app.js' };
      const found = findingsIn({
        'package.json': { scripts },
        'node_modules/one/index.js': `import { pbkdf2Sync } from 'crypto'; require('crypto').scryptSync('a', 'b', 1);`,
      });
      expect(brief(found)).to.deep.equal(['note early-module package.json, script "start"']);
    });

    it('what a program loads before it calls patchAll(), and nothing that it loads afterwards', () => {
      const files = { 'before.js': capturing, 'after.js': capturing };
      const found = (program: string): string[] => brief(findingsIn({ ...files, 'app.js': program }));
      expect(
        found(`const { patchAll } = require('unblock/patch'); require('./before'); patchAll(); require('./after');`),
      ).to.deep.equal(['warning early-capture before.js:2']);
      expect(found(`require('unblock/patch').patchAll(); require('./after');`)).to.deep.equal([]);
      expect(found(`import * as patch from 'unblock/patch'; patch.patchAll(); import './after.js';`)).to.deep.equal([
        'warning early-capture after.js:2',
      ]);
      expect(found(`import 'fs'; import { patchAll } from 'unblock/patch'; patchAll();`)).to.deep.equal([]);
      expect(found(`require('./before'); function never() { require('unblock/patch').patchAll(); }`)).to.deep.equal([]);
    });
  });

  it('finds a second copy of the package', () => {
    const found = findingsIn({
      ...dependingOn('one', 'unblock'),
      'node_modules/one': { name: 'one', dependencies: { unblock: '0.0.1' } },
      'node_modules/one/node_modules/unblock': { name: 'unblock', version: '0.0.1' },
    });
    expect(brief(found)).to.deep.equal(['problem second-copy one > unblock']);
    expect(found[0]!.what).to.match(
      /0\.0\.1 in .*one\/node_modules\/unblock, besides 1\.2\.3 in .*ERR_UNBLOCK_LOADED_TWICE/,
    );
  });

  it('finds packages that cannot work, or not as they are, with the way to them', () => {
    const files = {
      ...dependingOn('one', 'deasync'),
      'node_modules/deasync/binding.gyp': '{}',
      'node_modules/one': { name: 'one', dependencies: { fibers: '5', rxjs: '7', synckit: '0.11' } },
      ...Object.fromEntries(['fibers', 'rxjs', 'synckit'].map((name) => [`node_modules/${name}`, { name }])),
    };
    expect(brief(findingsIn(files))).to.deep.equal([
      'problem foreign-scheduler one > fibers',
      'warning foreign-scheduler deasync',
      'warning one-at-a-time one > rxjs',
      'warning one-at-a-time one > synckit',
    ]);
  });

  it('finds add-ons: those that block, those that nobody knows, and not those that do no harm', () => {
    const files = {
      ...dependingOn('better-sqlite3', 'sqlite3', 'gyp', 'prebuilt', '@img/sharp-linux-x64', 'script'),
      'node_modules/sqlite3/binding.gyp': '{}',
      'node_modules/gyp/binding.gyp': '{}',
      'node_modules/prebuilt/prebuilds/linux-x64/a.node': 'x',
      'node_modules/@img/sharp-linux-x64/a.node': 'x',
      'node_modules/script': { name: 'script', scripts: { install: 'node-gyp rebuild' } },
    };
    expect(brief(findingsIn(files))).to.deep.equal([
      'note blocking-addon better-sqlite3',
      'note unknown-addon gyp, prebuilt, script',
    ]);
  });

  it('finds the add-on of the application itself', () => {
    const scripts = { ...loaderScripts, install: 'node-gyp rebuild' };
    const ways: readonly FixtureFiles[] = [
      { 'package.json': { scripts } },
      { 'binding.gyp': '{}' },
      { 'build/Release/a.node': 'x' },
    ];
    for (const files of ways) {
      expect(brief(findingsIn(files))).to.deep.equal(['note unknown-addon the application itself']);
    }
  });

  describe('finds workers without the loader', () => {
    const programs = {
      destructured: `const { Worker } = require('worker_threads');\nnew Worker('x', { eval: true });`,
      imported: `import { Worker as W } from 'node:worker_threads';\nnew W(x, { execArgv: [] });`,
      'in a namespace': `import * as t from 'worker_threads';\nnew t.Worker(x, { execArgv: ['--expose-gc'] });`,
      compiled: `"use strict"; const t_1 = __importStar(require("worker_threads"));\nnew t_1.Worker(x, { "eval": !0 });`,
      'in a function': `async function f() { const { Worker } = await import('worker_threads');\nnew Worker(x, { eval: true }); }`,
      'as a property': `const t = require('worker_threads'), W = t.Worker;\nnew W(x, { eval: true });`,
      forked: `const { fork } = require('child_process');\nfork('x', [], { execArgv: [] });`,
    };
    for (const [title, program] of Object.entries(programs)) {
      it(title, () => {
        expect(brief(findingsIn({ 'lib/a.js': program }))).to.deep.equal(['warning plain-worker lib/a.js:2']);
      });
    }

    // Arguments of Worker -> how the process has the loader when its worker is without, as test/patch/engine/plain-workers.test.ts
    // has seen it.
    const starts: Readonly<Record<string, readonly string[]>> = {
      file: [],
      'file, options': [],
      'file, { env: SHARE_ENV }': [],
      'file, { env: process.env }': [],
      'file, { env: { ...process.env, A: "1" } }': [],
      'file, { env: { [name]: "1" } }': [],
      'file, { env: { NODE_OPTIONS: `--import ${loader}` } }': [],
      'file, { env: { NODE_OPTIONS: "--import=unblock/loader" } }': [],
      'file, { env: {} }': ['variable'],
      'file, { env: { A: "1" } }': ['variable'],
      'file, { env: { ...process.env, NODE_OPTIONS: "" } }': ['variable'],
      'file, { env: { NODE_OPTIONS: "", ...process.env } }': [],
      'file, { execArgv }': [],
      'file, { execArgv: null }': [],
      'file, { execArgv: ["--import", loader] }': [],
      'file, { execArgv: ["--import=unblock/loader?crypto=off"], env: {} }': [],
      'file, { execArgv: [] }': ['option'],
      'file, { execArgv: ["--import", "./other.mjs"] }': ['option'],
      'file, { execArgv: [], env: process.env }': ['option'],
      'file, { execArgv: [], env: {} }': ['option', 'variable', 'both'],
      'file, { execArgv: process.execArgv, env: {} }': ['variable'],
      'text, { eval: true }': ['option', 'variable', 'both'],
      '"1", { eval: true, execArgv: process.execArgv, env: process.env }': ['option', 'variable', 'both'],
      '`import("fs")`, { eval: true }': ['option', 'variable', 'both'],
      '`${text} import "fs"`, { eval: true }': ['option', 'variable', 'both'],
      '`import "fs"; return 1`, { eval: true }': ['option', 'variable', 'both'],
      '`import "fs"`, { eval: true }': [],
      '`await 1`, { eval: true }': [],
      'written, { eval: true }': [],
      'changed, { eval: true }': ['option', 'variable', 'both'],
      '`import "fs"`, { eval: true, execArgv: [] }': ['option'],
      '`import "fs"`, { eval: true, env: {} }': ['variable'],
      'text, { eval: true, execArgv: [...process.execArgv, "--input-type=module"] }': [],
      'text, { eval: true, execArgv: [...process.execArgv, "--input-type", "commonjs"] }': [
        'option',
        'variable',
        'both',
      ],
      '"require(\'unblock/patch\').patchAll()", { eval: true }': [],
    };
    const option = { scripts: { start: 'node --import unblock/loader app.js' } };
    const variable = { scripts: { start: 'NODE_OPTIONS="--import unblock/loader" node app.js' } };
    const ways: ReadonlyArray<readonly [way: string, files: FixtureFiles, environment?: NodeJS.ProcessEnv]> = [
      ['option', { 'package.json': option }],
      ['option', { 'package.json': { scripts: {} } }],
      ['option', { 'package.json': { scripts: { start: 'unblock app.js' } } }],
      ['variable', { 'package.json': variable }],
      [
        'variable',
        { 'package.json': { scripts: { start: 'node app.js' } }, '.npmrc': 'node-options=--import=unblock/loader' },
      ],
      ['variable', { 'package.json': { scripts: {} } }, { NODE_OPTIONS: '--import unblock/loader' }],
      ['both', { 'package.json': option }, { NODE_OPTIONS: '--import unblock/loader' }],
    ];
    for (const [way, files, environment] of ways) {
      const title = JSON.stringify({ ...(files['package.json'] as object), ...environment, npmrc: files['.npmrc'] });
      it(`by what they are given, as the loader comes by ${title}`, () => {
        const lines = Object.keys(starts).map((start) => `new Worker(${start});`);
        const program = `const { Worker } = require('worker_threads'); const written = 'import "fs"'; let changed = ''; changed = 'import "fs"';`;
        const found = findingsIn({ ...files, 'lib/a.js': [program, ...lines].join('\n') }, environment);
        const lost = ({ where }: Finding): string => Object.keys(starts)[Number(where.split(':')[1]) - 2]!;
        // With both, who loses one of them has the other.
        const expected = Object.keys(starts).filter((start) => starts[start]!.includes(way));
        expect(found.map(lost)).to.deep.equal(expected);
      });
    }

    it('in forks as well, by the variable also', () => {
      const program = `const { fork } = require('node:child_process');
        fork('x', { env: {} });
        fork('x', [], { env: { ...process.env } });
        fork('x', [], { execArgv: [] });
        spawn('x', [], { env: {} });`;
      const where = (environment: NodeJS.ProcessEnv): string[] => {
        return findingsIn({ 'package.json': { scripts: {} }, 'a.js': program }, environment).map((each) => each.where);
      };
      expect(where({})).to.deep.equal(['a.js:4']);
      expect(where({ NODE_OPTIONS: '--import unblock/loader' })).to.deep.equal(['a.js:2']);
    });

    it('in the program, wherever it lies', () => {
      const root = make(
        applicationWith({ 'examples/a.js': programs.destructured, 'examples/b.js': programs.imported }),
      );
      const { findings } = examine(path.join(root, 'examples', 'a.js'), { environment: {} });
      expect(brief(findings)).to.deep.equal(['warning plain-worker examples/a.js:2']);
    });

    it('in packages, as a note, and not in their tests', () => {
      const program = programs.destructured;
      const files = { 'node_modules/one/lib/a.js': program, 'node_modules/one/test/a.js': program };
      expect(brief(findingsIn(files))).to.deep.equal(['note plain-worker one: lib/a.js:2']);
    });
  });

  describe('says what it could not look at', () => {
    it('packages that are missing, and not those that may be', () => {
      expect(
        brief(findingsIn({ 'package.json': { dependencies: { one: '1', gone: '1', '../app': '1' } } })),
      ).to.deep.equal(['warning missing-package gone', 'warning missing-package ../app']);
    });

    for (const [title, text] of Object.entries({ 'no JSON': '{', 'no object': '[]', nothing: '' })) {
      it(`packages whose package.json is ${title}`, () => {
        const found = findingsIn({ 'node_modules/one/package.json': text });
        expect(brief(found)).to.deep.equal(['warning unreadable-package one']);
      });
    }

    it('a package.json whose fields have the wrong types is read as far as it makes sense', () => {
      const odd = {
        name: 1,
        scripts: [],
        dependencies: { '@scope/two': 1 },
        optionalDependencies: 'x',
        gypfile: 'yes',
      };
      expect(findingsIn({ 'node_modules/one': odd })).to.deep.equal([]);
    });

    it('sources of the application that are no JavaScript', () => {
      expect(brief(findingsIn({ 'lib/a.js': `import 'worker_threads'; <div title="eval"/>` }))).to.deep.equal([
        'note unreadable-source lib/a.js:1',
      ]);
    });

    for (const [file, text] of Object.entries({ 'app.ts': `const x: number = 1;`, 'broken.js': `const a = ;` })) {
      it(`a program that is no JavaScript, such as ${file}`, () => {
        const expected = [`note unreadable-source ${file}:1`];
        expect(brief(findingsIn({ 'package.json': { main: file, scripts: {} }, [file]: text }))).to.deep.equal(
          expected,
        );
        const root = make({ [file]: text });
        expect(brief(examine(path.join(root, file), { environment: {} }).findings)).to.deep.equal(expected);
      });
    }
  });

  it('follows links, as pnpm lays packages out', () => {
    const root = make({
      'package.json': { name: 'linked', dependencies: { one: '1' } },
      'index.js': '',
      'node_modules/.pnpm/one@1/node_modules/one': { name: 'one', dependencies: { deasync: '1' } },
      'node_modules/.pnpm/deasync@1/node_modules/deasync': { name: 'deasync' },
    });
    const store = path.join(root, 'node_modules', '.pnpm');
    fs.symlinkSync(path.join(store, 'one@1/node_modules/one'), path.join(root, 'node_modules', 'one'));
    fs.symlinkSync(path.join(store, 'deasync@1/node_modules/deasync'), path.join(store, 'one@1/node_modules/deasync'));
    // A link that leads nowhere, and one in a circle.
    fs.symlinkSync('nowhere', path.join(root, 'node_modules', 'broken'));
    fs.symlinkSync(root, path.join(store, 'one@1/node_modules/one', 'back'));
    expect(brief(examine(root, { environment: {} }).findings)).to.deep.equal([
      'warning foreign-scheduler one > deasync',
    ]);
  });

  it('looks at devDependencies when it is told to', () => {
    const root = make({
      'package.json': { devDependencies: { rxjs: '7' } },
      'index.js': '',
      'node_modules/rxjs': { name: 'rxjs' },
    });
    const options = { environment: {}, withDevelopment: true };
    expect(brief(examine(root, options).findings)).to.deep.equal(['warning one-at-a-time rxjs']);
    expect(examine(root, { environment: {} }).findings).to.deep.equal([]);
  });

  it('takes a program without a package.json with all that it could require', () => {
    const root = make({
      'run.js': '',
      'other.js': '<div/> worker_threads eval',
      'node_modules/rxjs': { name: 'rxjs' },
    });
    const { application, findings } = examine(path.join(root, 'run.js'), { environment: {} });
    expect(application.manifest).to.equal(undefined);
    expect(brief(findings)).to.deep.equal(['warning one-at-a-time rxjs']);
  });
});
