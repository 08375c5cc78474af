import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import Mocha from 'mocha';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const order: string[] = [];
  const at = (step: string): void => {
    order.push(step);
    block();
  };
  const mocha = new Mocha({ reporter: class extends Mocha.reporters.Base {}, timeout: 1_000, retries: 1 });
  const suite = Mocha.Suite.create(mocha.suite, 'a suite');
  suite.beforeAll(() => at('before'));
  suite.beforeEach((done) => void setImmediate(() => (at('each'), done())));
  suite.afterAll(async () => at('after'));
  suite.addTest(new Mocha.Test('is synchronous', () => at('sync')));
  suite.addTest(new Mocha.Test('has a callback', (done) => void setTimeout(() => (at('callback'), done()), 1)));
  suite.addTest(
    new Mocha.Test('returns a promise', async () => {
      at('promise');
      await delay(1);
      at('promised');
    }),
  );
  suite.addTest(
    new Mocha.Test('fails', () => {
      at('failing');
      throw new Error('on purpose');
    }),
  );
  const failures = await new Promise<string[]>((resolve) => {
    const errors: string[] = [];
    mocha
      .run(() => resolve(errors))
      .on('fail', (test, error: Error) => (block(), errors.push(`${test.title}: ${error.message}`)));
  });
  assert.deepEqual(failures, ['fails: on purpose']);
  assert.deepEqual(
    order.join(' '),
    'before each sync each callback each promise promised each failing each failing after',
  );
});
