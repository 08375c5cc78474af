import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { repoRoot } from '../support/spawn-script';

// Below the root, where the package finds itself by its name.
const scratch = path.join(repoRoot, '.cache');

const program = `
  import 'unblock/patch';
  import dns from 'node:dns';
  import net from 'node:net';
  import timers from 'node:timers';
  const socket: net.Socket = net.connectSync(80);
  const line: string | null = socket.readLineSync();
  timers.sleepSync(1);
  console.log(line, dns.lookupSync('host'), fetchSync('http://host').textSync());
`;

describe('the types of the blocking forms', () => {
  it('are there for who imports unblock/patch', function () {
    this.timeout(60_000);
    fs.mkdirSync(scratch, { recursive: true });
    const directory = fs.mkdtempSync(path.join(scratch, 'types-'));
    try {
      const file = path.join(directory, 'program.ts');
      fs.writeFileSync(file, program);
      const tsc = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const options = ['--noEmit', '--module', 'node20', '--target', 'es2022', '--types', 'node', '--skipLibCheck'];
      const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, '--ignoreConfig', file], {
        cwd: directory,
        encoding: 'utf8',
      });
      expect(stdout).to.equal('');
      expect(status).to.equal(0);
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  });
});
