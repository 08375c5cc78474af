import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCLI } from 'jest';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

const tests = `
const { readFileSync } = require('node:fs');
jest.mock('./own', () => ({ name: 'mocked' }));
const own = require('./own');
beforeEach((done) => void setTimeout(done, 1));
it('reads itself', () => expect(readFileSync(__filename, 'utf8')).toContain('reads itself'));
it('reads itself later', async () => {
  await Promise.resolve();
  expect(readFileSync(__filename, 'utf8').length).toBeGreaterThan(100);
});
it('mocks', () => expect(own.name).toBe('mocked'));
it('has its own clock', () => {
  jest.useFakeTimers();
  const ring = jest.fn();
  setTimeout(ring, 1_000);
  jest.advanceTimersByTime(1_000);
  expect(ring).toHaveBeenCalledTimes(1);
});
it('fails', () => expect(1).toBe(2));
`;

scenario(
  () =>
    inScratchFolder(async (folder) => {
      writeFileSync(path.join(folder, 'some.test.js'), tests);
      writeFileSync(path.join(folder, 'own.js'), "module.exports = { name: 'own' };");
      const config = JSON.stringify({ testEnvironment: 'node', cache: false, transform: {} });
      const argv = { $0: '', _: [], config, silent: true, runInBand: true, reporters: [], watchman: false };
      const { results } = await runCLI(argv as never, [folder]);
      block();
      const [file] = results.testResults;
      const states = file!.testResults.map(({ title, status }) => `${title}: ${status}`);
      process.exitCode = 0;
      assert.deepEqual(states, [
        'reads itself: passed',
        'reads itself later: passed',
        'mocks: passed',
        'has its own clock: passed',
        'fails: failed',
      ]);
      block();
    }),
  { crowd: 2, overlaps: false },
);
