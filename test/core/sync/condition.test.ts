import { expect } from 'chai';

import { GreenletExit } from '../../../src/core/errors';
import { Condition } from '../../../src/core/sync/condition';
import { RLock } from '../../../src/core/sync/lock';
import { Semaphore } from '../../../src/core/sync/semaphore';
import { Timeout } from '../../../src/core/waiting/timeout';
import { getHub, type RawGreenlet, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

/** Starts greenlets that wait; who has been notified is noted. */
function startWaiters(condition: Condition, names: readonly string[], notified: string[]): RawGreenlet[] {
  const greenlets = names.map((name) =>
    startGreenlet(() => {
      using _held = condition.hold();
      condition.wait();
      notified.push(name);
    }),
  );
  sleep(0);
  return greenlets;
}

function notify(condition: Condition, count?: number): void {
  using _held = condition.hold();
  condition.notify(count);
}

describe('Condition', () => {
  for (const [what, makeLock] of [
    ['an RLock', () => new RLock()],
    ['a Semaphore', () => new Semaphore(1)],
  ] as const) {
    describe(`with ${what}`, () => {
      it(
        'wakes as many as are to be notified, in the order in which they came',
        inGreenlet(() => {
          const condition = new Condition(makeLock());
          const notified: string[] = [];
          startWaiters(condition, ['a', 'b', 'c', 'd', 'e', 'f'], notified);
          notify(condition);
          sleep(0);
          expect(notified).to.deep.equal(['a']);
          notify(condition, 0);
          sleep(0);
          expect(notified).to.deep.equal(['a']);
          notify(condition, 2);
          sleep(0);
          expect(notified).to.deep.equal(['a', 'b', 'c']);
          condition.acquire();
          condition.notifyAll();
          condition.release();
          sleep(0);
          expect(notified).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f']);
        }),
      );

      it(
        'leaves the lock while it waits, and has it afterwards',
        inGreenlet(() => {
          const lock = makeLock();
          const condition = new Condition(lock);
          const order: string[] = [];
          startGreenlet(() => {
            condition.acquire();
            condition.wait();
            order.push('woken');
            expect(lock.locked()).to.equal(true);
            condition.release();
          });
          sleep(0);
          expect(lock.locked()).to.equal(false);
          condition.acquire();
          condition.notify();
          sleep(1);
          order.push('released');
          condition.release();
          sleep(0);
          expect([order, lock.locked()]).to.deep.equal([['released', 'woken'], false]);
        }),
      );

      it(
        'returns false when the time is over, with the lock',
        inGreenlet(() => {
          const lock = makeLock();
          const condition = new Condition(lock);
          condition.acquire();
          expect([condition.wait(2), condition.wait(0), lock.locked()]).to.deep.equal([false, false, true]);
          condition.notify();
          condition.release();
        }),
      );

      it(
        'returns true in time',
        inGreenlet(() => {
          const condition = new Condition(makeLock());
          startGreenlet(() => notify(condition));
          condition.acquire();
          expect(condition.wait(1000)).to.equal(true);
          condition.release();
        }),
      );

      it(
        'has the lock when a kill ends the wait, however long that takes',
        inGreenlet(() => {
          const lock = makeLock();
          const condition = new Condition(lock);
          const exit = new GreenletExit();
          const ends: unknown[] = [];
          const waiter = startGreenlet(() => {
            condition.acquire();
            ends.push(thrownBy(() => condition.wait()));
            ends.push(lock.locked());
            condition.release();
          });
          sleep(0);
          condition.acquire();
          killGreenlet(waiter, exit);
          killGreenlet(waiter, exit);
          sleep(1);
          expect(ends).to.deep.equal([]);
          condition.release();
          sleep(0);
          expect(ends).to.deep.equal([exit, true]);
          expect([waiter.dead, lock.locked()]).to.deep.equal([true, false]);
        }),
      );

      it(
        'refuses to wait and to notify without the lock',
        inGreenlet(() => {
          const condition = new Condition(makeLock());
          for (const use of [() => condition.wait(), () => condition.notify(), () => condition.notifyAll()]) {
            expect(thrownBy(use)).to.include({ name: 'LockError', code: 'ERR_UNBLOCK_NOT_OWNER' });
          }
        }),
      );
    });
  }

  it(
    'leaves an RLock however often it is held, and holds it as often afterwards',
    inGreenlet(() => {
      const lock = new RLock();
      const condition = new Condition(lock);
      startGreenlet(() => notify(condition));
      for (let times = 0; times < 3; times++) lock.acquire();
      condition.wait();
      for (let times = 0; times < 3; times++) lock.release();
      expect(lock.locked()).to.equal(false);
    }),
  );

  it(
    'refuses a notification by a greenlet that does not hold its RLock',
    inGreenlet(() => {
      const condition = new Condition();
      const holder = startGreenlet(() => {
        using _held = condition.hold();
        sleep(1000);
      });
      sleep(0);
      expect(thrownBy(() => condition.notify())).to.include({ code: 'ERR_UNBLOCK_NOT_OWNER' });
      killGreenlet(holder);
      sleep(0);
    }),
  );

  it(
    'passes a notification on if the notified one is killed before its turn',
    inGreenlet(() => {
      const condition = new Condition();
      const notified: string[] = [];
      const [victim] = startWaiters(condition, ['victim', 'next'], notified);
      getHub().runCallback(() => {
        notify(condition);
        getHub().throwIn(victim!, new GreenletExit());
      });
      sleep(1);
      expect(notified).to.deep.equal(['next']);
    }),
  );

  it(
    'returns true to who was notified in time, but got its turn too late',
    inGreenlet(() => {
      const condition = new Condition();
      let result: boolean | undefined;
      startGreenlet(() => {
        using _held = condition.hold();
        result = condition.wait(5);
      });
      setTimeout(() => {
        notify(condition);
        const end = performance.now() + 10;
        while (performance.now() < end);
      }, 1);
      sleep(30);
      expect(result).to.equal(true);
    }),
  );

  it(
    'throws the timeout of somebody else, with the lock',
    inGreenlet(() => {
      const condition = new Condition();
      condition.acquire();
      const timeout = Timeout.startNew(2);
      expect(thrownBy(() => condition.wait(1000))).to.equal(timeout);
      condition.release();
    }),
  );

  it('refuses to block the hub, with the lock kept', () => {
    const condition = new Condition();
    condition.acquire();
    expect(thrownBy(() => condition.wait())).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
    condition.release();
  });

  describe('waitFor', () => {
    it(
      'waits until something is the case, and returns it',
      inGreenlet(() => {
        const condition = new Condition();
        let state = 0;
        const results: unknown[] = [];
        startGreenlet(() => {
          using _held = condition.hold();
          results.push(condition.waitFor(() => state === 4 && 'four'));
        });
        for (let times = 0; times < 4; times++) {
          sleep(0);
          expect(results).to.deep.equal([]);
          using _held = condition.hold();
          state++;
          condition.notify();
        }
        sleep(0);
        expect(results).to.deep.equal(['four']);
      }),
    );

    it(
      'does not wait if it is the case already',
      inGreenlet(() => {
        const condition = new Condition();
        using _held = condition.hold();
        expect(condition.waitFor(() => 1)).to.equal(1);
      }),
    );

    it(
      'returns what was last the case when the time is over, however often it is notified',
      inGreenlet(() => {
        const condition = new Condition();
        let isOver = false;
        startGreenlet(() => {
          while (!isOver) {
            notify(condition);
            sleep(1);
          }
        });
        const began = performance.now();
        condition.acquire();
        expect(condition.waitFor(() => 0, 10)).to.equal(0);
        condition.release();
        expect(performance.now() - began).to.be.at.least(10);
        isOver = true;
        sleep(5);
      }),
    );

    it(
      'throws what its predicate throws, with the lock',
      inGreenlet(() => {
        const condition = new Condition();
        const error = new SomeError();
        const fail = (): never => {
          throw error;
        };
        condition.acquire();
        expect(thrownBy(() => condition.waitFor(fail))).to.equal(error);
        condition.release();
      }),
    );
  });

  it('refuses what is wrong', () => {
    expect(thrownBy(() => new Condition({} as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(thrownBy(() => new Condition(null as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    const condition = new Condition();
    using _held = condition.hold();
    expect(thrownBy(() => condition.notify(-1))).to.include({ code: 'ERR_OUT_OF_RANGE' });
    expect(thrownBy(() => condition.wait(-1))).to.include({ code: 'ERR_OUT_OF_RANGE' });
    expect(thrownBy(() => condition.waitFor('x' as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(thrownBy(() => condition.waitFor(() => true, NaN))).to.include({ code: 'ERR_OUT_OF_RANGE' });
  });
});
