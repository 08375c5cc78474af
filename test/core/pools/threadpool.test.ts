import { expect } from 'chai';
import path from 'node:path';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';

import { wait } from '../../../src/core/bridges/wait';
import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn } from '../../../src/core/greenlets/spawn';
import { ThreadPoolKilled } from '../../../src/core/pools/pool-errors';
import { moduleFunction } from '../../../src/core/pools/thread-job';
import { ThreadPool } from '../../../src/core/pools/threadpool';
import { AsyncResult } from '../../../src/core/sync/async-result';
import { Timeout } from '../../../src/core/waiting/timeout';
import { BlockingSwitchOutError, sleep } from '../../../src/index';
import { declareCore } from '../../support/core-script';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { runInGreenlet } from '../../support/in-greenlet';
import { spawnSource } from '../../support/spawn-script';
import type * as functions from '../../support/thread-functions';

const file = path.join(__dirname, '..', '..', 'support', 'thread-functions.js');
const pause = moduleFunction<typeof functions.pause>(file, 'pause');
const square = moduleFunction<typeof functions.square>(file, 'square');
const squareSometime = moduleFunction<typeof functions.squareSometime>(file, 'squareSometime');
const reciprocal = moduleFunction<typeof functions.reciprocal>(file, 'reciprocal');

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function squares(count: number): number[] {
  return range(count).map((number) => number * number);
}

function* failingInput(): Generator<number> {
  yield 1;
  yield 2;
  throw new SomeError('in the input');
}

/** Makes a test of a function that uses thread pools; they are killed in the end. */
function withPool(maxsize: number, run: (pool: ThreadPool) => void): () => Promise<void> {
  return () =>
    runInGreenlet(() => {
      const pool = new ThreadPool(maxsize);
      try {
        run(pool);
      } finally {
        pool.kill();
      }
    });
}

for (const maxsize of [1, 3]) {
  describe(`a ThreadPool of ${maxsize}`, () => {
    collectReports();

    it(
      'applies functions in its threads while others run here',
      withPool(maxsize, (pool) => {
        let turns = 0;
        const others = spawn(() => {
          for (;;) {
            turns++;
            sleep(1);
          }
        });
        expect(pool.apply(square, [5, 20])).to.equal(25);
        expect(turns).to.be.greaterThan(1);
        others.kill();
      }),
    );

    it(
      'applies functions asynchronously',
      withPool(maxsize, (pool) => {
        const results: number[] = [];
        const greenlet = pool.applyAsync(square, [7, 5], (result) => results.push(result));
        expect(greenlet).to.be.an.instanceOf(Greenlet);
        expect(() => greenlet.get({ timeout: 1 })).to.throw(Timeout);
        expect(greenlet.get()).to.equal(49);
        expect(results).to.deep.equal([49]);
        pool.join();
      }),
    );

    it(
      'maps in the order of the input',
      withPool(maxsize, (pool) => {
        expect(pool.map(square, range(10))).to.deep.equal(squares(10));
        expect(pool.map(squareSometime, range(20))).to.deep.equal(squares(20));
        expect(pool.map(square, [])).to.deep.equal([]);
      }),
    );

    for (const method of ['imap', 'imapUnordered'] as const) {
      it(
        `maps in the background (${method})`,
        withPool(maxsize, (pool) => {
          const inOrder = (results: number[]): number[] =>
            method === 'imap' ? results : results.sort((a, b) => a - b);
          for (const count of [0, 10, 200]) {
            expect(inOrder([...pool[method](square, range(count))])).to.deep.equal(squares(count));
          }
          expect(inOrder([...pool[method](squareSometime, range(10), { maxsize: 2 })])).to.deep.equal(squares(10));
        }),
      );
    }

    it(
      'yields the results of imapUnordered as they come',
      withPool(maxsize, (pool) => {
        // So that each thread is there when it begins.
        pool.map(
          pause,
          Array.from({ length: maxsize }, () => 20),
        );
        const walk = (milliseconds: number): number => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
          return milliseconds;
        };
        const expected = maxsize === 1 ? [300, 10, 100] : [10, 100, 300];
        expect([...pool.imapUnordered(walk, [300, 10, 100])]).to.deep.equal(expected);
      }),
    );

    it(
      'throws when an item of a map fails, or the input does',
      withPool(maxsize, (pool) => {
        expect(() => pool.map(reciprocal, [1, 0, 2])).to.throw(RangeError, 'in the thread');
        expect(() => pool.map(square, failingInput())).to.throw(SomeError, 'in the input');
        expect(() => [...pool.imapUnordered(square, failingInput())]).to.throw(SomeError, 'in the input');
      }),
    );

    it(
      'ends its threads in the midst of what they do when it is killed, and can be used again',
      withPool(maxsize, (pool) => {
        const results = range(maxsize + 1).map(() => pool.spawn(pause, 100_000));
        sleep(20);
        pool.kill();
        expect([pool.size, pool.taskCount]).to.deep.equal([0, 0]);
        for (const result of results) expect(() => result.get()).to.throw(ThreadPoolKilled);
        expect(pool.apply(square, [3])).to.equal(9);
      }),
    );
  });
}

describe('a ThreadPool', () => {
  const reports = collectReports();

  it(
    'calls a function that is sent as its source: an arrow function, a function, a method, an async function',
    withPool(1, (pool) => {
      const holder = {
        add(a: number, b: number): number {
          return a + b;
        },
      };
      expect(pool.apply((a: number, b: number) => a + b, [1, 2])).to.equal(3);
      expect(
        pool.apply(
          function sum(a: number, b: number) {
            return a + b;
          },
          [2, 3],
        ),
      ).to.equal(5);
      expect(pool.apply(holder.add, [3, 4])).to.equal(7);
      expect(pool.apply(async (a: number) => (await Promise.resolve(a)) + 1, [8])).to.equal(9);
    }),
  );

  it(
    'gives such a function require, and nothing of what is around it',
    withPool(1, (pool) => {
      const around = 5;
      const inThread = pool.apply(() => require('node:worker_threads').isMainThread as boolean);
      expect([inThread, isMainThread]).to.deep.equal([false, true]);
      expect(() => pool.apply(() => around)).to.throw(ReferenceError, 'around');
    }),
  );

  it(
    'calls an export of a module: of a file, of an ES module, of a package',
    withPool(1, (pool) => {
      const double = new URL('data:text/javascript,export default (n) => 2 * n; export const half = (n) => n / 2;');
      expect(pool.apply(moduleFunction<(n: number) => number>(double), [4])).to.equal(8);
      expect(pool.apply(moduleFunction<(n: number) => number>(double.href, 'half'), [4])).to.equal(2);
      expect(pool.apply(moduleFunction<typeof path.basename>('node:path', 'basename'), ['/a/b'])).to.equal('b');
      const loadsAPackage = moduleFunction<(v: unknown) => string>('chai', 'util');
      expect(() => pool.apply(loadsAPackage, [1])).to.throw(TypeError, 'chai exports no function util');
      expect(pool.apply(moduleFunction<typeof functions.squareLater>(file, 'squareLater'), [3])).to.equal(9);
    }),
  );

  it(
    'says so if there is no such module or no such function',
    withPool(1, (pool) => {
      expect(() => pool.apply(moduleFunction('/no/such/module.js', 'any'))).to.throw(Error, 'no/such/module');
      for (const name of ['missing', 'notAFunction']) {
        expect(() => pool.apply(moduleFunction(file, name))).to.throw(TypeError, `exports no function ${name}`);
      }
    }),
  );

  it(
    'copies arguments and results as structuredClone does',
    withPool(1, (pool) => {
      const argument = { map: new Map([[1, new Date(0)]]), bytes: new Uint8Array([1, 2]), big: 5n };
      const result = pool.apply((value: typeof argument) => value, [argument]);
      expect(result).to.deep.equal(argument);
      expect(result).not.to.equal(argument);
    }),
  );

  it(
    'says so if they cannot be copied, and goes on',
    withPool(1, (pool) => {
      expect(() => pool.apply((fn: () => void) => fn, [() => undefined])).to.throw(/could not be cloned/);
      expect(() => pool.apply(() => () => undefined)).to.throw(Error);
      expect(pool.apply(square, [3])).to.equal(9);
    }),
  );

  it(
    'throws an error as like the original as can be, and reports it',
    withPool(1, (pool) => {
      const error = thrownBy(() => pool.apply(moduleFunction(file, 'failInDetail'))) as Error & Record<string, unknown>;
      expect(error).to.be.an.instanceOf(RangeError);
      expect(error).to.include({ name: 'DetailedError', message: 'in detail', code: 'E_DETAILED' });
      expect(error.detail).to.deep.equal({ port: 80 });
      expect(error.stack).to.contain('thread-functions.js');
      expect(error.cause).to.be.an.instanceOf(TypeError).with.property('message', 'deeper');
      expect(reports).to.have.length(1);
      expect(reports[0]).to.contain('in detail').and.to.contain('failInDetail');
    }),
  );

  it(
    'throws what is no error as it is',
    withPool(1, (pool) => {
      let thrown: unknown;
      try {
        pool.apply(() => {
          throw 'text';
        });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.equal('text');
    }),
  );

  it(
    'goes on when a thread dies in a job',
    withPool(1, (pool) => {
      expect(() => pool.apply(() => process.exit(3))).to.throw(Error, /exit/);
      expect(pool.apply(square, [3])).to.equal(9);
    }),
  );

  it(
    'goes on when a thread dies of what a job has left behind, and reports it',
    withPool(1, (pool) => {
      // Not before the result is here: a thread that has died may be heard of first.
      const leaveTimer = (mayFail: Int32Array): void => {
        setInterval(() => {
          if (Atomics.load(mayFail, 0) === 1) throw new Error('left behind');
        }, 1);
      };
      const mayFail = new Int32Array(new SharedArrayBuffer(4));
      pool.apply(leaveTimer, [mayFail]);
      Atomics.store(mayFail, 0, 1);
      while (reports.length === 0) sleep(1);
      expect(reports.join('')).to.contain('left behind').and.to.contain('ThreadPool');
      expect(pool.apply(square, [3])).to.equal(9);
    }),
  );

  it(
    'returns an AsyncResult from spawn, which can be waited for',
    withPool(2, (pool) => {
      const results = [pool.spawn(square, 2, 30), pool.spawn(square, 3)];
      expect(results[0]).to.be.an.instanceOf(AsyncResult);
      expect(wait(results)).to.have.members(results);
      expect(results.map((result) => result.value)).to.deep.equal([4, 9]);
    }),
  );

  it(
    'takes one job more than it has threads; who spawns yet another waits',
    withPool(1, (pool) => {
      expect(pool.taskCount).to.equal(0);
      const first = pool.spawn(pause, 30);
      pool.spawn(pause, 1);
      expect(pool.taskCount).to.equal(2);
      expect(first.ready()).to.equal(false);
      pool.spawn(pause, 1);
      expect(first.ready()).to.equal(true);
      expect(pool.join()).to.equal(true);
      expect(pool.taskCount).to.equal(0);
    }),
  );

  it(
    'never runs more jobs at a time than it may have threads',
    withPool(2, (pool) => {
      const clock = (milliseconds: number): [number, number] => {
        const begin = Date.now();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
        return [begin, Date.now()];
      };
      const spans = pool.map(clock, [20, 20, 20, 20, 20, 20]);
      for (const [begin] of spans) {
        const atOnce = spans.filter(([otherBegin, otherEnd]) => otherBegin <= begin && begin < otherEnd);
        expect(atOnce.length).to.be.at.most(2);
      }
      expect(pool.size).to.be.at.most(2);
    }),
  );

  it(
    'joins in time or not',
    withPool(1, (pool) => {
      expect(pool.join()).to.equal(true);
      pool.spawn(pause, 100_000);
      expect(pool.join(5)).to.equal(false);
    }),
  );

  it(
    'of size 0 keeps its jobs until it is made larger',
    withPool(0, (pool) => {
      const done: number[] = [];
      for (const number of [1, 2]) spawn(() => done.push(pool.apply(square, [number])));
      sleep(10);
      expect([done, pool.size]).to.deep.equal([[], 0]);
      pool.maxsize = 1;
      pool.join();
      while (done.length < 2) sleep(1);
      expect(done).to.deep.equal([1, 4]);
    }),
  );

  it(
    'made smaller lets its jobs end, and its threads go',
    withPool(3, (pool) => {
      const results = [pool.spawn(square, 1, 20), pool.spawn(square, 2, 30), pool.spawn(square, 3, 40)];
      sleep(10);
      pool.maxsize = 0;
      expect(results.map((result) => result.get())).to.deep.equal([1, 4, 9]);
      expect(pool.size).to.equal(0);
      pool.maxsize = 1;
      expect(pool.maxsize).to.equal(1);
      const begin = Date.now();
      pool.spawn(pause, 20);
      pool.spawn(pause, 20);
      pool.spawn(pause, 1);
      expect(Date.now() - begin).to.be.at.least(20);
    }),
  );

  it(
    'frees the greenlet that waits to spawn when it is killed',
    withPool(1, (pool) => {
      pool.spawn(pause, 50);
      pool.spawn(pause, 1);
      const spawner = spawn(() => pool.spawn(pause, 100_000));
      sleep(0);
      spawner.kill();
      expect(pool.join()).to.equal(true);
      expect(pool.apply(square, [2])).to.equal(4);
    }),
  );

  it(
    'is killed at the end of a block that declares it with using',
    withPool(1, () => {
      let result;
      {
        using pool = new ThreadPool(1);
        result = pool.spawn(pause, 100_000);
      }
      expect(() => result.get()).to.throw(ThreadPoolKilled);
      expect(reports).to.deep.equal([]);
    }),
  );

  it('must not wait on the hub', () => {
    const pool = new ThreadPool(0);
    pool.spawn(square, 1);
    expect(() => pool.spawn(square, 1)).to.throw(BlockingSwitchOutError);
    expect(() => pool.kill()).to.throw(BlockingSwitchOutError);
    expect(pool.taskCount).to.equal(1);
    pool.kill({ block: false });
    expect(pool.taskCount).to.equal(0);
  });

  it('does not keep the process alive once its jobs have ended', async () => {
    const script = `
      ${declareCore}
      const [{ spawn }, { ThreadPool }] = [core('greenlets/spawn'), core('pools/threadpool')];
      spawn(() => console.log(new ThreadPool(2, { idleTimeout: 600_000 }).map((n) => n + 1, [1, 2, 3])));
    `;
    const { code, stdout } = await spawnSource(script, { timeout: 20_000 });
    expect([code, stdout]).to.deep.equal([0, '[ 2, 3, 4 ]\n']);
  });

  it('loads the library of threads only when it has a job', async () => {
    const script = `
      ${declareCore}
      const [{ spawn }, { ThreadPool }] = [core('greenlets/spawn'), core('pools/threadpool')];
      const isLoaded = () => Object.keys(require.cache).some((name) => name.includes('piscina'));
      spawn(() => {
        const pool = new ThreadPool();
        console.log(isLoaded());
        pool.apply(() => 1);
        console.log(isLoaded());
      });
    `;
    expect((await spawnSource(script)).stdout).to.equal('false\ntrue\n');
  });

  it('is shown with its threads and jobs', () => {
    expect(inspect(new ThreadPool(3))).to.equal('ThreadPool { 0 of 3 threads, 0 jobs }');
  });

  it('refuses what is no size, no option, and no function that can be sent', () => {
    for (const wrong of [-1, 1.5]) expect(() => new ThreadPool(wrong)).to.throw(RangeError, '"maxsize"');
    expect(() => new ThreadPool(1, { idleTimeout: -1 })).to.throw(RangeError, '"options.idleTimeout"');
    expect(() => new ThreadPool(1, { idle: 1 } as object)).to.throw(TypeError, 'idle');
    const pool = new ThreadPool(1);
    for (const wrong of [Math.max, pause.bind(undefined, 1), 5 as unknown as () => void]) {
      expect(() => pool.spawn(wrong as () => void)).to.throw(TypeError, '"fn"');
    }
    expect([pool.taskCount, pool.size]).to.deep.equal([0, 0]);
  });
});

describe('moduleFunction', () => {
  it('refuses what cannot be a module', () => {
    for (const wrong of ['./relative', '../relative', '.', '', 5 as unknown as string]) {
      expect(() => moduleFunction(wrong)).to.throw(TypeError, '"module"');
    }
    expect(() => moduleFunction(file, 5 as unknown as string)).to.throw(TypeError, '"name"');
  });

  it('makes what throws when it is called right here', () => {
    expect(square.name).to.equal('square');
    expect(() => square(5)).to.throw(TypeError, 'worker threads');
  });
});
