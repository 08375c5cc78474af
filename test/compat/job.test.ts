import { expect } from 'chai';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { runJob } from '../../compat/job';
import type { Entry, Mode } from '../../compat/matrix';
import { loader } from '../../compat/places';
import type { Finding } from '../../compat/verdict';

const entry: Entry = {
  ...{ package: 'a', range: '^1', group: 'any', status: 'works', reason: undefined, case: 'a', lines: undefined },
  ...{ fails: {}, needs: ['redis'], short: false },
};
const passes = `require('node:fs').writeSync(3, JSON.stringify({ bodies: 1, bought: ['a thing'] }));`;
const connects = `require('node:net').connect(process.env.COMPAT_REDIS_PORT, '127.0.0.1')`;

describe('runJob', () => {
  let folder: string;
  let server: net.Server;
  let before: string | undefined;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compat-job-'));
    server = net
      .createServer((socket) => socket.on('error', () => undefined).on('data', () => server.close()))
      .listen(0);
    await once(server, 'listening');
    before = process.env['COMPAT_REDIS_PORT'];
    process.env['COMPAT_REDIS_PORT'] = String((server.address() as net.AddressInfo).port);
  });
  afterEach(() => {
    server.close();
    fs.rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env['COMPAT_REDIS_PORT'];
    else process.env['COMPAT_REDIS_PORT'] = before;
  });

  async function run(source: string, mode: Mode = 'plain'): Promise<Finding> {
    const program = path.join(folder, 'case.js');
    fs.writeFileSync(program, source);
    const place = { node: process.execPath, loader, cwd: folder, limit: 30_000 };
    return runJob({ entry, line: '20', mode, program, finding: undefined }, place);
  }

  it('finds what a program says, in its mode, under the loader in all but one', async () => {
    const patched = `const is = require(${JSON.stringify(loader.replace('loader.mjs', 'dist/src/patch/index.js'))}).isModulePatched('fs');`;
    const says = (mode: string, is: boolean): string =>
      `${patched} if (is === ${is} && process.env.COMPAT_MODE === '${mode}') { ${passes} }`;
    for (const mode of ['plain', 'loader', 'crowd'] as const) {
      const found = await run(says(mode, mode !== 'plain'), mode);
      expect(found).to.deep.include({
        package: 'a',
        line: '20',
        mode,
        verdict: 'passed',
        why: '',
        bought: ['a thing'],
      });
    }
  });

  it('does not run what needs a server that is not there', async () => {
    server.close();
    await once(server, 'close');
    expect(await run(passes)).to.deep.include({ verdict: 'absent', why: 'no server: redis', milliseconds: 0 });
  });

  it('tells a server that has died from a case that has failed', async () => {
    expect((await run(`${connects}.on('connect', () => process.exit(1))`)).verdict).to.equal('broken');
    const lost = await run(
      `${connects}.on('connect', function () { this.end('die'); }).on('close', () => process.exit(1))`,
    );
    expect(lost.verdict).to.equal('lost');
    expect(lost.why).to.match(/^gone while it ran: redis\nit ended with code 1/);
  });

  it('passes on what could not be run from the start', async () => {
    const finding = { verdict: 'unready', why: 'a is not installed' } as const;
    const place = { node: process.execPath, loader, cwd: folder, limit: 30_000 };
    const found = await runJob({ entry, line: '20', mode: 'plain', program: undefined, finding }, place);
    expect(found).to.deep.include({ ...finding, milliseconds: 0, bought: [] });
  });
});
