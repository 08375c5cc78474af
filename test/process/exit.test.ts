import { expect } from 'chai';

import { type Ending, runBothWays } from '../support/both-ways';
import type { SpawnSourceOptions } from '../support/spawn-script';

interface Exit extends SpawnSourceOptions {
  title: string;
  program: string;
  /** What both runs must end with. */
  ends: Partial<Ending>;
}

const exits: readonly Exit[] = [
  { title: 'at its natural end', program: `sleep(1);`, ends: { code: 0 } },
  { title: 'with exitCode', program: `process.exitCode = 9; sleep(1);`, ends: { code: 9 } },
  {
    title: 'with an exitCode that an exit handler sets',
    program: `process.on('exit', () => { process.exitCode = 10; }); spawn(() => sleep(1));`,
    ends: { code: 10 },
  },
  { title: 'by process.exit after blocking', program: `sleep(1); process.exit(2);`, ends: { code: 2 } },
  { title: 'by process.exit in a greenlet', program: `inGreenlet(() => process.exit(3));`, ends: { code: 3 } },
  {
    title: 'by process.exit in a greenlet that has blocked',
    program: `spawn(() => { sleep(1); process.exit(4); });`,
    ends: { code: 4 },
  },
  {
    title: 'by process.exit in a promise callback',
    program: `Promise.resolve().then(() => { sleep(1); process.exit(5); });`,
    ends: { code: 5 },
  },
  {
    title: 'by process.exit in a timer',
    program: `setTimeout(() => { sleep(1); process.exit(6); }, 1);`,
    ends: { code: 6 },
  },
  {
    title: 'by process.exit in a tick',
    program: `process.nextTick(() => { sleep(1); process.exit(7); });`,
    ends: { code: 7 },
  },
  {
    title: 'by process.exit in a request handler',
    program: `
      const http = require('node:http');
      const server = http.createServer(() => { sleep(1); process.exit(8); });
      server.listen(0, () => http.get({ port: server.address().port }).on('error', () => {}));`,
    ends: { code: 8 },
  },
  {
    title: 'by process.exit without a code, in a handler of the exit, after exitCode',
    program: `process.exitCode = 11; process.on('exit', () => inGreenlet(() => process.exit())); inGreenlet(() => process.exit(12));`,
    ends: { code: 12 },
  },
  {
    title: 'after a beforeExit handler that blocks and makes more work',
    program: `
      let turns = 0;
      process.on('beforeExit', () => { if (turns++ < 2) setTimeout(() => { sleep(1); console.log('more', turns); }, 1); });
      process.on('exit', (code) => console.log('exit', code, turns));`,
    ends: { code: 0, stdout: 'more 1\nmore 2\nexit 0 3\n' },
  },
  {
    title: 'after a beforeExit handler that reads a file, which is no reason to go on',
    program: `
      let turns = 0;
      process.on('beforeExit', () => { require('node:fs').readFileSync(__filename); if (++turns > 9) process.exit(99); });
      process.on('exit', (code) => console.log('exit', code, turns));`,
    ends: { code: 0, stdout: 'exit 0 1\n' },
  },
  {
    title: 'with all of its exit handlers run',
    program: `
      process.on('exit', (code) => console.log('first', code));
      process.on('exit', (code) => console.log('second', code));
      spawn(() => { sleep(1); try { process.exit(13); } finally { console.log('never'); } });`,
    ends: { code: 13, stdout: 'first 13\nsecond 13\n' },
  },
  {
    title: 'with patched calls that really block in an exit handler',
    program: `
      process.on('exit', () => {
        console.log(require('node:fs').readFileSync(__filename, 'utf8').includes('patched') || 'patched');
        console.log(require('node:child_process').execSync('echo done', { encoding: 'utf8' }));
        console.log(require('node:crypto').pbkdf2Sync('p', 's', 1, 4, 'sha1').toString('hex'));
      });
      spawn(() => { sleep(1); process.exit(14); });`,
    ends: { code: 14, stdout: 'true\ndone\n\n843c87e7\n' },
  },
  {
    title: 'by SIGTERM',
    program: `spawn(() => { sleep(1); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000); });`,
    ends: { signal: 'SIGTERM' },
  },
  {
    title: 'by a SIGTERM handler that blocks and exits',
    program: `
      process.on('SIGTERM', (signal) => { sleep(1); console.log(signal); process.exit(15); });
      spawn(() => { process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000); });`,
    ends: { code: 15, stdout: 'SIGTERM\n' },
  },
  {
    title: 'by SIGKILL',
    program: `spawn(() => { sleep(1); process.kill(process.pid, 'SIGKILL'); });`,
    ends: { signal: 'SIGKILL' },
  },
  {
    title: 'at the end of an ES module that waits',
    as: 'mjs',
    program: `sleep(1); await null; sleep(1); process.exitCode = 16;`,
    ends: { code: 16 },
  },
];

// Each function is called \`thrower\`: that is the frame that must come first.
const errors: readonly Exit[] = [
  { title: 'in a greenlet', program: `inGreenlet(function thrower() { throw new Error('boom'); });`, ends: {} },
  {
    title: 'in a greenlet that has blocked',
    program: `spawn(function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in the main module after blocking',
    program: `sleep(1); (function thrower() { throw new Error('boom'); })();`,
    ends: {},
  },
  {
    title: 'in a promise callback',
    program: `Promise.resolve().then(function thrower() { throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in a promise callback that has blocked',
    program: `Promise.resolve().then(function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in an async function that has blocked after an await',
    program: `(async function thrower() { await null; sleep(1); await null; sleep(1); throw new Error('boom'); })();`,
    ends: {},
  },
  {
    title: 'in a microtask that has blocked',
    program: `queueMicrotask(function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in a tick that has blocked',
    program: `process.nextTick(function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in a timer that has blocked',
    program: `setTimeout(function thrower() { sleep(1); throw new Error('boom'); }, 1);`,
    ends: {},
  },
  {
    title: 'in an immediate that has blocked',
    program: `setImmediate(function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in a callback of the file system that has blocked',
    program: `require('node:fs').stat('.', function thrower() { sleep(1); throw new Error('boom'); });`,
    ends: {},
  },
  {
    title: 'in a request handler that has blocked',
    program: `
      const http = require('node:http');
      const server = http.createServer(function thrower() { sleep(1); throw new Error('boom'); });
      server.listen(0, () => http.get({ port: server.address().port }).on('error', () => {}));`,
    ends: {},
  },
  {
    title: 'as an error event nobody listens to',
    program: `
      const emitter = new (require('node:events'))();
      spawn(function thrower() { sleep(1); emitter.emit('error', new Error('boom')); });`,
    ends: {},
  },
  { title: 'that is no error object', program: `spawn(() => { sleep(1); throw null; });`, ends: {} },
  {
    title: 'as a rejection nobody handles',
    program: `spawn(function thrower() { sleep(1); Promise.reject(new Error('boom')); sleep(1); });`,
    ends: {},
  },
  {
    title: 'as a rejection nobody handles that is no error',
    program: `spawn(() => { sleep(1); Promise.reject(42); });`,
    ends: {},
  },
  {
    title: 'in the uncaughtException handler itself',
    program: `
      process.on('uncaughtException', function thrower(error) { throw new Error('again: ' + error.message); });
      spawn(() => { sleep(1); throw new Error('boom'); });`,
    ends: { code: 7 },
  },
  {
    title: 'in an exit handler',
    program: `process.on('exit', function thrower() { throw new Error('boom'); }); spawn(() => { sleep(1); process.exit(3); });`,
    ends: { code: 3 },
  },
  {
    title: 'at the top level of an ES module after blocking',
    as: 'mjs',
    program: `sleep(1); await null; sleep(1); (function thrower() { throw new Error('boom'); })();`,
    ends: {},
  },
];

describe('a process with suspended greenlets', () => {
  describe('ends like plain Node', () => {
    for (const { title, program, ends, ...options } of exits) {
      it(title, async () => {
        const { plain, loaded } = await runBothWays(program, options);
        expect(plain).to.deep.include(ends);
        expect(loaded).to.deep.equal(plain);
      });
    }
  });

  describe('reports like plain Node an error that nobody catches', () => {
    for (const { title, program, ends, ...options } of errors) {
      it(title, async () => {
        const { plain, loaded } = await runBothWays(program, options);
        expect(plain).to.deep.include({ code: 1, ...ends });
        expect(loaded).to.deep.equal(plain);
      });
    }
  });
});
