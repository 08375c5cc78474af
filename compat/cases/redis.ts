import assert from 'node:assert/strict';
import { createClient } from 'redis';
import { block, scenario } from '../support/scenario';
import { redis as server, scratchName } from '../support/services';

scenario(async () => {
  const client = createClient({ socket: server });
  client.on('error', () => block()).on('ready', () => block());
  await client.connect();
  const key = scratchName();
  const values = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await client.set(`${key}:${n}`, n);
      block();
      return client.get(`${key}:${n}`);
    }),
  );
  assert.deepEqual(
    values,
    Array.from({ length: 20 }, (_, n) => String(n)),
  );
  assert.deepEqual(await client.multi().set(key, '1').incr(key).get(key).exec(), ['OK', 2, '2']);
  const found = new Set<string>();
  for await (const keys of client.scanIterator({ MATCH: `${key}:*`, COUNT: 10 })) {
    block();
    for (const each of keys) found.add(each);
  }
  assert.equal(found.size, 20);
  const subscriber = client.duplicate();
  await subscriber.connect();
  const heard = new Promise((resolve) => void subscriber.subscribe(key, (text) => (block(), resolve(text))));
  while ((await client.publish(key, 'hello')) === 0) await new Promise(setImmediate);
  assert.equal(await heard, 'hello');
  await client.del([key, ...found]);
  await subscriber.close();
  await client.close();
});
