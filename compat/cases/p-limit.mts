import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { block, scenario } from '../support/scenario.js';

scenario(async () => {
  const limit = pLimit(2);
  const storage = new AsyncLocalStorage<number>();
  let running = 0;
  let most = 0;
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    block();
    await delay(1);
    block();
    assert.equal(storage.getStore(), n);
    running--;
    return n * 2;
  };
  const numbers = [1, 2, 3, 4, 5];
  const doubled = await Promise.all(numbers.map((n) => storage.run(n, () => limit(work, n))));
  assert.deepEqual([doubled, most], [[2, 4, 6, 8, 10], 2]);
  const synchronous = limit(() => {
    block();
    throw new Error('on purpose');
  });
  await assert.rejects(synchronous, /on purpose/);
  assert.deepEqual([limit.activeCount, limit.pendingCount], [0, 0]);
});
