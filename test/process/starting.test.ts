import { expect } from 'chai';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';

import { loaderUrl, repoRoot, type ScriptResult, spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

const mocha = createRequire(__filename).resolve('mocha/bin/mocha.js');
const inEnvironment = { NODE_OPTIONS: `--import ${loaderUrl}` };

// What shows that a process is cooperative: others run while it waits for a child.
const proof = `
  const isCooperative = () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    require('node:child_process').execSync('sleep 0.1');
    clearInterval(timer);
    return turns > 3;
  };`;

async function linesOf(program: string, options: SpawnSourceOptions): Promise<string[]> {
  const { code, stdout, stderr }: ScriptResult = await spawnSource(program, options);
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n').sort();
}

describe('a program is cooperative', () => {
  it('started with NODE_OPTIONS, or with the loader given twice', async () => {
    const program = `${proof} console.log(isCooperative());`;
    expect(await linesOf(program, { env: inEnvironment })).to.deep.equal(['true']);
    expect(await linesOf(program, { env: inEnvironment, loader: true })).to.deep.equal(['true']);
  });

  it('in the processes of a cluster', async () => {
    const program = `${proof}
      const cluster = require('node:cluster');
      console.log(cluster.isPrimary ? 'primary' : 'worker', isCooperative());
      if (cluster.isPrimary) cluster.fork().on('exit', (code) => console.log('ended', code));
      else process.exit(3);`;
    expect(await linesOf(program, { loader: true })).to.deep.equal(['ended 3', 'primary true', 'worker true']);
  });

  it('in children that are forked, and in workers', async () => {
    const program = `${proof}
      const { isMainThread, Worker, workerData } = require('node:worker_threads');
      const who = process.argv[2] ?? (isMainThread ? 'main' : 'worker');
      console.log(who, isCooperative());
      if (who === 'main') {
        require('node:child_process').fork(__filename, ['fork']);
        new Worker(__filename);
      }`;
    expect(await linesOf(program, { loader: true })).to.deep.equal(['fork true', 'main true', 'worker true']);
  });

  it('from patchAll() on, in callbacks', async () => {
    const program = `${proof}
      require('unblock/patch').patchAll();
      setImmediate(() => console.log(isCooperative()));`;
    expect(await linesOf(program, {})).to.deep.equal(['true']);
  });

  it('with functions of its own in the place of Node’s, which stay and are called', async () => {
    const own = `
      const fs = require('node:fs');
      const childProcess = require('node:child_process');
      const { readFileSync } = fs;
      const { execSync } = childProcess;
      fs.readFileSync = (file, ...rest) => (file === 'own' ? 'own file' : readFileSync(file, ...rest));
      childProcess.execSync = (command, ...rest) => (command === 'own' ? 'own output' : execSync(command, ...rest));`;
    const program = `${proof}
      console.log(require('node:fs').readFileSync('own', 'utf8'));
      console.log(require('node:child_process').execSync('own'));
      console.log(isCooperative());`;
    const flags = ['--no-warnings', '--require', './own.cjs', '--import', loaderUrl];
    const cwd = fs.mkdtempSync(`${fs.realpathSync(os.tmpdir())}/unblock-own-`);
    try {
      fs.writeFileSync(`${cwd}/own.cjs`, own);
      expect(await linesOf(program, { cwd, flags })).to.deep.equal(['own file', 'own output', 'true']);
    } finally {
      fs.rmSync(cwd, { recursive: true });
    }
  });

  it('that is given as text', async () => {
    const program = `
      const { spawnSync } = require('node:child_process');
      const text = ${JSON.stringify(`${proof} console.log(isCooperative());`)};
      const options = { encoding: 'utf8' };
      console.log(spawnSync(process.execPath, [...process.execArgv, '-e', text], options).stdout.trim());
      console.log(spawnSync(process.execPath, [...process.execArgv, '-'], { ...options, input: text }).stdout.trim());`;
    expect(await linesOf(program, { loader: true })).to.deep.equal(['true', 'true']);
  });

  it('as tests of node --test', async () => {
    const program = `${proof}
      const test = require('node:test');
      const assert = require('node:assert');
      test('straight', () => assert(isCooperative()));
      test('after an await', async () => { await null; assert(isCooperative()); });`;
    const { code, stdout } = await spawnSource(program, { loader: true, flags: ['--test', '--test-reporter=tap'] });
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^# pass [12]$/m)
      .and.to.match(/^# fail 0$/m);
  });

  it('as tests of mocha', async () => {
    const program = `${proof}
      const assert = require('node:assert');
      it('straight', () => assert(isCooperative()));
      it('after an await', async () => { await null; assert(isCooperative()); });`;
    const { code, stdout, stderr } = await spawnSource(program, { loader: true, flags: [], through: mocha });
    expect(stderr).to.equal('');
    expect(stdout).to.contain('2 passing');
    expect(code).to.equal(0);
  });
});

describe('a process that forbids add-ons', () => {
  const permission = process.version.startsWith('v20.') ? '--experimental-permission' : '--permission';
  for (const flags of [['--no-addons'], ['--no-warnings', permission, '--allow-fs-read=*']]) {
    it(`is refused before the program starts, with one clear error: ${flags.at(-1)}`, async () => {
      const { code, stdout, stderr } = await spawnSource(`console.log('started')`, { loader: true, flags });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(
        /BinaryError: unblock could not load its binary for Node .*: Cannot load native addon .* without --no-addons/,
      );
    });
  }
});

describe('a process with flags that change what the loader stands on', () => {
  const sets = [
    ['--disable-wasm-trap-handler'],
    ['--frozen-intrinsics'],
    ['--disable-proto=delete'],
    ['--no-node-snapshot'],
    ['--pending-deprecation', '--throw-deprecation'],
    ['--preserve-symlinks'],
    ['--experimental-vm-modules'],
  ];
  for (const flags of sets) {
    it(`is cooperative with ${flags.join(' ')}`, async () => {
      const program = `${proof} setTimeout(() => console.log(isCooperative()));`;
      expect(await linesOf(program, { loader: true, flags: ['--no-warnings', ...flags] })).to.deep.equal(['true']);
    });
  }

  it('is cooperative with --permission, which is checked as before', async () => {
    const program = `${proof}
      const fs = require('node:fs');
      const secret = require('node:path').join(require('node:os').tmpdir(), 'unblock-secret');
      const codeOf = (call) => { try { call(); return 'done'; } catch ({ code, permission }) { return code + ' ' + permission; } };
      setTimeout(() => {
        console.log(isCooperative());
        console.log(codeOf(() => fs.readFileSync('/etc/passwd')));
        console.log(codeOf(() => fs.readFileSync('/etc/passwd', 'utf8')));
        console.log(codeOf(() => fs.openSync('/etc/passwd')));
        console.log(codeOf(() => fs.writeFileSync(secret, '')));
        console.log(fs.readFileSync(__filename).length > 0);
      });`;
    const permission = process.version.startsWith('v20.') ? '--experimental-permission' : '--permission';
    const allowed = [...new Set([repoRoot, fs.realpathSync(repoRoot), os.tmpdir()])].map(
      (folder) => `--allow-fs-read=${folder}/*`,
    );
    const flags = ['--no-warnings', permission, '--allow-addons', '--allow-child-process', ...allowed];
    const denied = 'ERR_ACCESS_DENIED FileSystem';
    const reads = Array.from({ length: 3 }, () => `${denied}Read`);
    expect(await linesOf(program, { loader: true, flags })).to.deep.equal([...reads, `${denied}Write`, 'true', 'true']);
  });

  it('copies trees with --permission, which may allow no threads', async () => {
    const program = `
      const fs = require('node:fs');
      const path = require('node:path');
      const others = setInterval(() => {}, 1);
      setTimeout(() => {
        const directory = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'unblock-copy-'));
        fs.mkdirSync(path.join(directory, 'from', 'inner'), { recursive: true });
        fs.writeFileSync(path.join(directory, 'from', 'inner', 'file'), 'copied');
        fs.cpSync(path.join(directory, 'from'), path.join(directory, 'to'), { recursive: true });
        console.log(fs.readFileSync(path.join(directory, 'to', 'inner', 'file'), 'utf8'));
        fs.rmSync(directory, { recursive: true });
        clearInterval(others);
      }, 1);`;
    const permission = process.version.startsWith('v20.') ? '--experimental-permission' : '--permission';
    const flags = ['--no-warnings', permission, '--allow-addons', '--allow-fs-read=*', '--allow-fs-write=*'];
    expect(await linesOf(program, { loader: true, flags })).to.deep.equal(['copied']);
  });
});

describe('the loader', () => {
  it('lets nothing else run while a module is resolved', async () => {
    const program = `
      const fs = require('node:fs');
      const { sleep } = require('unblock');
      const { realpathSync } = fs;
      fs.realpathSync = (...args) => {
        try {
          sleep(1);
          console.log('slept');
        } catch ({ message }) {
          console.log(message);
        }
        return realpathSync(...args);
      };
      require.resolve('./other.cjs');`;
    const [said] = await linesOf(program, { loader: true, files: { 'other.cjs': '' } });
    expect(said).to.match(/while a module is loaded/);
  });

  it('leaves the compiled code that Node comes with usable', async () => {
    const program = `console.log(require('node:v8').cachedDataVersionTag());`;
    expect(await linesOf(program, { loader: true })).to.deep.equal(await linesOf(program, {}));
  });

  it('loads nothing of ours that only some programs use, and leaves the look-up of modules as it was', async () => {
    const program = `
      const Module = require('node:module');
      const ours = Object.keys(require.cache).map((file) => file.split(/[\\\\/]dist[\\\\/]src[\\\\/]/)[1]).filter(Boolean);
      const rare = /^core.(bridges|sync|pools|queues|greenlets)|^core.seeing.(run-info|greenlet-survey|timeline|trace-file)\\.js/;
      console.log(ours.length > 50, ours.filter((file) => rare.test(file)));
      console.log(Object.keys(require.cache).filter((file) => /unblock.node_modules/.test(file)));
      console.log(String(Module._resolveFilename).includes('ours'));`;
    const { stdout, stderr } = await spawnSource(program, { loader: true });
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'true []\n[]\nfalse\n', stderr: '' });
  });
});
