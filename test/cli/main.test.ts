import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { repoRoot, type ScriptResult, spawnScript } from '../support/spawn-script';

const command = path.join(repoRoot, 'dist', 'src', 'cli', 'main.js');

describe('the command unblock', () => {
  let directory: string;
  before(() => void (directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-cli-'))));
  after(() => fs.rmSync(directory, { recursive: true }));

  function write(name: string, text: string): string {
    const file = path.join(directory, name);
    fs.writeFileSync(file, text);
    return file;
  }
  const unblock = (...args: string[]): Promise<ScriptResult> => spawnScript(command, { args });

  const patched = `
    const { isModulePatched, patchable } = require(${JSON.stringify(path.join(repoRoot, 'dist', 'src', 'patch', 'index.js'))});
    console.log(patchable.filter(isModulePatched).join(), process.argv.slice(2).join());`;

  it('runs a program as its main module, with its arguments, and ends as it does', async () => {
    const program = write(
      'main.cjs',
      `if (require.main !== module) throw new Error('not the main module');
       let turns = 0;
       const timer = setInterval(() => turns++, 1);
       require('node:child_process').execSync('sleep 0.1');
       clearInterval(timer);
       console.log(turns > 3, process.argv.slice(2));
       process.exitCode = 7;`,
    );
    const { code, stdout, stderr } = await unblock(program, '--verbose', '-x');
    expect({ code, stdout, stderr }).to.deep.equal({ code: 7, stdout: "true [ '--verbose', '-x' ]\n", stderr: '' });
  });

  it('patches the modules that are named, or all but those', async () => {
    const program = write('patched.cjs', patched);
    expect((await unblock('--fs', '--crypto', program, 'a')).stdout).to.equal('fs,crypto a\n');
    expect((await unblock('--no-child-process', program)).stdout).to.match(/^(?!.*child_process).*crypto/);
    expect((await unblock('--fs', '--verbose', program)).stderr).to.contain('unblock: fs: ');
  });

  it('patches the workers and forks of the program as well', async () => {
    const child = write('child.cjs', patched);
    const program = write(
      'parent.mjs',
      `import { fork } from 'node:child_process';
       import { once } from 'node:events';
       import { Worker } from 'node:worker_threads';
       await once(fork(${JSON.stringify(child)}, ['fork']), 'exit');
       await once(new Worker(${JSON.stringify(child)}, { argv: ['worker'] }), 'exit');`,
    );
    expect((await unblock('--fs', program)).stdout).to.equal('fs fork\nfs worker\n');
  });

  it('passes signals on, and is ended by the one that ends the program', async () => {
    const program = write(
      'signals.cjs',
      `process.once('SIGTERM', () => { console.log('caught'); });
       setInterval(() => {}, 1000);
       console.log('ready');`,
    );
    const running = spawn(process.execPath, [command, program], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.stdout.setEncoding('utf8');
    expect(await once(running.stdout, 'data')).to.deep.equal(['ready\n']);
    running.kill('SIGTERM');
    expect(await once(running.stdout, 'data')).to.deep.equal(['caught\n']);
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).to.deep.equal([null, 'SIGTERM']);
  });

  it('prints its help, with every variable, and its version', async () => {
    const { code, stdout } = await unblock('--help');
    expect(code).to.equal(0);
    expect(stdout).to.contain('UNBLOCK_STACK_SIZE=1088kb').and.to.contain('child_process');
    expect((await unblock()).stdout).to.equal(stdout);
    expect((await unblock('--version')).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('prints its help and its version whatever is configured, as the help is what is needed then', async () => {
    const env = { UNBLOCK_STACK_SIZE: '1', UNBLOCK_WATCHDOG: 'perhaps', UNBLOCK_PATCH: 'nonsense' };
    for (const option of ['--help', '--version']) {
      const { code, stdout, stderr } = await spawnScript(command, { args: [option], env });
      expect({ code, stderr, isSame: stdout === (await unblock(option)).stdout }, option).to.deep.equal({
        code: 0,
        stderr: '',
        isSame: true,
      });
    }
  });

  it('refuses an option that does not exist, with those that do', async () => {
    const { code, stderr } = await unblock('--sf', 'program.js');
    expect(code).to.equal(2);
    expect(stderr).to.match(/^unblock: There is no option '--sf'; there is .*--\[no-\]fs/);
  });
});
