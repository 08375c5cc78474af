import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { Channel } from '../../../src/core/queues/channel';
import { Queue } from '../../../src/core/queues/queue';
import { StopIteration } from '../../../src/core/queues/queue-iteration';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { sleep } from '../../../src/core/waiting/sleep';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, runInGreenlet } from '../../support/in-greenlet';

describe('the iteration of a queue', () => {
  it(
    'waits for items until the sentinel comes',
    inGreenlet(() => {
      const queue = new SimpleQueue<number | typeof StopIteration>();
      spawn(() => {
        queue.put(1);
        sleep(1);
        queue.put(2);
        queue.put(StopIteration);
        queue.put(3);
      });
      const items: number[] = [];
      for (const item of queue) items.push(item);
      expect(items).to.deep.equal([1, 2]);
      expect(queue.get()).to.equal(3);
    }),
  );

  it(
    'ends with the items when the queue is shut down',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>(null, { items: [1] });
      const items = spawn(() => [...queue]);
      sleep(0);
      queue.put(2);
      queue.shutdown();
      expect(items.get()).to.deep.equal([1, 2]);
      expect([...queue]).to.deep.equal([]);
    }),
  );

  it(
    'takes one item per step, so that it can be left and begun again',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>(null, { items: [1, 2, 3] });
      const iterator = queue[Symbol.iterator]();
      expect(iterator.next()).to.deep.equal({ done: false, value: 1 });
      for (const item of iterator) {
        expect(item).to.equal(2);
        break;
      }
      for (const item of queue) {
        expect(item).to.equal(3);
        break;
      }
      expect(queue.empty()).to.equal(true);
    }),
  );

  it(
    'lets several greenlets share one iterator',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>();
      const iterator = queue[Symbol.iterator]();
      const greenlets = [0, 1].map(() => spawn(() => iterator.next().value));
      sleep(0);
      queue.put(1);
      queue.put(2);
      expect(greenlets.map((greenlet) => greenlet.get())).to.deep.equal([1, 2]);
    }),
  );

  it(
    'throws what is thrown into it',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>();
      const greenlet = spawn(() => thrownBy(() => [...queue]));
      sleep(0);
      greenlet.kill(new SomeError());
      expect(greenlet.get()).to.be.instanceOf(SomeError);
    }),
  );
});

describe('the asynchronous iteration of a queue', () => {
  it('awaits items that greenlets put, until the queue is shut down', async () => {
    const queue = new Queue<number>(1);
    const producer = runInGreenlet(() => {
      for (let item = 0; item < 4; item++) queue.put(item);
      queue.shutdown();
    });
    const items: number[] = [];
    for await (const item of queue) items.push(item);
    await producer;
    expect(items).to.deep.equal([0, 1, 2, 3]);
  });

  it('ends with the sentinel, in a channel as well', async () => {
    const channel = new Channel<string | typeof StopIteration>();
    const producer = runInGreenlet(() => {
      for (const item of ['a', 'b', StopIteration] as const) channel.put(item);
    });
    const items: string[] = [];
    for await (const item of channel) items.push(item);
    await producer;
    expect(items).to.deep.equal(['a', 'b']);
  });

  it('takes no item but those that it gives', async () => {
    const queue = new SimpleQueue<number>(null, { items: [1, 2, 3] });
    for await (const item of queue) {
      expect(item).to.equal(1);
      break;
    }
    expect(queue.size).to.equal(2);
  });

  it('rejects with what a hook throws', async () => {
    class Broken extends SimpleQueue<number> {
      protected override _get(): number {
        throw new SomeError();
      }
    }
    const queue = new Broken(null, { items: [1] });
    const error = await queue[Symbol.asyncIterator]()
      .next()
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(SomeError);
  });
});
