import { expect } from 'chai';

import { Barrier } from '../../../src/core/sync/barrier';
import { Event } from '../../../src/core/sync/event';
import { Timeout } from '../../../src/core/waiting/timeout';
import { type RawGreenlet, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

const BROKEN = { name: 'BrokenBarrierError', code: 'ERR_UNBLOCK_BROKEN_BARRIER' };

/** What became of each greenlet's wait: the number, or the error. */
type Ends = Array<number | Error>;

function startWaiters(barrier: Barrier, count: number, ends: Ends, timeout?: number | null): RawGreenlet[] {
  const greenlets = Array.from({ length: count }, () =>
    startGreenlet(() => {
      try {
        ends.push(barrier.wait(timeout));
      } catch (error) {
        ends.push(error as Error);
      }
    }),
  );
  sleep(0);
  return greenlets;
}

function expectBroken(ends: Ends, count: number): void {
  expect(ends).to.have.length(count);
  for (const end of ends) expect(end).to.include(BROKEN);
}

describe('Barrier', () => {
  it(
    'lets nobody go on before the last one has come',
    inGreenlet(() => {
      const barrier = new Barrier(5);
      const ends: Ends = [];
      startWaiters(barrier, 4, ends);
      expect([ends, barrier.nWaiting, barrier.broken, barrier.parties]).to.deep.equal([[], 4, false, 5]);
      expect(barrier.wait()).to.equal(4);
      sleep(0);
      expect([ends, barrier.nWaiting]).to.deep.equal([[0, 1, 2, 3], 0]);
    }),
  );

  it(
    'works any number of times, for the same greenlets',
    inGreenlet(() => {
      const barrier = new Barrier(5);
      const rounds: number[] = [];
      let ended = 0;
      for (let index = 0; index < 5; index++) {
        startGreenlet(() => {
          for (let round = 0; round < 20; round++) {
            barrier.wait();
            rounds.push(round);
          }
          ended++;
        });
      }
      while (ended < 5) sleep(0);
      expect(rounds).to.deep.equal(Array.from({ length: 100 }, (_, index) => Math.floor(index / 5)));
    }),
  );

  it(
    'of one party lets it pass at once',
    inGreenlet(() => {
      const barrier = new Barrier(1);
      expect([barrier.wait(), barrier.wait()]).to.deep.equal([0, 0]);
    }),
  );

  it(
    'calls its action once a round, in the last one, before any goes on',
    inGreenlet(() => {
      const order: string[] = [];
      const barrier = new Barrier(2, () => order.push('action'));
      startGreenlet(() => {
        barrier.wait();
        order.push('first');
      });
      sleep(0);
      barrier.wait();
      order.push('last');
      sleep(0);
      expect(order).to.deep.equal(['action', 'last', 'first']);
    }),
  );

  it(
    'waits for an action that blocks, whatever the limit, and takes who comes meanwhile for the next round',
    inGreenlet(() => {
      const gate = new Event();
      const barrier = new Barrier(2, () => gate.wait());
      const ends: Ends = [];
      startWaiters(barrier, 1, ends, 5);
      startGreenlet(() => ends.push(barrier.wait()));
      sleep(10);
      const late: Ends = [];
      startWaiters(barrier, 1, late);
      expect([ends, barrier.nWaiting]).to.deep.equal([[], 1]);
      gate.set();
      sleep(1);
      expect([ends, late, barrier.broken]).to.deep.equal([[1, 0], [], false]);
      barrier.wait();
      sleep(0);
      expect(late).to.deep.equal([0]);
    }),
  );

  it(
    'is broken by an action that fails; the last one gets its error',
    inGreenlet(() => {
      const error = new SomeError();
      const fail = (): never => {
        throw error;
      };
      const barrier = new Barrier(3, fail);
      const ends: Ends = [];
      startWaiters(barrier, 2, ends);
      expect(thrownBy(() => barrier.wait())).to.equal(error);
      sleep(0);
      expectBroken(ends, 2);
      expect(barrier.broken).to.equal(true);
    }),
  );

  it(
    'is broken by abort, for those who wait and those who come, until it is reset',
    inGreenlet(() => {
      const barrier = new Barrier(3);
      const ends: Ends = [];
      startWaiters(barrier, 2, ends);
      barrier.abort();
      expect([barrier.broken, barrier.nWaiting]).to.deep.equal([true, 0]);
      sleep(0);
      expectBroken(ends, 2);
      expect(thrownBy(() => barrier.wait())).to.include(BROKEN);
      barrier.reset();
      expect(barrier.broken).to.equal(false);
      ends.length = 0;
      startWaiters(barrier, 3, ends);
      sleep(0);
      expect(ends).to.have.members([0, 1, 2]);
    }),
  );

  it(
    'is broken by abort while its action runs, for the whole round',
    inGreenlet(() => {
      const gate = new Event();
      const barrier = new Barrier(2, () => gate.wait());
      const ends: Ends = [];
      startWaiters(barrier, 2, ends);
      barrier.abort();
      gate.set();
      sleep(1);
      expectBroken(ends, 2);
    }),
  );

  it(
    'fails those who wait when it is reset, and is as new',
    inGreenlet(() => {
      const barrier = new Barrier(3);
      const ends: Ends = [];
      startWaiters(barrier, 2, ends);
      barrier.reset();
      expect([barrier.broken, barrier.nWaiting]).to.deep.equal([false, 0]);
      sleep(0);
      expectBroken(ends, 2);
      ends.length = 0;
      startWaiters(barrier, 3, ends);
      sleep(0);
      expect(ends).to.have.members([0, 1, 2]);
    }),
  );

  it(
    'is broken when one does not come in time, for all',
    inGreenlet(() => {
      const barrier = new Barrier(3);
      const ends: Ends = [];
      startWaiters(barrier, 1, ends);
      startWaiters(barrier, 1, ends, 5);
      sleep(10);
      expectBroken(ends, 2);
      expect(barrier.broken).to.equal(true);
    }),
  );

  it(
    'has a limit for all waits that do not say otherwise',
    inGreenlet(() => {
      const barrier = new Barrier(2, null, 2);
      expect(thrownBy(() => barrier.wait())).to.include(BROKEN);
      barrier.reset();
      const ends: Ends = [];
      startWaiters(barrier, 1, ends, null);
      sleep(5);
      expect([ends, barrier.nWaiting]).to.deep.equal([[], 1]);
      barrier.wait();
      sleep(0);
      expect(ends).to.deep.equal([0]);
    }),
  );

  it(
    'does not count one that was killed, or timed out by somebody else',
    inGreenlet(() => {
      const barrier = new Barrier(3);
      const ends: Ends = [];
      const [victim] = startWaiters(barrier, 2, ends);
      killGreenlet(victim!);
      sleep(0);
      const timeout = Timeout.startNew(2);
      expect(thrownBy(() => barrier.wait(1000))).to.equal(timeout);
      expect([barrier.nWaiting, barrier.broken]).to.deep.equal([1, false]);
      startWaiters(barrier, 2, ends);
      sleep(0);
      expect(ends.slice(1)).to.have.members([0, 1, 2]);
    }),
  );

  it('refuses to block the hub, and does not count it', () => {
    const barrier = new Barrier(2);
    expect(thrownBy(() => barrier.wait())).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
    expect(barrier.nWaiting).to.equal(0);
  });

  for (const [args, code] of [
    [[0], 'ERR_OUT_OF_RANGE'],
    [[1.5], 'ERR_OUT_OF_RANGE'],
    [['2'], 'ERR_INVALID_ARG_TYPE'],
    [[2, 'action'], 'ERR_INVALID_ARG_TYPE'],
    [[2, null, -1], 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`refuses ${JSON.stringify(args)} with ${code}`, () => {
      expect(thrownBy(() => Reflect.construct(Barrier, args))).to.include({ code });
    });
  }
});
