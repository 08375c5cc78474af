import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { type Ending, runProgram } from '../../compat/program';

const passes = `require('node:fs').writeSync(3, JSON.stringify({ bodies: 1, bought: ['a thing'] }));`;

async function run(source: string, limit = 30_000): Promise<Ending> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compat-program-'));
  try {
    const file = path.join(folder, 'case.js');
    fs.writeFileSync(file, source);
    return await runProgram({ node: process.execPath, args: [file], cwd: folder, env: { WORD: 'of its own' }, limit });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe('runProgram', () => {
  it('has passed if the program says so and ends by itself', async () => {
    expect(await run(passes)).to.deep.equal({ kind: 'passed', bought: ['a thing'] });
  });

  it('has failed if it ends well, but before its body has', async () => {
    for (const source of ['', `require('node:fs').writeSync(3, '{"bodies":0,"bought":[]}')`]) {
      expect(await run(source)).to.deep.equal({ kind: 'failed', why: 'it ended before its body had' });
    }
  });

  it('has failed with what it has written', async () => {
    const ending = await run(`console.log(process.env.WORD); console.error('bad'); process.exitCode = 3; ${passes}`);
    expect(ending).to.include({ kind: 'failed' });
    expect((ending as { why: string }).why)
      .to.match(/^it ended with code 3\n/)
      .and.include('bad')
      .and.include('of its own');
  });

  it('has failed if a signal ends it, or if it cannot be started', async () => {
    expect(await run(`${passes} process.kill(process.pid, 'SIGKILL')`)).to.deep.equal({
      kind: 'failed',
      why: 'it was ended by SIGKILL',
    });
    const ending = await runProgram({ node: '/nowhere/node', args: [], cwd: os.tmpdir(), env: {}, limit: 10_000 });
    expect((ending as { why: string }).why).to.include('it cannot be started');
  });

  it('is killed after its time, and its children with it', async () => {
    const child = `require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' })`;
    const ending = await run(`const { pid } = ${child}; console.log('child', pid); ${passes}`, 2_000);
    expect(ending).to.include({ kind: 'hung' });
    const { why } = ending as { why: string };
    expect(why).to.include('it had not ended after 2 seconds');
    const pid = /child (\d+)/.exec(why)![1]!;
    const state = fs.existsSync(`/proc/${pid}/stat`) ? fs.readFileSync(`/proc/${pid}/stat`, 'utf8') : 'gone';
    expect(state).to.match(/^gone$|\) Z /);
  });
});
