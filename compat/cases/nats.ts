import assert from 'node:assert/strict';
import { connect, StringCodec } from 'nats';
import { block, scenario, withBlocking } from '../support/scenario';
import { natsServer, scratchName } from '../support/services';

const text = StringCodec();

scenario(async () => {
  const connection = await connect(natsServer);
  const subject = scratchName();
  connection.subscribe(`${subject}.double`, {
    callback: (_error, message) => {
      block();
      message.respond(text.encode(String(Number(text.decode(message.data)) * 2)));
    },
  });
  const answers = await Promise.all(
    [1, 2, 3].map(async (n) => {
      const answer = await connection.request(`${subject}.double`, text.encode(String(n)), { timeout: 10_000 });
      block();
      return text.decode(answer.data);
    }),
  );
  assert.deepEqual(answers, ['2', '4', '6']);
  const events = connection.subscribe(`${subject}.events`, { max: 3 });
  for (const event of ['a', 'b', 'c']) connection.publish(`${subject}.events`, text.encode(event));
  const seen: string[] = [];
  for await (const message of events) {
    block();
    seen.push(text.decode(message.data));
  }
  assert.deepEqual(seen, ['a', 'b', 'c']);
  await assert.rejects(connection.request(`${subject}.nowhere`), { code: '503' });
  await connection.drain();
});

withBlocking('a remote call as an ordinary function that returns its answer', async ({ wait }) => {
  const connection = await connect(natsServer);
  const subject = scratchName();
  connection.subscribe(subject, { callback: (_error, message) => void message.respond(message.data) });
  const echo = (words: string): string =>
    text.decode(wait(connection.request(subject, text.encode(words), { timeout: 10_000 })).data);
  assert.equal(echo('a') + echo('b'), 'ab');
  await connection.close();
});
