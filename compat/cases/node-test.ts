import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, beforeEach, describe, it, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { block, scenario } from '../support/scenario';

scenario(
  async () => {
    const order: string[] = [];
    const at = (step: string): void => {
      order.push(step);
      block();
    };
    const storage = new AsyncLocalStorage<string>();
    await test('a test', async (t) => {
      t.after(() => at('after'));
      await t.test('has a sub-test', (sub) => {
        at(sub.name);
        sub.diagnostic('seen');
      });
      await t.test('is asynchronous', async () => {
        await storage.run('store', async () => {
          at('first');
          await delay(1);
          at('second');
          assert.equal(storage.getStore(), 'store');
        });
      });
      await t.test('has two at once', { concurrency: 2 }, async (pair) => {
        await Promise.all(
          ['one', 'two'].map((name) =>
            pair.test(name, async () => {
              await null;
              block();
            }),
          ),
        );
      });
      await t.test('has a callback', (_sub, done) => void setImmediate(() => (at('callback'), done())));
      await t.test('is to do', { todo: true }, () => {
        throw new Error('on purpose');
      });
      const double = t.mock.fn((n: number) => (block(), n * 2));
      assert.deepEqual([double(2), double.mock.callCount()], [4, 1]);
    });
    await describe('a suite', () => {
      before(() => at('before'));
      beforeEach(() => at('each'));
      after(() => at('last'));
      it('has one', () => at('one'));
      it('has two', async () => at('two'));
    });
    mock.reset();
    assert.equal(order.join(' '), 'has a sub-test first second callback after before each one each two last');
  },
  { crowd: 3 },
);
