import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { home } from '../../compat/places';
import { runProgram } from '../../compat/program';
import { loaderUrl, repoRoot } from '../support/spawn-script';

// The matrix loads tracers behind the loader; whoever starts one by --require has it before.
const tracers: Readonly<Record<string, readonly string[]>> = {
  'dd-trace': ['dd-trace/init'],
  opentelemetry: ['@opentelemetry/sdk-trace-node', '@opentelemetry/instrumentation-http', 'http'],
};

const compiler = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const installed = (name: string): boolean => fs.existsSync(path.join(home, 'node_modules', name));
const areThere = installed('dd-trace') && installed('@opentelemetry');

describe('a tracer that is loaded before the loader', () => {
  let directory: string;
  before(function () {
    this.timeout(120_000);
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-tracers-'));
    if (areThere) execFileSync(process.execPath, [compiler, '-p', home, '--noCheck']);
  });
  after(() => fs.rmSync(directory, { recursive: true }));

  for (const [name, modules] of Object.entries(tracers)) {
    it(`keeps its spans in a crowd of handlers that block: ${name}`, async function () {
      if (!areThere) {
        this.test!.title += ' (not run: it is not installed in compat/)';
        this.skip();
      }
      const first = path.join(directory, `${name}.cjs`);
      const from = JSON.stringify(path.join(home, 'package.json'));
      fs.writeFileSync(
        first,
        `for (const name of ${JSON.stringify(modules)}) require('node:module').createRequire(${from})(name);`,
      );
      const ending = await runProgram({
        node: process.execPath,
        args: [
          '--no-warnings',
          '--require',
          first,
          '--import',
          loaderUrl,
          path.join(home, 'dist', 'cases', `${name}.js`),
        ],
        cwd: repoRoot,
        env: { COMPAT_MODE: 'crowd', DD_TRACE_STARTUP_LOGS: 'false' },
        limit: 50_000,
      });
      expect(ending.kind, JSON.stringify(ending)).to.equal('passed');
    }).timeout(60_000);
  }
});
