import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { block, scenario, withBlocking } from '../support/scenario';
import { redis as server, scratchName } from '../support/services';

scenario(async () => {
  const redis = new Redis({ ...server, enableAutoPipelining: true, retryStrategy: () => (block(), 1) });
  redis.on('ready', () => block());
  const key = scratchName();
  const values = await Promise.all(
    Array.from({ length: 20 }, (_, n) => redis.set(`${key}:${n}`, n).then(() => (block(), redis.get(`${key}:${n}`)))),
  );
  assert.deepEqual(
    values,
    Array.from({ length: 20 }, (_, n) => String(n)),
  );
  const outcome = await redis.multi().set(key, 1).incr(key).get(key).exec();
  assert.deepEqual(
    outcome?.map(([, value]) => value),
    ['OK', 2, '2'],
  );
  redis.defineCommand('double', { numberOfKeys: 1, lua: "return redis.call('GET', KEYS[1]) * 2" });
  assert.equal(await (redis as unknown as { double(key: string): Promise<number> }).double(key), 4);
  const called = await new Promise((resolve) => void redis.get(key, (_error, value) => (block(), resolve(value))));
  assert.equal(called, '2');

  const subscriber = redis.duplicate();
  await subscriber.subscribe(key);
  const heard = new Promise((resolve) =>
    subscriber.on('message', (_channel, text: string) => (block(), resolve(text))),
  );
  await redis.publish(key, 'hello');
  assert.equal(await heard, 'hello');

  const popper = redis.duplicate();
  const popped = popper.blpop(`${key}:list`, 10);
  await redis.rpush(`${key}:list`, 'item');
  assert.deepEqual(await popped, [`${key}:list`, 'item']);

  const left = once(redis, 'reconnecting');
  redis.disconnect(true);
  await left;
  assert.equal(await redis.get(key), '2');
  await redis.del(key, ...Array.from({ length: 20 }, (_, n) => `${key}:${n}`));
  redis.disconnect();
  for (const each of [subscriber, popper]) each.disconnect();
});

withBlocking('a cache whose get() answers at once, as Map.get does', async ({ wait }) => {
  const redis = new Redis(server);
  class RedisMap {
    set = (key: string, value: string): unknown => wait(redis.set(key, value, 'EX', 60));
    get = (key: string): string | null => wait(redis.get(key));
  }
  const cache = new RedisMap();
  const key = scratchName();
  cache.set(key, 'value');
  assert.equal(`${cache.get(key)}!`, 'value!');
  await redis.quit();
});
