import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { LifoQueue, PriorityQueue } from '../../../src/core/queues/ordered-queues';
import { Queue } from '../../../src/core/queues/queue';
import type { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { sleep } from '../../../src/core/waiting/sleep';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function drain<T>(queue: SimpleQueue<T>): T[] {
  return Array.from({ length: queue.size }, () => queue.getNowait());
}

describe('PriorityQueue', () => {
  it('gives the least item first', () => {
    const queue = new PriorityQueue<number>(null, { items: [5, 1, 4] });
    queue.putNowait(3);
    queue.putNowait(-1);
    expect([queue.peekNowait(), queue.size]).to.deep.equal([-1, 5]);
    expect(drain(queue)).to.deep.equal([-1, 1, 3, 4, 5]);
  });

  it('compares arrays entry by entry, as upstream’s tuples: 9 is less than 10', () => {
    const queue = new PriorityQueue<[number, string]>();
    for (const entry of [
      [10, 'c'],
      [9, 'b'],
      [9, 'a'],
    ] as Array<[number, string]>)
      queue.putNowait(entry);
    expect(drain(queue)).to.deep.equal([
      [9, 'a'],
      [9, 'b'],
      [10, 'c'],
    ]);
  });

  it('asks its comparator, and so does its copy', () => {
    const queue = new PriorityQueue<string>(null, { compare: (a, b) => b.length - a.length, items: ['b', 'aaa'] });
    queue.putNowait('cc');
    expect(drain(queue.copy())).to.deep.equal(['aaa', 'cc', 'b']);
    expect(drain(queue)).to.deep.equal(['aaa', 'cc', 'b']);
  });

  it('is left as it was by a comparator that throws', () => {
    let isBroken = false;
    const compare = (left: number, right: number): number => {
      if (isBroken) throw new SyntaxError('broken');
      return left - right;
    };
    const queue = new PriorityQueue<number>(null, { compare, items: [2, 1, 3] });
    isBroken = true;
    expect(() => queue.putNowait(0)).to.throw(SyntaxError);
    expect(() => queue.getNowait()).to.throw(SyntaxError);
    isBroken = false;
    expect([queue.unfinishedTasks, ...drain(queue)]).to.deep.equal([3, 1, 2, 3]);
  });

  it(
    'sorts in the items of putters who waited',
    inGreenlet(() => {
      const queue = new PriorityQueue<number>(2, { items: [5, 7] });
      const putters = [1, 6].map((item) => spawn(() => queue.put(item)));
      const got: number[] = [];
      while (got.length < 4) {
        got.push(queue.get());
        sleep(0);
      }
      for (const putter of putters) putter.get();
      expect(got).to.deep.equal([5, 1, 6, 7]);
      expect(queue.unfinishedTasks).to.equal(4);
    }),
  );

  it('refuses a comparator that is no function', () => {
    const error = thrownBy(() => new PriorityQueue(null, { compare: 'up' as never }));
    expect(error).to.have.property('code', 'ERR_INVALID_ARG_TYPE');
  });

  it('is a Queue', () => {
    expect(new PriorityQueue()).to.be.instanceOf(Queue);
  });
});

describe('LifoQueue', () => {
  it('gives the last item first', () => {
    const queue = new LifoQueue<number>(null, { items: [1, 2] });
    queue.putNowait(3);
    expect([queue.peekNowait(), queue.size]).to.deep.equal([3, 3]);
    expect(drain(queue.copy())).to.deep.equal([3, 2, 1]);
    expect(drain(queue)).to.deep.equal([3, 2, 1]);
  });

  it('does not touch the array that it begins with', () => {
    const items = [1, 2];
    new LifoQueue<number>(null, { items }).putNowait(3);
    expect(items).to.deep.equal([1, 2]);
  });

  it('is a Queue, and counts what is put', () => {
    const queue = new LifoQueue<number>();
    queue.putNowait(1);
    expect(queue).to.be.instanceOf(Queue);
    expect(queue.unfinishedTasks).to.equal(1);
  });
});
