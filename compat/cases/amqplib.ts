import assert from 'node:assert/strict';
import { connect } from 'amqplib';
import { block, scenario } from '../support/scenario';
import { rabbitmq, scratchName } from '../support/services';

scenario(
  async () => {
    const connection = await connect(rabbitmq);
    const channel = await connection.createConfirmChannel();
    const queue = scratchName();
    await channel.assertQueue(queue, { exclusive: true });
    await channel.prefetch(2);
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      void channel.consume(queue, (message) => {
        const text = message!.content.toString();
        const isFirstTime = text === '3' && !message!.fields.redelivered;
        if (!isFirstTime) received.push(text);
        block();
        if (isFirstTime) channel.nack(message!);
        else channel.ack(message!);
        if (received.length === 5) resolve();
      });
    });
    const confirmed = [1, 2, 3, 4, 5].map(
      (n) =>
        new Promise<void>((resolve, reject) => {
          channel.sendToQueue(queue, Buffer.from(String(n)), {}, (error) => {
            block();
            if (error === null) resolve();
            else reject(error as Error);
          });
        }),
    );
    await Promise.all(confirmed);
    await all;
    assert.deepEqual(received.sort(), ['1', '2', '3', '4', '5']);
    const broken = await connection.createChannel();
    const closed = new Promise<Error>((resolve) => broken.on('error', (error: Error) => (block(), resolve(error))));
    await assert.rejects(broken.checkQueue(`${queue}_nowhere`), /NOT_FOUND/);
    assert.match((await closed).message, /NOT_FOUND/);
    await channel.close();
    await connection.close();
  },
  { crowd: 4 },
);
