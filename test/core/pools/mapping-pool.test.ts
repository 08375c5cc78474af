import { expect } from 'chai';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawnLater } from '../../../src/core/greenlets/spawn';
import { Group } from '../../../src/core/pools/group';
import { Pool } from '../../../src/core/pools/pool';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { Event } from '../../../src/core/sync/event';
import { Timeout } from '../../../src/core/waiting/timeout';
import { sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

const pools: Record<string, () => Group> = {
  'a Group': () => new Group(),
  'a Pool of 1': () => new Pool(1),
  'a Pool of 2': () => new Pool(2),
  'a Pool of 3': () => new Pool(3),
  'a Pool of 10': () => new Pool(10),
  'a Pool without a bound': () => new Pool(),
};

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function square(number: number, milliseconds = 0): number {
  sleep(milliseconds);
  return number * number;
}

function squareSometime(number: number): number {
  return square(number, Math.random() * 5);
}

function* failingInput(): Generator<number> {
  yield 1;
  yield 2;
  throw new SomeError('in the input');
}

function reciprocal(number: number): number {
  if (number === 0) throw new SomeError('in the function');
  return 1 / number;
}

for (const [name, create] of Object.entries(pools)) {
  describe(`${name}`, () => {
    const reports = collectReports();

    it(
      'applies a function, with arguments or without, and returns what it returns',
      inGreenlet(() => {
        expect(create().apply(square, [5])).to.equal(25);
        expect(create().apply(() => 'value')).to.equal('value');
      }),
    );

    it(
      'applies a function, and throws what it throws',
      inGreenlet(() => {
        expect(thrownBy(() => create().apply(reciprocal, [0]))).to.be.an.instanceOf(SomeError);
        expect(reports).to.have.length(1);
      }),
    );

    it(
      'applies a function right there in one of its own greenlets',
      inGreenlet(() => {
        const pool = create();
        expect(pool.apply(() => pool.apply((a: number) => a + 1, [5]))).to.equal(6);
        expect(pool.apply(() => pool.apply(() => pool.apply(() => pool.size)))).to.equal(1);
      }),
    );

    it(
      'applies a function asynchronously without ever waiting',
      inGreenlet(() => {
        const pool = create();
        const results: number[] = [];
        const tasks = [1, 2, 3, 4].map((number) =>
          pool.applyAsync(square, [number, 1], (result) => results.push(result)),
        );
        expect(pool.size).to.be.at.most(4);
        expect(tasks.map((task) => task.get())).to.deep.equal([1, 4, 9, 16]);
        sleep(0);
        expect(results).to.have.members([1, 4, 9, 16]);
      }),
    );

    it(
      'applies a function asynchronously without a word to the callback if it fails',
      inGreenlet(() => {
        const pool = create();
        let calls = 0;
        for (let count = 0; count < 2; count++) {
          expect(() => pool.applyAsync(reciprocal, [0], () => void calls++).get()).to.throw(SomeError);
        }
        sleep(1);
        expect(calls).to.equal(0);
      }),
    );

    it(
      'applies a function and calls back with the result',
      inGreenlet(() => {
        const results: number[] = [];
        const pool = create();
        expect(pool.applyCb(square, [3], (result) => results.push(result))).to.equal(9);
        expect(pool.applyCb(square, [4])).to.equal(16);
        sleep(0);
        expect(results).to.deep.equal([9]);
      }),
    );

    it(
      'maps in the order of the input',
      inGreenlet(() => {
        const pool = create();
        expect(pool.map(squareSometime, range(10))).to.deep.equal(range(10).map((number) => number * number));
        expect(pool.map(square, new Set(range(100)))).to.deep.equal(range(100).map((number) => number * number));
        expect(pool.map(square, [])).to.deep.equal([]);
      }),
    );

    it(
      'maps asynchronously and with a callback',
      inGreenlet(() => {
        const pool = create();
        const results: number[][] = [];
        const greenlet = pool.mapAsync(square, [1, 2], (result) => results.push(result));
        expect(greenlet).to.be.an.instanceOf(Greenlet);
        expect(greenlet.get()).to.deep.equal([1, 4]);
        expect(pool.mapCb(square, [3], (result) => results.push(result))).to.deep.equal([9]);
        expect(results).to.deep.equal([[1, 4], [9]]);
      }),
    );

    it(
      'throws when an item of a map fails, or the input does',
      inGreenlet(() => {
        expect(() => create().map(reciprocal, [1, 0, 2])).to.throw(SomeError, 'in the function');
        expect(() => create().map(square, failingInput())).to.throw(SomeError, 'in the input');
      }),
    );

    for (const method of ['imap', 'imapUnordered'] as const) {
      const inOrder = (results: number[]): number[] => (method === 'imap' ? results : results.sort((a, b) => a - b));
      const squares = (count: number): number[] => range(count).map((number) => number * number);

      it(
        `${method} yields the results of nothing, of few and of many`,
        inGreenlet(() => {
          for (const count of [0, 10, 1000]) {
            expect(inOrder([...create()[method](square, range(count))])).to.deep.equal(squares(count));
          }
        }),
      );

      it(
        `${method} yields the results of what takes now longer, now shorter`,
        inGreenlet(() => {
          expect(inOrder([...create()[method](squareSometime, range(10))])).to.deep.equal(squares(10));
        }),
      );

      it(
        `${method} is over once, and stays so`,
        inGreenlet(() => {
          const results = create()[method](square, [2]);
          expect(results.next()).to.deep.equal({ done: false, value: 4 });
          for (let time = 0; time < 2; time++) expect(results.next()).to.deep.equal({ done: true, value: undefined });
        }),
      );

      it(
        `${method} takes an iterable for each argument; the shortest counts`,
        inGreenlet(() => {
          const add = (a: number, b: number): number => a + b;
          expect(inOrder([...create()[method](add, [1, 2, 3], new Set([10, 20]))])).to.deep.equal([11, 22]);
        }),
      );

      it(
        `${method} takes its input from what blocks: a queue, and a generator that sleeps in the end`,
        inGreenlet(() => {
          const queue = new SimpleQueue<number>();
          queue.put(11);
          spawnLater(2, () => queue.shutdown());
          expect([...create()[method](square, queue)]).to.deep.equal([121]);

          const sleepy = function* (): Generator<number> {
            yield* range(3);
            sleep(5);
          };
          expect(inOrder([...create()[method](square, sleepy())])).to.deep.equal([0, 1, 4]);
        }),
      );

      it(
        `${method} throws when the input fails, and is over then`,
        inGreenlet(() => {
          const results = create()[method](square, failingInput());
          expect(() => [...results]).to.throw(SomeError, 'in the input');
          expect(results.next().done).to.equal(true);
        }),
      );

      it(
        `${method} never has more results waiting than maxsize, nor runs more`,
        inGreenlet(() => {
          let begun = 0;
          const results = create()[method](
            (a: number, _b: number): number => {
              begun++;
              return a;
            },
            range(30),
            range(30),
            { maxsize: 1 },
          );
          const taken: number[] = [];
          for (const result of results) {
            expect(begun).to.be.at.most(taken.length + 2);
            taken.push(result);
            sleep(0);
            sleep(0);
            expect(results.waitingCount).to.be.at.most(2);
          }
          expect(inOrder(taken)).to.deep.equal(range(30));
        }),
      );

      it(
        `${method} takes no more input when the loop is left`,
        inGreenlet(() => {
          const pool = create();
          let taken = 0;
          let isClosed = false;
          const endless = function* (): Generator<number> {
            try {
              for (;;) {
                yield taken++;
                sleep(0);
              }
            } finally {
              isClosed = true;
            }
          };
          const results = pool[method](square, endless(), { maxsize: 5 });
          for (const result of results) if (result > 3) break;
          results.driver.join();
          pool.join();
          expect(isClosed).to.equal(true);
          expect(taken).to.be.below(20);
          expect(results.next().done).to.equal(true);
        }),
      );

      it(`${method} refuses what is no input, and wrong options`, () => {
        const pool = create();
        expect(() => pool[method](square, 5 as never)).to.throw(TypeError, '"iterables"');
        expect(() => pool[method](null as never, [])).to.throw(TypeError, '"fn"');
        expect(() => pool[method](square, [], { maxsize: 0 })).to.throw(RangeError, '"options.maxsize"');
        expect(() => pool[method](square, [], { maxSize: 1 } as object)).to.throw(TypeError, 'maxSize');
        expect(pool.size).to.equal(0);
      });
    }

    it(
      'imapUnordered yields the results as they come',
      inGreenlet(() => {
        const pool = create();
        const walk = (milliseconds: number): number => {
          sleep(milliseconds);
          return milliseconds;
        };
        const isOneByOne = pool instanceof Pool && pool.maxsize === 1;
        const isTwoByTwo = pool instanceof Pool && pool.maxsize === 2;
        const expected = isOneByOne ? [60, 1, 20] : isTwoByTwo ? [1, 20, 60] : [1, 20, 60];
        expect([...pool.imapUnordered(walk, [60, 1, 20])]).to.deep.equal(expected);
        expect([...pool.imap(walk, [10, 1, 5])]).to.deep.equal([10, 1, 5]);
      }),
    );

    it(
      'can be killed in the middle of a map',
      inGreenlet(() => {
        const pool = create();
        const greenlet = pool.mapAsync(() => sleep(20), range(20));
        sleep(5);
        const begin = performance.now();
        pool.kill();
        expect(performance.now() - begin).to.be.below(500);
        greenlet.kill();
        pool.kill();
      }),
    );

    it('refuses what is no function', () => {
      const pool = create();
      for (const wrong of [undefined, null, 5]) {
        expect(() => pool.apply(wrong as never)).to.throw(TypeError, '"fn"');
        expect(() => pool.applyAsync(wrong as never, [] as never)).to.throw(TypeError, '"fn"');
        expect(() => pool.map(wrong as never, [])).to.throw(TypeError, '"fn"');
      }
      expect(() => pool.applyAsync(square, [1], 5 as never)).to.throw(TypeError, '"callback"');
      expect(() => pool.applyCb(square, [1], 5 as never)).to.throw(TypeError, '"callback"');
      expect(() => pool.mapAsync(square, [1], 5 as never)).to.throw(TypeError, '"callback"');
      expect(pool.size).to.equal(0);
    });
  });
}

describe('a Pool of 1', () => {
  collectReports();

  for (const method of ['imap', 'imapUnordered'] as const) {
    it(
      `${method} throws the error of an item in its place, and goes on`,
      inGreenlet(() => {
        const results = new Pool(1)[method](reciprocal, [1, 0, 2]);
        expect(results.next().value).to.equal(1);
        expect(() => results.next()).to.throw(SomeError, 'in the function');
        expect(results.next().value).to.equal(0.5);
        expect(results.next().done).to.equal(true);
      }),
    );
  }

  it(
    'queues what is applied asynchronously when it is full',
    inGreenlet(() => {
      const pool = new Pool(2);
      const done: number[] = [];
      const note = (number: number): number => done.push(number);
      for (const number of [1, 2, 3, 4]) pool.applyAsync(note, [number]);
      expect([pool.freeCount(), done.length]).to.deep.equal([0, 0]);
      sleep(2);
      expect(done.sort()).to.deep.equal([1, 2, 3, 4]);
    }),
  );

  it(
    'lets one greenlet wait for another',
    inGreenlet(() => {
      const event = new Event();
      const steps: string[] = [];
      const pool = new Pool(2);
      const consumer = pool.spawn(() => {
        steps.push('consumer');
        event.wait();
        steps.push('consumer again');
      });
      pool.applyAsync(() => {
        sleep(1);
        steps.push('producer');
        event.set();
      }, []);
      consumer.get();
      expect(steps).to.deep.equal(['consumer', 'producer', 'consumer again']);
    }),
  );

  it(
    'gives up in time to wait for what was applied asynchronously',
    inGreenlet(() => {
      const pool = new Pool(1);
      const task = pool.applyAsync(square, [6, 50]);
      expect(() => task.get({ timeout: 5 })).to.throw(Timeout);
      pool.kill();
    }),
  );
});
