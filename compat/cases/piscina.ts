import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { block, scenario } from '../support/scenario';

// What the workers run: this same file.
export function double({ n }: { n: number }): number {
  if (n < 0) throw new RangeError('negative');
  readFileSync(__filename);
  return n * 2;
}

export async function treble({ n }: { n: number }): Promise<number> {
  await new Promise(setImmediate);
  return n * 3;
}

async function body(): Promise<void> {
  const pool = new Piscina({ filename: __filename, minThreads: 1, maxThreads: 2 });
  const doubled = await Promise.all(
    [1, 2, 3, 4].map(async (n) => {
      const result = (await pool.run({ n }, { name: 'double' })) as number;
      block();
      return result;
    }),
  );
  assert.deepEqual(doubled, [2, 4, 6, 8]);
  assert.equal(await pool.run({ n: 2 }, { name: 'treble' }), 6);
  await assert.rejects(pool.run({ n: -1 }, { name: 'double' }), RangeError);
  pool.on('drain', () => block());
  await Promise.all([1, 2, 3, 4].map((n) => pool.run({ n }, { name: 'treble' })));
  await pool.destroy();
}

if (isMainThread) scenario(body, { crowd: 3 });
