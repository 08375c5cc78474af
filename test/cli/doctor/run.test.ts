import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { type FixtureFiles, makeApplication } from '../../support/fixture-application';
import { indexPath, repoRoot, type ScriptResult, spawnScript } from '../../support/spawn-script';

const command = path.join(repoRoot, 'dist', 'src', 'cli', 'main.js');

describe('unblock doctor', () => {
  const made: string[] = [];
  after(() => made.forEach((root) => fs.rmSync(root, { recursive: true })));

  function make(files: FixtureFiles): string {
    const root = makeApplication(files);
    made.push(root);
    return root;
  }
  const doctor = (cwd: string, ...args: string[]): Promise<ScriptResult> =>
    spawnScript(command, { args: ['doctor', ...args], cwd, env: { NODE_OPTIONS: '' } });

  const bad: FixtureFiles = {
    'package.json': { name: 'shop', dependencies: { fibers: '5', rxjs: '7' } },
    'app.js': `console.log('not run');`,
    'node_modules/fibers': { name: 'fibers' },
    'node_modules/rxjs': { name: 'rxjs' },
  };

  it('prints what it has found, the worst first, with advice, and ends with 1 for a problem', async () => {
    const { code, stdout, stderr } = await doctor(make(bad));
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(stdout).to.match(
      /^shop: 2 packages looked at, for Node v[^]*\nProblems: [^]*\n {2}fibers\n[^]*\nWarnings: [^]*\n {2}rxjs\n/,
    );
    expect(stdout).to.match(
      /\n {4}-> Replace it: [^]*\n {4}\[foreign-scheduler\] docs\/hazards\.md#foreign-schedulers\n/,
    );
    expect(stdout).to.match(/\n1 problem, 1 warning and 0 notes\.\n$/);
  });

  it('ends with 0 for warnings, and for nothing', async () => {
    const files = { ...bad, 'package.json': { dependencies: { rxjs: '7' } } };
    expect((await doctor(make(files), 'package.json')).code).to.equal(0);
    const root = make({ 'index.js': '' });
    const { code, stdout } = await doctor(root, 'index.js');
    expect({ code, stdout }).to.deep.equal({
      code: 0,
      stdout: `${root}/index.js: 0 packages looked at, for Node ${process.version}\n\nNothing found.\n`,
    });
  });

  it('names five places of what is the same, and counts the others', async () => {
    const worker = `const { Worker } = require('worker_threads'); new Worker('', { eval: true });`;
    const files = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}.js`, worker]));
    const { stdout } = await doctor(make({ 'package.json': {}, ...files }));
    expect(stdout).to.match(
      /\n {2}0\.js:1\n {2}1\.js:1\n {2}2\.js:1\n {2}3\.js:1\n {2}4\.js:1\n {2}and 2 more\n {4}starts/,
    );
  });

  it('gives the terminal no orders, whatever packages are called', async () => {
    const files: FixtureFiles = {
      'package.json': { name: 'a\u001B[2Jb', dependencies: { 'c\u009Bd\r\n': '1' } },
      'index.js': '',
    };
    const { stdout } = await doctor(make(files));
    expect(stdout).to.match(/^a\?\[2Jb: 0 packages[^]*\n {2}c\?d\?\?\n {4}is not installed/);
  });

  it('has a form for programs', async () => {
    const root = make(bad);
    const { code, stdout } = await doctor(root, '--json', 'app.js');
    expect(code).to.equal(1);
    const report = JSON.parse(stdout) as Record<string, unknown> & { findings: object[] };
    expect({ ...report, findings: report.findings.map((finding) => Object.keys(finding)) }).to.deep.equal({
      version: 1,
      node: process.version,
      application: { root, entry: path.join(root, 'app.js'), packages: 2 },
      counts: { problem: 1, warning: 1, note: 0 },
      findings: [
        ['code', 'severity', 'where', 'what', 'advice', 'help'],
        ['code', 'severity', 'where', 'what', 'advice', 'help'],
      ],
    });
  });

  const misuses: ReadonlyArray<readonly [title: string, args: readonly string[], message: RegExp]> = [
    ['an option that it does not have', ['--jsn'], /There is no option '--jsn' for the doctor; there is --json/],
    ['two applications', ['.', '.'], /one application at a time, not \., \./],
    ['what does not exist', ['gone.js'], /There is no program, package\.json or directory 'gone\.js'/],
    ['a directory with nothing in it', ['empty'], /'empty' has neither a package\.json nor a program/],
    ['a package.json that is no JSON', ['broken/package.json'], /broken\/package\.json cannot be read: /],
    ['a package.json that is no object', ['list'], /list\/package\.json does not hold an object/],
  ];
  for (const [title, args, message] of misuses) {
    it(`refuses ${title}`, async () => {
      const root = make({ 'empty/x': '', 'broken/package.json': '{', 'list/package.json': '[]' });
      const { code, stdout, stderr } = await doctor(root, ...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr)
        .to.match(message)
        .and.to.match(/^unblock: .*\n$/);
    });
  }

  it('works on a Node that greenlets do not run on, where the first import throws', async () => {
    const root = make({
      'index.js': `require(${JSON.stringify(indexPath)})`,
      'pretend.js': `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '21.7.3', modules: '120' } });`,
    });
    const flags = ['--require', path.join(root, 'pretend.js')];
    const { code, stdout, stderr } = await spawnScript(command, {
      flags,
      args: ['doctor', path.join(root, 'index.js')],
    });
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(stdout).to.match(/unblock does not support Node [^]*it runs on Node 20, 22, 24, 26[^]*\[unsupported-node\]/);
    for (const loader of [false, true]) {
      const started = await spawnScript(path.join(root, 'index.js'), { flags, loader });
      expect(started.code).to.equal(1);
      expect(started.stderr).to.match(/UnsupportedError: unblock does not support [^]*ERR_UNBLOCK_UNSUPPORTED/);
    }
  });

  it('works where greenlets do not: it says that there is no binary, and what to do', async () => {
    const copy = make({});
    for (const part of ['dist/src', 'package.json']) {
      fs.cpSync(path.join(repoRoot, part), path.join(copy, part), { recursive: true });
    }
    fs.symlinkSync(path.join(repoRoot, 'node_modules'), path.join(copy, 'node_modules'));
    const root = make({ 'index.js': '' });
    const { code, stdout } = await spawnScript(path.join(copy, 'dist/src/cli/main.js'), { args: ['doctor', root] });
    expect(code).to.equal(1);
    expect(stdout).to.match(/unblock has no binary for Node [^]*npm rebuild unblock[^]*\[missing-binary\]/);
    const started = await spawnScript(path.join(copy, 'dist/src/index.js'));
    expect(started.code).to.equal(1);
    expect(started.stderr).to.match(/BinaryError: unblock has no binary [^]*ERR_UNBLOCK_BINARY/);
  });
});
