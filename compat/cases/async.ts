import assert from 'node:assert/strict';
import async from 'async';
import { block, scenario } from '../support/scenario';

type Done<T> = (error: Error | null, value?: T) => void;

scenario(async () => {
  const double = (n: number, done: Done<number>): void =>
    void setTimeout(() => {
      block();
      done(null, n * 2);
    }, 4 - n);
  assert.deepEqual(await async.mapLimit([1, 2, 3], 2, double), [2, 4, 6]);
  const sorted = await async.sortBy([3, 1, 2], (n: number, done: Done<number>) => (block(), done(null, n)));
  assert.deepEqual(sorted, [1, 2, 3]);
  const built = await async.auto<{ a: number; b: number; sum: number }>({
    a: async () => (block(), 1),
    b: (done: Done<number>) => void setImmediate(() => (block(), done(null, 2))),
    sum: ['a', 'b', ({ a, b }: { a: number; b: number }, done: Done<number>) => (block(), done(null, a + b))],
  });
  assert.equal(built.sum, 3);
  const order: number[] = [];
  const queue = async.queue(async (n: number) => {
    block();
    order.push(n);
  }, 1);
  for (const n of [1, 2, 3]) void queue.push(n);
  await queue.drain();
  assert.deepEqual(order, [1, 2, 3]);
  let tries = 0;
  const third = await async.retry(5, async () => {
    block();
    if (++tries < 3) throw new Error('not yet');
    return tries;
  });
  assert.equal(third, 3);
  await assert.rejects(async.series([async () => Promise.reject(new Error('on purpose'))]), /on purpose/);
});
