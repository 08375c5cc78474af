import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

interface Variant {
  name: string;
  /** Why it cannot run on this machine; absent when it can. */
  reason?: string;
}

interface Result {
  name: string;
  status: 'passed' | 'failed' | 'not run';
  summary: string;
  output: string;
}

const runner = join(__dirname, '..', '..', '..', 'native', 'test', 'run.mjs');

// Asked before the suite is declared, so that a title can carry the reason.
function listVariants(): Variant[] {
  return JSON.parse(execFileSync(process.execPath, [runner, '--list'], { encoding: 'utf8' }));
}

function runVariant(name: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [runner, '--json', name], (error, stdout, stderr) => {
      // A failed variant ends in exit status 1 too, with its result on stdout.
      if (stdout === '') reject(error ?? new Error(stderr));
      else resolve(JSON.parse(stdout)[0]);
    });
  });
}

describe('the V8-free half', function () {
  // The first run on a machine compiles; valgrind and the emulator are slow.
  this.timeout(300_000);

  for (const { name, reason } of listVariants()) {
    if (reason !== undefined) {
      it(`holds its claims: ${name} (not run: ${reason})`, function () {
        this.skip();
      });
      continue;
    }
    it(`holds its claims: ${name}`, async () => {
      const result = await runVariant(name);
      expect(result.status, `${result.summary}\n${result.output}`).to.equal('passed');
    });
  }
});
