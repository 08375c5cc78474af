import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { block, scenario } from '../support/scenario';
import { mqttBroker, scratchName } from '../support/services';

scenario(async () => {
  const topic = scratchName();
  const subscriber = await mqtt.connectAsync(mqttBroker);
  const publisher = await mqtt.connectAsync(mqttBroker);
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    subscriber.on('message', (from, payload) => {
      received.push(`${from.split('/').at(-1)} ${payload.toString()}`);
      block();
      if (received.length === 5) resolve();
    });
  });
  await subscriber.subscribeAsync(`${topic}/+`, { qos: 2 });
  for (let n = 1; n <= 4; n++) {
    await new Promise<void>((resolve, reject) => {
      publisher.publish(`${topic}/numbers`, String(n), { qos: (n % 3) as 0 | 1 | 2 }, (error) => {
        block();
        if (error) reject(error);
        else resolve();
      });
    });
  }
  await publisher.publishAsync(`${topic}/end`, 'of it');
  await all;
  assert.deepEqual(received.sort(), ['end of it', 'numbers 1', 'numbers 2', 'numbers 3', 'numbers 4']);
  await Promise.all([subscriber.endAsync(), publisher.endAsync()]);
});
