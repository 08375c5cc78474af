import { expect } from 'chai';

import { ShutDown, TaskDoneError } from '../../../src/core/errors';
import { spawn } from '../../../src/core/greenlets/spawn';
import { JoinableQueue, Queue, UnboundQueue } from '../../../src/core/queues/queue';
import { StopIteration } from '../../../src/core/queues/queue-iteration';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { sleep } from '../../../src/core/waiting/sleep';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('Queue', () => {
  it('is what upstream calls JoinableQueue as well, and a SimpleQueue', () => {
    expect(JoinableQueue).to.equal(Queue);
    expect(new Queue()).to.be.instanceOf(SimpleQueue);
  });

  it(
    'can be joined at once when nothing was put, without a switch',
    inGreenlet(() => {
      const seen: string[] = [];
      const other = spawn(() => seen.push('other'));
      expect(new Queue().join()).to.equal(true);
      expect(seen).to.deep.equal([]);
      other.join();
    }),
  );

  it(
    'counts what was put until it is done',
    inGreenlet(() => {
      const queue = new Queue<object>();
      const item = {};
      spawn(() => queue.put(item));
      expect(queue.get()).to.equal(item);
      expect(queue.unfinishedTasks).to.equal(1);
      queue.taskDone();
      expect(queue.unfinishedTasks).to.equal(0);
      expect(queue.join()).to.equal(true);
    }),
  );

  it(
    'lets all who join go on when the last item is done',
    inGreenlet(() => {
      const queue = new Queue<number | typeof StopIteration>();
      const seen: string[] = [];
      const worker = spawn(() => {
        for (const item of queue) {
          seen.push(`item ${item}`);
          sleep(0);
          queue.taskDone();
          seen.push(`done ${item}`);
        }
      });
      queue.put(0);
      queue.put(1);
      const joining = [0, 1].map((name) => spawn(() => seen.push(`joined ${name}: ${queue.join()}`)));
      for (const greenlet of joining) greenlet.join();
      queue.put(StopIteration);
      worker.join();
      expect(queue.unfinishedTasks).to.equal(1);
      expect(seen).to.deep.equal(['item 0', 'done 0', 'item 1', 'done 1', 'joined 0: true', 'joined 1: true']);
    }),
  );

  it(
    'joins no longer than it is told',
    inGreenlet(() => {
      const queue = new Queue<number>(null, { items: [1] });
      expect(queue.join(1)).to.equal(false);
      queue.get();
      expect(queue.join(0)).to.equal(false);
      queue.taskDone();
      expect(queue.join(1)).to.equal(true);
      expect(thrownBy(() => queue.join(-1))).to.have.property('code', 'ERR_OUT_OF_RANGE');
    }),
  );

  it(
    'can be joined again after more was put',
    inGreenlet(() => {
      const queue = new Queue<number>();
      for (let round = 0; round < 2; round++) {
        queue.put(round);
        expect(queue.join(0)).to.equal(false);
        queue.get();
        queue.taskDone();
        expect(queue.join(0)).to.equal(true);
      }
    }),
  );

  it('refuses to be done with more than was put', () => {
    const queue = new Queue<number>();
    expect(thrownBy(() => queue.taskDone()))
      .to.be.instanceOf(TaskDoneError)
      .with.property('code', 'ERR_UNBLOCK_TASK_DONE');
    queue.putNowait(1);
    queue.taskDone();
    expect(() => queue.taskDone()).to.throw(TaskDoneError);
  });

  it('counts what it holds to begin with, unless it is told a number', () => {
    expect(new Queue(null, { items: [1, 2] }).unfinishedTasks).to.equal(2);
    expect(new Queue(null, { items: [1, 2], unfinishedTasks: 5 }).unfinishedTasks).to.equal(5);
    expect(new Queue(null, { unfinishedTasks: 1 }).unfinishedTasks).to.equal(1);
    expect(thrownBy(() => new Queue(null, { unfinishedTasks: -1 }))).to.have.property('code', 'ERR_OUT_OF_RANGE');
  });

  it('copies the count', () => {
    const queue = new Queue<number>(5, { items: [1, 2] });
    queue.getNowait();
    const copy = queue.copy();
    expect([copy.size, copy.maxsize, copy.unfinishedTasks]).to.deep.equal([1, 5, 2]);
  });

  it(
    'shut down, is joined when what is left is done',
    inGreenlet(() => {
      const queue = new Queue<string>(null, { items: ['L', 'O'] });
      queue.shutdown();
      const joining = spawn(() => queue.join());
      for (const item of ['L', 'O']) {
        expect(queue.get()).to.equal(item);
        expect(joining.ready()).to.equal(false);
        queue.taskDone();
      }
      expect(joining.get()).to.equal(true);
      expect(() => queue.get()).to.throw(ShutDown);
    }),
  );

  it(
    'shut down at once, is done with what it drops, but not with what was got',
    inGreenlet(() => {
      const queue = new Queue<string>(null, { items: ['L', 'O', 'X'] });
      const joining = spawn(() => queue.join());
      queue.get();
      queue.shutdown(true);
      expect([queue.size, queue.unfinishedTasks]).to.deep.equal([0, 1]);
      sleep(0);
      expect(joining.ready()).to.equal(false);
      queue.taskDone();
      expect(joining.get()).to.equal(true);
      expect(() => queue.taskDone()).to.throw(TaskDoneError);
    }),
  );

  it('shut down at once, drops no more tasks than there are', () => {
    const queue = new Queue<string>(null, { items: ['L', 'O'], unfinishedTasks: 1 });
    queue.shutdown(true);
    expect([queue.size, queue.unfinishedTasks]).to.deep.equal([0, 0]);
  });
});

describe('UnboundQueue', () => {
  it('refuses a bound, given or set', () => {
    expect(thrownBy(() => new UnboundQueue(1 as never))).to.have.property('code', 'ERR_OUT_OF_RANGE');
    const queue = new UnboundQueue<number>(null, { items: [1] });
    expect(
      thrownBy(() => {
        queue.maxsize = 1 as never;
      }),
    ).to.have.property('code', 'ERR_OUT_OF_RANGE');
    queue.maxsize = null;
    expect([queue.maxsize, queue.full(), queue.size]).to.deep.equal([Infinity, false, 1]);
  });

  it('is a Queue, and copies itself', () => {
    const copy = new UnboundQueue<number>(undefined, { items: [1, 2] }).copy();
    expect(copy).to.be.instanceOf(UnboundQueue).and.instanceOf(Queue);
    expect([copy.size, copy.unfinishedTasks]).to.deep.equal([2, 2]);
  });
});
