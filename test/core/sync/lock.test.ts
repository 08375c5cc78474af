import { expect } from 'chai';
import { inspect } from 'node:util';

import { RLock } from '../../../src/core/sync/lock';
import { type RawGreenlet, sleep } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

/** Starts a greenlet that holds the lock until it is killed. */
function startHolder(lock: RLock): RawGreenlet {
  const greenlet = startGreenlet(() => {
    using _held = lock.hold();
    sleep(10_000);
  });
  sleep(0);
  return greenlet;
}

describe('RLock', () => {
  it(
    'belongs to one greenlet, which may acquire it again and must release it as often',
    inGreenlet(() => {
      const lock = new RLock();
      let acquired = 0;
      expect([lock.acquire(), lock.acquire({ block: false }), lock.acquire({ timeout: 1 })]).to.deep.equal([
        true,
        true,
        true,
      ]);
      startGreenlet(() => {
        lock.acquire();
        acquired++;
        lock.release();
      });
      for (let times = 0; times < 3; times++) {
        sleep(0);
        expect([acquired, lock.locked(), lock.isOwned()]).to.deep.equal([0, true, true]);
        lock.release();
      }
      sleep(0);
      expect([acquired, lock.locked(), lock.isOwned()]).to.deep.equal([1, false, false]);
    }),
  );

  it(
    'is not acquired by others, at once or in time',
    inGreenlet(() => {
      const lock = new RLock();
      const holder = startHolder(lock);
      expect([lock.acquire({ block: false }), lock.acquire({ timeout: 2 }), lock.isOwned()]).to.deep.equal([
        false,
        false,
        false,
      ]);
      killGreenlet(holder);
      sleep(0);
      expect(lock.locked()).to.equal(false);
    }),
  );

  it(
    'serves those who wait in the order in which they came',
    inGreenlet(() => {
      const lock = new RLock();
      const order: number[] = [];
      lock.acquire();
      for (let index = 0; index < 10; index++) {
        startGreenlet(() => {
          using _held = lock.hold();
          order.push(index);
          sleep(0);
        });
      }
      sleep(0);
      lock.release();
      while (order.length < 10) sleep(0);
      expect(order).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      sleep(0);
    }),
  );

  it(
    'refuses to be released by a greenlet that it does not belong to',
    inGreenlet(() => {
      const lock = new RLock();
      const refusal = { name: 'LockError', code: 'ERR_UNBLOCK_NOT_OWNER' };
      expect(thrownBy(() => lock.release())).to.include(refusal);
      const holder = startHolder(lock);
      expect(thrownBy(() => lock.release())).to.include(refusal);
      expect(lock.locked()).to.equal(true);
      killGreenlet(holder);
      sleep(0);
      lock.acquire();
      lock.release();
      expect(thrownBy(() => lock.release())).to.include(refusal);
    }),
  );

  it(
    'stays with a greenlet that was killed without releasing it',
    inGreenlet(() => {
      const lock = new RLock();
      const holder = startGreenlet(() => {
        lock.acquire();
        sleep(1000);
      });
      sleep(0);
      killGreenlet(holder);
      sleep(0);
      expect([holder.dead, lock.locked(), lock.acquire({ timeout: 1 })]).to.deep.equal([true, true, false]);
    }),
  );

  it(
    'is not acquired by one that is killed while it waits',
    inGreenlet(() => {
      const lock = new RLock();
      lock.acquire();
      const waiter = startHolder(lock);
      killGreenlet(waiter);
      sleep(0);
      lock.release();
      sleep(0);
      expect([lock.locked(), lock.acquire({ block: false })]).to.deep.equal([false, true]);
    }),
  );

  it('works on the hub where it need not wait', () => {
    const lock = new RLock();
    expect([lock.acquire(), lock.acquire()]).to.deep.equal([true, true]);
    lock.release();
    lock.release();
  });

  it('refuses wrong options, and is not acquired', () => {
    const lock = new RLock();
    expect(thrownBy(() => lock.acquire(false as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    lock.acquire();
    expect(thrownBy(() => lock.acquire({ timeout: NaN }))).to.include({ code: 'ERR_OUT_OF_RANGE' });
    lock.release();
    expect(lock.locked()).to.equal(false);
  });

  it('shows its state', () => {
    const lock = new RLock();
    expect(inspect(lock)).to.equal('RLock { free, links: 0 }');
    lock.acquire();
    expect(inspect(lock)).to.match(/^RLock \{ owner: RawGreenlet \{ current main \}, count: 1, links: 0 \}$/);
  });
});
