import { expect } from 'chai';
import { inspect } from 'node:util';

import { AsyncResult } from '../../src/core/async-result';
import { Empty, Full, ShutDown } from '../../src/core/errors';
import { getHub } from '../../src/core/hub';
import { type QueueOptions, SimpleQueue } from '../../src/core/simple-queue';
import { sleep } from '../../src/core/sleep';
import { spawn } from '../../src/core/spawn';
import { Timeout } from '../../src/core/timeout';
import { thrownBy } from '../support/greenlets';
import { inGreenlet } from '../support/in-greenlet';

/** A test of who does what in which order; the lines are those that gevent gives. */
function inOrder(run: (log: (line: string) => void) => void, ...lines: string[]): () => Promise<void> {
  return inGreenlet(() => {
    const seen: string[] = [];
    run((line) => void seen.push(line));
    expect(seen).to.deep.equal(lines);
  });
}

function producerAndConsumer(
  queue: SimpleQueue<number>,
  count: number,
  log: (line: string) => void,
): [producer: () => void, consumer: () => void] {
  return [
    () => {
      for (let item = 0; item < count; item++) {
        queue.put(item);
        log(`put${item}`);
      }
    },
    () => {
      for (let item = 0; item < count; item++) log(`got${queue.get()}`);
    },
  ];
}

function runAll(...bodies: Array<() => void>): void {
  for (const greenlet of bodies.map((body) => spawn(body))) greenlet.get();
}

describe('SimpleQueue', () => {
  it(
    'does not switch when it puts without a bound',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(), 3, log)),
      ...['put0', 'put1', 'put2', 'got0', 'got1', 'got2'],
    ),
  );

  it(
    'alternates with room for one',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(1), 4, log)),
      ...['put0', 'got0', 'put1', 'got1', 'put2', 'got2', 'put3', 'got3'],
    ),
  );

  it(
    'alternates with room for one when the consumer is first',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(1), 4, log).reverse()),
      ...['put0', 'got0', 'put1', 'got1', 'put2', 'got2', 'put3', 'got3'],
    ),
  );

  it(
    'fills up and is emptied by turns with room for two',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(2), 5, log)),
      ...['put0', 'put1', 'got0', 'got1', 'put2', 'put3', 'got2', 'got3', 'put4', 'got4'],
    ),
  );

  it(
    'gives all getters their items in one go, at the hub’s next turn',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>();
        const getters = [0, 1, 2].map((name) => spawn(() => log(`getter ${name} got ${queue.get()}`)));
        sleep(0);
        queue.put(0);
        const other = spawn(() => log('other'));
        queue.put(1);
        queue.put(2);
        log('all put');
        for (const greenlet of [...getters, other]) greenlet.join();
      },
      ...['all put', 'getter 0 got 0', 'getter 1 got 1', 'getter 2 got 2', 'other'],
    ),
  );

  it(
    'lets putters in by the order in which they came, each with its item',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>(1, { items: ['first'] });
        const putters = [0, 1, 2].map((name) =>
          spawn(() => {
            queue.put(`item ${name}`);
            log(`putter ${name} is in`);
          }),
        );
        sleep(0);
        for (let item = 0; item < 4; item++) log(`got ${queue.get()}`);
        for (const greenlet of putters) greenlet.join();
      },
      ...['got first', 'putter 0 is in', 'got item 0', 'putter 1 is in', 'got item 1', 'putter 2 is in', 'got item 2'],
    ),
  );

  it(
    'lets who does not wait be faster than who does, on either side',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>(1, { items: ['a'] });
        const putter = spawn(() => queue.put('b'));
        sleep(0);
        log(`got ${queue.get()}`);
        queue.put('c');
        log(`got ${queue.get()}`);
        log(`got ${queue.get()}`);
        putter.join();
        const getter = spawn(() => log(`getter got ${queue.get()}`));
        sleep(0);
        queue.put('d');
        log(`got ${queue.get()}`);
        sleep(0);
        log('getter waits on');
        queue.put('e');
        getter.join();
      },
      ...['got a', 'got c', 'got b', 'got d', 'getter waits on', 'getter got e'],
    ),
  );

  it(
    'lets several greenlets peek at an item that one of them takes',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>();
        const peek = (name: string): void => log(`${name} saw ${queue.peek()}`);
        const get = (name: string): void => log(`${name} got ${queue.get()}`);
        const greenlets = [spawn(peek, '1'), spawn(peek, '2'), spawn(get, '3'), spawn(peek, '4'), spawn(get, '5')];
        sleep(0);
        queue.put('a');
        queue.put('b');
        for (const greenlet of greenlets) greenlet.join();
        log(`size ${queue.size}`);
      },
      ...['1 saw a', '2 saw a', '3 got a', '4 saw b', '5 got b', 'size 0'],
    ),
  );

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
    'gets on the hub what blocked putters put, one after the other',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>(1);
        const putters = [0, 1, 2].map((item) =>
          spawn(() => {
            queue.put(item);
            log(`put${item}`);
          }),
        );
        sleep(0);
        getHub().runCallback(() => {
          for (let turn = 0; turn < 3; turn++) log(`hub got${queue.get()}`);
          log(`hub: ${(thrownBy(() => queue.get()) as Error).name}`);
        });
        for (const putter of putters) putter.join();
      },
      ...['put0', 'hub got0', 'put1', 'hub got1', 'put2', 'hub got2', 'hub: Empty'],
    ),
  );

  it(
    'lets blocked getters get when it puts on the hub',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>(1);
        const getters = [0, 1].map((name) => spawn(() => log(`getter ${name} got${queue.get()}`)));
        sleep(0);
        getHub().runCallback(() => {
          for (let item = 0; item < 3; item++) {
            queue.put(item);
            log(`hub put${item}`);
          }
          log(`hub: ${(thrownBy(() => queue.put(3)) as Error).name}`);
        });
        for (const getter of getters) getter.join();
      },
      ...['hub put0', 'getter 0 got0', 'hub put1', 'getter 1 got1', 'hub put2', 'hub: Full'],
    ),
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

  describe('with two greenlets that hand over to each other all the time', () => {
    const FOR_EVER = 100_000;

    /** How many items go from one to the other until the function comes back. */
    function countDuring(run: () => void): number {
      const queue = new SimpleQueue<number>(1);
      let isOver = false;
      const producer = spawn(() => {
        for (let item = 0; item < FOR_EVER && !isOver; item++) queue.put(item);
        queue.shutdown();
      });
      const consumer = spawn(() => [...queue].length);
      run();
      isOver = true;
      producer.join();
      return consumer.get();
    }

    it(
      'keeps timers going',
      inGreenlet(() => {
        expect(countDuring(() => sleep(10))).to.be.within(1, FOR_EVER - 1);
      }),
    );

    it(
      'keeps the other greenlets going',
      inGreenlet(() => {
        const hundredTurns = (): void => {
          for (let turn = 0; turn < 100; turn++) sleep(0);
        };
        expect(countDuring(hundredTurns)).to.be.within(100, 10_000);
      }),
    );
  });

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

    it(
      'throws into putters who wait, although there is room then',
      inGreenlet(() => {
        const queue = new SimpleQueue<string>(1, { items: ['in'] });
        const errors = ['a', 'b'].map((item) => spawn(() => thrownBy(() => queue.put(item))));
        sleep(0);
        queue.shutdown(true);
        for (const error of errors) expect(error.get()).to.be.instanceOf(ShutDown);
        expect(inspect(queue)).to.equal('SimpleQueue { size: 0, maxsize: 1, shut down }');
      }),
    );

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
