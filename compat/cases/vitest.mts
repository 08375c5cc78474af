import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest, type TestCase } from 'vitest/node';
import { block, scenario } from '../support/scenario.js';

const tests = `
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
it('reads itself', () => expect(readFileSync(import.meta.filename, 'utf8')).toContain('reads itself'));
it.concurrent('reads itself later', async () => {
  await Promise.resolve();
  expect(readFileSync(import.meta.filename, 'utf8').length).toBeGreaterThan(100);
});
it('has its own clock', () => {
  vi.useFakeTimers();
  const ring = vi.fn();
  setTimeout(ring, 1_000);
  vi.advanceTimersByTime(1_000);
  expect(ring).toHaveBeenCalledOnce();
});
it('fails', () => expect(1).toBe(2));
`;

// Below the packages, where the tests find their runner.
const home = path.dirname(fileURLToPath(new URL('..', import.meta.url)));

scenario(
  async () => {
    const root = mkdtempSync(path.join(home, 'node_modules', '.vitest-'));
    writeFileSync(path.join(root, 'some.test.mjs'), tests);
    const states: string[] = [];
    const reporter = {
      onTestCaseResult: (test: TestCase) => {
        states.push(`${test.name}: ${test.result().state}`);
        block();
      },
      onTestRunEnd: () => block(),
    };
    for (const pool of ['threads', 'forks'] as const) {
      const include = ['*.test.mjs'];
      const options = {
        root,
        include,
        pool,
        watch: false,
        config: false as const,
        maxWorkers: 1,
        reporters: [reporter],
      };
      const vitest = await startVitest('test', [], options);
      await vitest.close();
    }
    rmSync(root, { recursive: true });
    process.exitCode = 0;
    const expected = [
      'fails: failed',
      'has its own clock: passed',
      'reads itself later: passed',
      'reads itself: passed',
    ];
    assert.deepEqual(states.sort(), [...expected, ...expected].sort());
  },
  { crowd: 2, overlaps: false },
);
