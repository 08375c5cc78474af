import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { home } from '../../compat/places';
import { runProgram } from '../../compat/program';
import { absent } from '../../compat/servers';
import { loaderUrl, repoRoot } from '../support/spawn-script';

// The short form of `npm run compat:protocols`, which does ten thousand of each.
const operations = 400;
const storms: Readonly<Record<string, readonly string[]>> = {
  pg: ['postgresql'],
  mysql2: ['mariadb'],
  ioredis: ['redis'],
  undici: [],
  net: [],
};

const compiler = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc');

describe('kills and timeouts in the middle of exchanges', () => {
  // As the short form of the matrix is compiled: without the types of what is not installed.
  before(function () {
    this.timeout(120_000);
    execFileSync(process.execPath, [compiler, '-p', home, '--noCheck']);
  });

  for (const [name, needs] of Object.entries(storms)) {
    it(`mix up no answers of ${name}, and leave no connection stuck or lost`, async function () {
      const missing = await absent(needs);
      const program = path.join(home, 'dist', 'protocols', `${name}.js`);
      const isThere = name === 'net' || fs.existsSync(path.join(home, 'node_modules', name));
      const why =
        missing.length > 0 ? `no server: ${missing.join(', ')}` : isThere ? '' : `${name} is not installed in compat/`;
      if (why !== '') {
        this.test!.title += ` (not run: ${why})`;
        this.skip();
      }
      const ending = await runProgram({
        node: process.execPath,
        args: ['--no-deprecation', '--import', loaderUrl, program],
        cwd: repoRoot,
        env: { COMPAT_OPERATIONS: String(operations), COMPAT_SEED: String(Date.now() % 1_000_000) },
        limit: 100_000,
      });
      // The seed is in either.
      expect(ending.kind, JSON.stringify(ending)).to.equal('passed');
    }).timeout(110_000);
  }
});
