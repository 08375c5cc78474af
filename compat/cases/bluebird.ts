import assert from 'node:assert/strict';
import { readFile } from 'node:fs';
import Bluebird from 'bluebird';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(async () => {
  const doubled = await Bluebird.map(
    [1, 2, 3],
    (n) => {
      block();
      return Bluebird.delay(4 - n, n * 2);
    },
    { concurrency: 2 },
  );
  assert.deepEqual(doubled, [2, 4, 6]);
  const sum = await Bluebird.reduce([1, 2, 3], (total, n) => (block(), total + n), 0);
  assert.equal(sum, 6);
  const read = Bluebird.promisify(readFile) as (name: string) => Bluebird<Buffer>;
  const length = await read(__filename)
    .then((content) => (block(), content.length))
    .tap(() => block())
    .finally(() => block());
  assert(length > 0);
  await assert.rejects(Promise.resolve(Bluebird.delay(1_000).timeout(5)), Bluebird.TimeoutError);
  const disposed: string[] = [];
  const resource = Bluebird.resolve('resource').disposer((name) => (block(), void disposed.push(name)));
  await Bluebird.using(resource, async (name) => {
    block();
    disposed.push(`uses ${name}`);
  });
  assert.deepEqual(disposed, ['uses resource', 'resource']);
  const caught = await Bluebird.try(() => JSON.parse('{'))
    .catch(TypeError, () => 'type')
    .catch(SyntaxError, () => (block(), 'syntax'));
  assert.equal(caught, 'syntax');
});

withBlocking('the value of a foreign promise in a getter', ({ wait }) => {
  const account = {
    get balance(): number {
      return wait(Bluebird.delay(1, 42));
    },
  };
  assert.equal(account.balance, 42);
});
