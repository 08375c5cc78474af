import { expect } from 'chai';
import { inspect } from 'node:util';

import { Empty, Full, ShutDown } from '../../../src/core/errors';
import { spawn } from '../../../src/core/greenlets/spawn';
import { getHub } from '../../../src/core/hub/hub';
import type { QueueOptions } from '../../../src/core/queues/queue-options';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { AsyncResult } from '../../../src/core/sync/async-result';
import { sleep } from '../../../src/core/waiting/sleep';
import { Timeout } from '../../../src/core/waiting/timeout';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('SimpleQueue', () => {
  it(
    'shows the item that will be got, and leaves it in',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>();
      expect(() => queue.peekNowait()).to.throw(Empty);
      expect(() => queue.peek({ timeout: 0 })).to.throw(Empty);
      queue.put(1);
      queue.put(2);
      expect([queue.peek(), queue.peekNowait(), queue.size]).to.deep.equal([1, 1, 2]);
    }),
  );

  it(
    'holds what it has room for, and one more when one is got',
    inGreenlet(() => {
      const queue = new SimpleQueue<string>(2);
      const results: string[] = [];
      const putter = spawn(() => {
        for (const item of ['a', 'b', 'c']) {
          queue.put(item);
          results.push(item);
        }
      });
      sleep(0);
      expect([results, queue.full(), queue.size]).to.deep.equal([['a', 'b'], true, 2]);
      expect(queue.get()).to.equal('a');
      expect(queue.full()).to.equal(false);
      sleep(0);
      expect(results).to.deep.equal(['a', 'b', 'c']);
      expect([queue.get(), queue.get(), queue.empty()]).to.deep.equal(['b', 'c', true]);
      putter.get();
    }),
  );

  it(
    'gives each of several getters its own item',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>();
      const results = [1, 2, 3, 4].map(() => new AsyncResult<number>());
      for (const result of results) spawn(() => result.set(queue.get()));
      sleep(1);
      const arrived = (): number => {
        sleep(0);
        return results.filter((result) => result.ready()).length;
      };
      queue.put(1);
      expect(arrived()).to.equal(1);
      queue.put(2);
      expect(arrived()).to.equal(2);
      queue.put(3);
      queue.put(4);
      expect(arrived()).to.equal(4);
      expect(results.map((result) => result.get())).to.deep.equal([1, 2, 3, 4]);
    }),
  );

  it(
    'loses no item to a getter that has given up',
    inGreenlet(() => {
      const queue = new SimpleQueue<string>();
      const giveUp = (): string => {
        using _ = Timeout.startNew(0, RangeError);
        try {
          return queue.get();
        } catch (error) {
          if (error instanceof RangeError) return 'gave up';
          throw error;
        }
      };
      const [first, second] = [spawn(giveUp), spawn(giveUp)];
      const patient = spawn(() => queue.get());
      sleep(5);
      queue.put('hi');
      queue.put('there');
      expect([first.get(), second.get(), patient.get()]).to.deep.equal(['gave up', 'gave up', 'hi']);
      expect(queue.get()).to.equal('there');
    }),
  );

  it(
    'keeps the item of a putter that has ended',
    inGreenlet(() => {
      const queue = new SimpleQueue<string>();
      spawn(() => queue.put('sent')).join();
      expect(queue.get()).to.equal('sent');
    }),
  );

  it(
    'leaves the item to others when the getter is killed before its turn',
    inGreenlet(() => {
      const queue = new SimpleQueue<string>();
      const getters = [0, 1].map(() => spawn(() => queue.get()));
      sleep(0);
      getters[0]!.kill(undefined, { block: false });
      queue.put('a');
      expect(getters[1]!.get()).to.equal('a');
    }),
  );

  it(
    'peeks on the hub at what a blocked putter puts',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>(1, { items: [1] });
      const putter = spawn(() => queue.put(2));
      sleep(0);
      let seen: unknown;
      getHub().runCallback(() => {
        queue.get();
        seen = [queue.peekNowait(), queue.size];
      });
      putter.join();
      expect(seen).to.deep.equal([2, 1]);
    }),
  );

  it('has room for ever with undefined, null, Infinity, and below 1; with 0 it warns', async () => {
    for (const maxsize of [undefined, null, Infinity, -1]) {
      const queue = new SimpleQueue<number>(maxsize);
      for (let item = 0; item < 100; item++) queue.put(item);
      expect([queue.maxsize, queue.full(), queue.size]).to.deep.equal([Infinity, false, 100]);
    }
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    new SimpleQueue(0).put(1);
    new SimpleQueue(1).put(1);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('Channel');
  });

  it('refuses what cannot be a bound', () => {
    expect(thrownBy(() => new SimpleQueue('1' as never))).to.have.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(thrownBy(() => new SimpleQueue(1.5))).to.have.property('code', 'ERR_OUT_OF_RANGE');
    expect(thrownBy(() => new SimpleQueue(NaN))).to.have.property('code', 'ERR_OUT_OF_RANGE');
  });

  it('refuses items where the options belong, and other options than an object', () => {
    for (const options of [[1, 2], new Set([1]), 'items', 5, null]) {
      const error = thrownBy(() => new SimpleQueue(null, options as never));
      expect(error).to.have.property('code', 'ERR_INVALID_ARG_TYPE');
    }
  });

  it(
    'lets putters in when the bound is raised',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>(1, { items: [0] });
      const putters = [1, 2, 3].map((item) => spawn(() => queue.put(item)));
      sleep(0);
      expect([queue.size, queue.maxsize]).to.deep.equal([1, 1]);
      queue.maxsize = 3;
      sleep(0);
      expect([queue.size, queue.maxsize]).to.deep.equal([3, 3]);
      queue.maxsize = null;
      for (const putter of putters) putter.join();
      expect([queue.size, queue.maxsize]).to.deep.equal([4, Infinity]);
    }),
  );

  it('holds what it is given to begin with, even above the bound', () => {
    const queue = new SimpleQueue<number>(2, { items: new Set([1, 2, 3]) });
    expect([queue.size, queue.full()]).to.deep.equal([3, true]);
    expect(() => queue.putNowait(4)).to.throw(Full);
    expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).to.deep.equal([1, 2, 3]);
  });

  it('copies itself: the class, the bound and the items', () => {
    class Special<T> extends SimpleQueue<T> {}
    const queue = new Special<number>(3, { items: [1, 2] });
    const copy = queue.copy();
    copy.putNowait(3);
    expect(copy).to.be.instanceOf(Special);
    expect([copy.maxsize, copy.size, queue.size]).to.deep.equal([3, 3, 2]);
    expect([copy.getNowait(), copy.getNowait(), copy.getNowait()]).to.deep.equal([1, 2, 3]);
    expect(new SimpleQueue().copy().maxsize).to.equal(Infinity);
  });

  it('takes any item for an item: undefined, null, false', () => {
    const queue = new SimpleQueue<unknown>();
    for (const item of [undefined, null, false, 0, '']) queue.putNowait(item);
    const items = Array.from({ length: 5 }, () => queue.getNowait());
    expect(items).to.deep.equal([undefined, null, false, 0, '']);
    expect(queue.empty()).to.equal(true);
  });

  it(
    'shows who waits',
    inGreenlet(() => {
      const queue = new SimpleQueue<number>(1);
      expect(inspect(queue)).to.equal('SimpleQueue { size: 0, maxsize: 1 }');
      const getter = spawn(() => queue.get());
      sleep(0);
      expect(inspect(queue)).to.equal('SimpleQueue { size: 0, maxsize: 1, getters: 1 }');
      queue.put(1);
      getter.join();
      queue.put(2);
      const putter = spawn(() => queue.put(3));
      sleep(0);
      expect(inspect(queue)).to.equal('SimpleQueue { size: 1, maxsize: 1, putters: 1 }');
      putter.kill();
      queue.shutdown();
      expect(inspect(queue)).to.equal('SimpleQueue { size: 1, maxsize: 1, shut down }');
    }),
  );

  describe('the hooks of a subclass', () => {
    it('stores with _put, takes with _get, looks with _peek', () => {
      const seen: string[] = [];
      class Traced extends SimpleQueue<string> {
        protected override _init(maxsize: number, options: QueueOptions<string>): void {
          super._init(maxsize, options);
          seen.push(`init ${maxsize}`);
        }
        protected override _put(item: string): void {
          seen.push(`put ${item}`);
          super._put(item);
        }
        protected override _get(): string {
          seen.push('get');
          return super._get();
        }
        protected override _peek(): string {
          seen.push('peek');
          return super._peek();
        }
      }
      const queue = new Traced(2);
      queue.put('hi');
      expect([queue.peek(), queue.get()]).to.deep.equal(['hi', 'hi']);
      expect(seen).to.deep.equal(['init 2', 'put hi', 'peek', 'get']);
    });

    it('may bring a store of their own', () => {
      const store = { length: 0, push: () => {}, shift: () => 'x', peek: () => 'x', *[Symbol.iterator]() {} };
      class Own extends SimpleQueue<string> {
        protected override _init(): void {
          this.queue = store;
        }
        get store(): unknown {
          return this.queue;
        }
      }
      expect(new Own().store).to.equal(store);
    });

    it(
      'throw into who puts, be it after a wait',
      inGreenlet(() => {
        class Picky extends SimpleQueue<string> {
          protected override _put(item: string): void {
            if (item === 'bad') throw new SyntaxError('I do not like it');
            super._put(item);
          }
        }
        const queue = new Picky(1);
        expect(() => queue.put('bad')).to.throw(SyntaxError);
        queue.put('good');
        const errors = ['bad', 'fine'].map((item) => {
          const result = new AsyncResult<unknown>();
          spawn(() => {
            try {
              queue.put(item);
              result.set(undefined);
            } catch (error) {
              result.set(error);
            }
          });
          return result;
        });
        sleep(0);
        expect(queue.get()).to.equal('good');
        expect(queue.get()).to.equal('fine');
        expect(errors[0]!.get()).to.be.instanceOf(SyntaxError);
        expect(errors[1]!.get()).to.equal(undefined);
      }),
    );
  });

  describe('shut down', () => {
    it(
      'gives what is left, and then nothing; takes nothing',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>(2, { items: ['L', 'O'] });
        expect(queue.isShutdown).to.equal(false);
        queue.shutdown();
        expect(queue.isShutdown).to.equal(true);
        expect(() => queue.put('E')).to.throw(ShutDown);
        expect(() => queue.putNowait('W')).to.throw(ShutDown);
        expect([queue.get(), queue.peek(), queue.get()]).to.deep.equal(['L', 'O', 'O']);
        expect(thrownBy(() => queue.get())).to.have.property('code', 'ERR_UNBLOCK_QUEUE_SHUT_DOWN');
        expect(() => queue.getNowait()).to.throw(ShutDown);
        expect(() => queue.get({ timeout: 1000 })).to.throw(ShutDown);
        expect(() => queue.peek()).to.throw(ShutDown);
      }),
    );

    it(
      'drops what is left if it is to be immediate',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>(2, { items: ['L', 'O'] });
        queue.shutdown(true);
        expect(queue.size).to.equal(0);
        expect(() => queue.get()).to.throw(ShutDown);
        expect(() => queue.put('E')).to.throw(ShutDown);
      }),
    );

    it(
      'throws into all who wait, getters and peekers',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>();
        const waiting = [() => queue.get(), () => queue.peek(), () => queue.get({ timeout: 1000 })];
        const errors = waiting.map((wait) => spawn(() => thrownBy(wait)));
        sleep(0);
        queue.shutdown();
        for (const error of errors) expect(error.get()).to.be.instanceOf(ShutDown);
        expect(inspect(queue)).to.equal('SimpleQueue { size: 0, shut down }');
      }),
    );

    for (const immediate of [false, true]) {
      it(
        `throws into putters who wait, ${immediate ? 'although there is room then' : 'and leaves the items'}`,
        inGreenlet(() => {
          const queue = new SimpleQueue<string>(1, { items: ['in'] });
          const errors = ['a', 'b'].map((item) => spawn(() => thrownBy(() => queue.put(item))));
          sleep(0);
          queue.shutdown(immediate);
          for (const error of errors) expect(error.get()).to.be.instanceOf(ShutDown);
          expect(inspect(queue)).to.equal(`SimpleQueue { size: ${immediate ? 0 : 1}, maxsize: 1, shut down }`);
        }),
      );
    }

    it(
      'still gives a getter that waits the item that was put for it',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>();
        const getter = spawn(() => queue.get());
        const late = spawn(() => thrownBy(() => queue.get()));
        sleep(0);
        queue.put('the last one');
        queue.shutdown();
        expect(getter.get()).to.equal('the last one');
        expect(late.get()).to.be.instanceOf(ShutDown);
      }),
    );

    it(
      'can be done on the hub, and twice',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>();
        const getter = spawn(() => thrownBy(() => queue.get()));
        sleep(0);
        getHub().runCallback(() => {
          queue.shutdown();
          queue.shutdown();
          expect(getter.ready()).to.equal(false);
        });
        expect(getter.get()).to.be.instanceOf(ShutDown);
      }),
    );
  });
});
