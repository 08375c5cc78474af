import { expect } from 'chai';

import { declareCore } from '../../support/core-script';
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

/** Runs a program that can `signal(name)` itself and see the signal arrive, and is over when nothing is left to do. */
function run(program: string, options: SpawnSourceOptions = {}): Promise<ScriptResult> {
  const prelude = `${declareCore}
core('seeing/observe').observe();
const { sleep } = core('waiting/sleep');
const { spawn } = core('greenlets/spawn');
const signal = (name) => { process.kill(process.pid, name); sleep(50); };
`;
  return spawnSource(prelude + program, options);
}

describe('the signal for the run info', () => {
  it('has it written to standard error, each time', async () => {
    const { code, stderr } = await run(`
      spawn(function waiter() { sleep(200); });
      spawn(function sender() { signal('SIGUSR2'); signal('SIGUSR2'); });
    `);
    expect(code).to.equal(0);
    expect(stderr.match(/^unblock: process \d+: 2 greenlets \(2 waiting\)$/gm)).to.have.length(2);
    expect(stderr).to.match(/waiter: waiting in sleep, \d+ ms left\n.* at waiter /);
  });

  it('does not keep the process alive', async () => {
    const { code, stderr } = await run('');
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('is another one if that is configured, at the start and later', async () => {
    const program = `
      process.on('SIGUSR2', () => {});
      process.on('SIGHUP', () => {});
      spawn(() => {
        signal('SIGQUIT');
        core('config').setConfig({ runInfoSignal: 'SIGUSR1' });
        console.error(process.listenerCount('SIGQUIT'));
        signal('SIGUSR1');
      });`;
    const { code, stderr } = await run(program, { env: { UNBLOCK_RUN_INFO_SIGNAL: 'SIGQUIT' } });
    expect(code).to.equal(0);
    expect(stderr).to.match(/^unblock: process [^]*\n0\nunblock: process /);
  });

  it('ends the process as ever if it is off', async () => {
    const ended = await run("spawn(() => signal('SIGUSR2'));", { env: { UNBLOCK_RUN_INFO_SIGNAL: 'off' } });
    expect([ended.signal, ended.stderr]).to.deep.equal(['SIGUSR2', '']);
  });

  it('is the program’s own if it listens, and ends the process when it has stopped to', async () => {
    const { signal, stdout, stderr } = await run(`
      process.once('SIGUSR2', () => console.log('own'));
      spawn(() => { signal('SIGUSR2'); signal('SIGUSR2'); });
    `);
    expect({ signal, stdout, stderr }).to.deep.equal({ signal: 'SIGUSR2', stdout: 'own\n', stderr: '' });
  });

  it('is left to a program that listens to it from the start', async () => {
    const { stdout } = await spawnSource(`${declareCore}
      process.on('SIGUSR2', () => {});
      core('seeing/observe').observe();
      console.log(process.listenerCount('SIGUSR2'));`);
    expect(stdout).to.equal('1\n');
  });

  it('works under the loader, for callbacks of Node that are suspended', async () => {
    const program = `
      setImmediate(function onImmediate() { require('node:child_process').execSync('sleep 0.3'); });
      setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 100);`;
    const { code, stderr } = await spawnSource(program, { loader: true });
    expect(code).to.equal(0);
    expect(stderr).to.match(/waiting in child_process\.execSync\n.* at Immediate\.onImmediate /);
  });
});
