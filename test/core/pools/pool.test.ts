import { expect } from 'chai';
import { inspect } from 'node:util';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn } from '../../../src/core/greenlets/spawn';
import { Pool } from '../../../src/core/pools/pool';
import { PoolFull } from '../../../src/core/pools/pool-errors';
import { Event } from '../../../src/core/sync/event';
import { Timeout } from '../../../src/core/waiting/timeout';
import { sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

const sleeper = (): Greenlet => new Greenlet(() => sleep(100_000));

/** A pool of one, and who fills it. */
function fullPool(): { pool: Pool; first: Greenlet } {
  const pool = new Pool(1);
  return { pool, first: pool.spawn(() => sleep(100_000)) as Greenlet };
}

describe('a Pool', () => {
  const reports = collectReports();

  it(
    'never has more greenlets than it has room for: who spawns one more waits',
    inGreenlet(() => {
      const pool = new Pool(2);
      let running = 0;
      let most = 0;
      const work = (): void => {
        most = Math.max(most, ++running);
        sleep(1);
        running--;
      };
      for (let count = 0; count < 10; count++) {
        pool.spawn(work);
        expect(pool.size).to.be.at.most(2);
      }
      pool.join();
      expect(most).to.equal(2);
    }),
  );

  it(
    'counts its room',
    inGreenlet(() => {
      const pool = new Pool(2);
      expect([pool.maxsize, pool.freeCount(), pool.full()]).to.deep.equal([2, 2, false]);
      const first = pool.spawn(() => undefined);
      expect([pool.freeCount(), pool.full()]).to.deep.equal([1, false]);
      pool.spawn(() => undefined);
      expect([pool.freeCount(), pool.full()]).to.deep.equal([0, true]);
      first.get();
      sleep(0);
      expect(pool.freeCount()).to.equal(2);
    }),
  );

  it(
    'without a bound is never full',
    inGreenlet(() => {
      for (const pool of [new Pool(), new Pool(null)]) {
        for (let count = 0; count < 100; count++) pool.spawn(() => sleep(1));
        expect([pool.maxsize, pool.freeCount(), pool.full()]).to.deep.equal([Infinity, Infinity, false]);
        expect(pool.waitAvailable()).to.equal(Infinity);
        pool.join();
      }
    }),
  );

  it(
    'of size 0 is always full',
    inGreenlet(() => {
      const pool = new Pool(0);
      expect([pool.freeCount(), pool.full(), pool.waitAvailable(5)]).to.deep.equal([0, true, 0]);
      expect(() => pool.add(new Greenlet(), { block: false })).to.throw(PoolFull);
      expect(pool.join()).to.equal(true);
    }),
  );

  it(
    'waits for room, in waitAvailable, without taking any',
    inGreenlet(() => {
      const { pool, first } = fullPool();
      expect(pool.waitAvailable(5)).to.equal(0);
      const waiter = spawn(() => pool.waitAvailable());
      sleep(0);
      first.kill();
      expect(waiter.get()).to.equal(1);
      expect(pool.freeCount()).to.equal(1);
    }),
  );

  it(
    'starts greenlets of the class that it is given',
    inGreenlet(() => {
      class Mine extends Greenlet {}
      expect(new Pool(1, Mine).spawn(() => 1)).to.be.an.instanceOf(Mine);
    }),
  );

  it('refuses what is no size', () => {
    for (const wrong of [-1, 1.5, NaN]) expect(() => new Pool(wrong)).to.throw(RangeError, '"maxsize"');
    expect(() => new Pool('1' as unknown as number)).to.throw(TypeError, '"maxsize"');
  });

  it('is shown with how many are in it', () => {
    expect(inspect(new Pool(3))).to.equal('Pool { 0 of 3 greenlets }');
  });

  it(
    'keeps its room when errors cannot even be reported',
    inGreenlet(() => {
      const pool = new Pool(1);
      reports.push = () => {
        throw new SomeError('no room on the disk');
      };
      const failing = pool.spawn(() => {
        throw new SomeError();
      });
      expect(() => failing.get()).to.throw(SomeError);
      sleep(0);
      expect(pool.freeCount()).to.equal(1);
      expect(pool.apply(() => 'still works')).to.equal('still works');
    }),
  );

  it(
    'whose spawn is given up takes nobody in',
    inGreenlet(() => {
      const { pool, first } = fullPool();
      let ran = false;
      const spawner = spawn(() => pool.spawn(() => (ran = true)));
      sleep(0);
      spawner.kill();
      first.kill();
      sleep(1);
      expect([ran, pool.freeCount()]).to.deep.equal([false, 1]);
      expect(pool.apply(() => 1)).to.equal(1);
    }),
  );
});

describe('Pool.add and Pool.start', () => {
  collectReports();

  it(
    'wait for room',
    inGreenlet(() => {
      const { pool, first } = fullPool();
      const second = sleeper();
      const timeout = Timeout.startNew(5);
      expect(thrownBy(() => pool.add(second))).to.equal(timeout);
      expect([pool.freeCount(), pool.size]).to.deep.equal([0, 1]);
      const adder = spawn(() => pool.start(second));
      sleep(0);
      first.kill();
      adder.join();
      expect([...pool]).to.deep.equal([second]);
      second.kill();
    }),
  );

  for (const method of ['add', 'start'] as const) {
    it(
      `throw PoolFull when there is none in time (${method})`,
      inGreenlet(() => {
        const { pool, first } = fullPool();
        const second = sleeper();
        expect(() => pool[method](second, { timeout: 5 }))
          .to.throw(PoolFull)
          .with.property('code', 'ERR_UNBLOCK_POOL_FULL');
        expect(() => pool[method](second, { block: false })).to.throw(PoolFull);
        expect([second.started, second.linkCount, pool.size]).to.deep.equal([false, 0, 1]);
        first.kill();
        sleep(0);
        pool[method](second);
        second.kill();
      }),
    );
  }

  it(
    'do not count one that is in it already',
    inGreenlet(() => {
      const { pool, first } = fullPool();
      pool.add(first);
      first.kill();
      sleep(0);
      expect(pool.freeCount()).to.equal(1);
      expect(pool.waitAvailable(0)).to.equal(1);
    }),
  );

  it(
    'keep the room when they refuse what is no greenlet',
    inGreenlet(() => {
      const pool = new Pool(1);
      expect(() => pool.add({} as Greenlet)).to.throw(TypeError);
      expect(() => pool.add(sleeper(), { blocking: false } as object)).to.throw(TypeError, 'blocking');
      expect(pool.waitAvailable(0)).to.equal(1);
    }),
  );
});

describe('Pool.discard', () => {
  it(
    'makes room once, also for one that is not in it',
    inGreenlet(() => {
      const { pool, first } = fullPool();
      pool.discard(first);
      first.kill();
      pool.discard(first);
      pool.discard(new Greenlet());
      sleep(0);
      expect([pool.size, pool.freeCount(), pool.waitAvailable(0)]).to.deep.equal([0, 1, 1]);
    }),
  );
});

describe('a Pool among 10 000 that want to spawn', () => {
  it(
    'serves them one after the other',
    inGreenlet(() => {
      const pool = new Pool(1);
      const all = new Event();
      let done = 0;
      for (let count = 0; count < 10_000; count++) {
        spawn(() => {
          pool.spawn(() => {
            if (++done === 10_000) all.set();
          });
        });
      }
      all.wait();
      pool.join();
      expect(done).to.equal(10_000);
    }),
  ).timeout(60_000);
});
