import { expect } from 'chai';

import { GreenletExit } from '../../src/core/errors';
import { setErrorStream } from '../../src/core/hub/error-report';
import { Timeout, withTimeout } from '../../src/core/waiting/timeout';
import { getCurrent, getHub, type RawGreenlet, sleep } from '../../src/index';
import { SomeError, thrownBy } from './greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from './in-greenlet';

/** What the suite needs to know of one kind of wait. */
export interface WaitCase {
  /** Makes it ready, so that all who wait go on. */
  makeReady(): void;
  /** Waits, and takes nothing away that others wait for. */
  wait(timeout?: number | null): unknown;
  /** What `wait` returns once it is ready. */
  readonly result: unknown;
  /** What `wait` returns when the time is over. */
  readonly late: unknown;
  /** How many are linked; not asked if nobody can know. */
  linkCount?(): number;
  /** Gives who is told the turn in which it goes on; one of the hub's unless given. */
  turn?(): void;
}

/** What the suite needs to know of one kind of thing that can be waited for. */
export interface WaitableCase extends WaitCase {
  /** The thing, not ready. */
  readonly waitable: {
    ready(): boolean;
    rawLink(callback: (source: unknown) => void): void;
    unlink(callback: (source: unknown) => void): void;
  };
  linkCount(): number;
}

/**
 * The claims that hold for whatever can be waited for.
 *
 * @param create makes one that is not ready; called in a greenlet
 */
export function describeWaitable(create: () => WaitableCase): void {
  describe('as something to wait for', () => {
    describe('in a greenlet', () => describeWait(create));
    describe('by a callback', () => describeLinks(create));
  });
}

/** Lets all that is to be woken have its turn: one may be woken only when the one before has had its own. */
function settle(): void {
  for (let turn = 0; turn < 10; turn++) sleep(0);
}

/** Starts a greenlet that waits, and lets it begin. */
function startWaiter(run: () => unknown): RawGreenlet {
  const greenlet = startGreenlet(run);
  sleep(0);
  return greenlet;
}

/**
 * The claims that hold for whatever waits.
 *
 * @param create makes what is not ready; called in a greenlet
 */
export function describeWait(create: () => WaitCase): void {
  it(
    'returns its result to who waits when it becomes ready, and to who comes later',
    inGreenlet(() => {
      const { wait, makeReady, result, turn = sleep } = create();
      const results: unknown[] = [];
      startWaiter(() => results.push(wait()));
      expect(results).to.deep.equal([]);
      makeReady();
      expect(results).to.deep.equal([]);
      turn();
      expect(results).to.deep.equal([result]);
      expect(wait()).to.deep.equal(result);
    }),
  );

  it(
    'returns in time if there is a limit',
    inGreenlet(() => {
      const { wait, makeReady, result, turn = sleep } = create();
      const results: unknown[] = [];
      startWaiter(() => results.push(wait(1000)));
      makeReady();
      turn();
      expect(results).to.deep.equal([result]);
    }),
  );

  for (const timeout of [0, 5]) {
    it(
      `gives up after ${timeout} ms, and is not linked any more`,
      inGreenlet(() => {
        const { wait, late, linkCount } = create();
        const began = performance.now();
        expect(wait(timeout)).to.equal(late);
        expect(performance.now() - began).to.be.at.least(timeout);
        expect(linkCount?.() ?? 0).to.equal(0);
      }),
    );
  }

  it(
    'wakes all in the order in which they came',
    inGreenlet(() => {
      const { wait, makeReady, turn = sleep } = create();
      const order: number[] = [];
      const count = 100;
      for (let index = 0; index < count; index++) {
        startGreenlet(() => {
          wait();
          order.push(index);
        });
      }
      sleep(0);
      makeReady();
      while (order.length < count) turn();
      expect(order).to.deep.equal(Array.from({ length: count }, (_, index) => index));
    }),
  );

  it(
    'wakes the others when some have been killed',
    inGreenlet(() => {
      const { wait, makeReady, linkCount, turn = sleep } = create();
      const woken: number[] = [];
      const greenlets = [0, 1, 2, 3, 4].map((index) =>
        startGreenlet(() => {
          wait();
          woken.push(index);
        }),
      );
      sleep(0);
      for (const index of [0, 2, 4]) killGreenlet(greenlets[index]!);
      sleep(0);
      expect(linkCount?.() ?? 2).to.equal(2);
      makeReady();
      turn();
      settle();
      expect(woken).to.deep.equal([1, 3]);
      expect(linkCount?.() ?? 0).to.equal(0);
    }),
  );

  it(
    'wakes the others when one is killed that was about to be woken',
    inGreenlet(() => {
      const { wait, makeReady, linkCount, turn = sleep } = create();
      const ends: unknown[] = [];
      const exit = new GreenletExit();
      const victim = startGreenlet(() => ends.push(thrownBy(wait)));
      startGreenlet(() => {
        wait();
        ends.push('other');
      });
      sleep(0);
      getHub().runCallback(() => {
        makeReady();
        getHub().throwIn(victim, exit);
      });
      while (ends.length < 2) turn();
      expect(ends).to.have.members([exit, 'other']);
      expect(linkCount?.() ?? 0).to.equal(0);
    }),
  );

  it(
    'throws a timeout that somebody else has set, with or without a limit of its own',
    inGreenlet(() => {
      const { wait, linkCount } = create();
      for (const limit of [undefined, null, 1000]) {
        const timeout = Timeout.startNew(2);
        expect(thrownBy(() => wait(limit))).to.equal(timeout);
        expect(linkCount?.() ?? 0).to.equal(0);
      }
      const over = {};
      expect(withTimeout({ milliseconds: 2, timeoutValue: over }, () => wait())).to.equal(over);
    }),
  );

  it(
    'cannot be ended by a stray switch',
    inGreenlet(() => {
      const { wait, linkCount } = create();
      let thrown: unknown;
      const greenlet = startWaiter(() => (thrown = thrownBy(wait)));
      getHub().runCallback(() => void greenlet.switch('stray'));
      sleep(0);
      expect(thrown).to.include({ code: 'ERR_UNBLOCK_INVALID_SWITCH' });
      expect(linkCount?.() ?? 0).to.equal(0);
    }),
  );

  it(
    'refuses to block the hub, and links nothing',
    inGreenlet(() => {
      const { wait, linkCount } = create();
      for (const limit of [undefined, 5]) {
        let thrown: unknown;
        getHub().runCallback(() => (thrown = thrownBy(() => wait(limit))));
        sleep(0);
        expect(thrown).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
      }
      expect(linkCount?.() ?? 0).to.equal(0);
    }),
  );

  for (const [limit, code] of [
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [-1, 'ERR_OUT_OF_RANGE'],
    [NaN, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(
      `refuses a limit of ${JSON.stringify(limit)} with ${code}, and links nothing`,
      inGreenlet(() => {
        const { wait, linkCount } = create();
        expect(thrownBy(() => wait(limit as number))).to.include({ code });
        expect(linkCount?.() ?? 0).to.equal(0);
      }),
    );
  }
}

function describeLinks(create: () => WaitableCase): void {
  it(
    'calls it on the hub, once, later, with itself',
    inGreenlet(() => {
      const { waitable, makeReady, linkCount } = create();
      const calls: unknown[] = [];
      waitable.rawLink((source) => calls.push(source, getCurrent()));
      makeReady();
      expect(calls).to.deep.equal([]);
      sleep(0);
      expect(calls).to.have.ordered.members([waitable, getHub().greenlet]);
      sleep(1);
      expect([calls.length, linkCount()]).to.deep.equal([2, 0]);
    }),
  );

  it(
    'calls it later as well if it is linked when all is ready',
    inGreenlet(() => {
      const { waitable, makeReady, wait } = create();
      makeReady();
      wait();
      const calls: string[] = [];
      waitable.rawLink(() => calls.push('late'));
      calls.push('before');
      sleep(0);
      expect(calls).to.deep.equal(['before', 'late']);
    }),
  );

  it(
    'calls them in the order of the linking, among greenlets that wait',
    inGreenlet(() => {
      const { waitable, makeReady, wait } = create();
      const order: number[] = [];
      waitable.rawLink(() => order.push(0));
      startWaiter(() => {
        wait();
        order.push(1);
      });
      waitable.rawLink(() => order.push(2));
      startWaiter(() => {
        wait();
        order.push(3);
      });
      makeReady();
      settle();
      expect(order).to.deep.equal([0, 1, 2, 3]);
    }),
  );

  it(
    'does not call what is unlinked, also when its turn was about to come',
    inGreenlet(() => {
      const { waitable, makeReady, linkCount } = create();
      const calls: string[] = [];
      const early = (): void => void calls.push('early');
      const late = (): void => void calls.push('late');
      const kept = (): void => void calls.push('kept');
      for (const callback of [early, late, kept]) waitable.rawLink(callback);
      waitable.unlink(early);
      makeReady();
      waitable.unlink(late);
      waitable.unlink(late);
      waitable.unlink(() => undefined);
      settle();
      expect([calls, linkCount()]).to.deep.equal([['kept'], 0]);
    }),
  );

  it(
    'lets one unlink another, and link a new one',
    inGreenlet(() => {
      const { waitable, makeReady } = create();
      const calls: string[] = [];
      const second = (): void => void calls.push('second');
      waitable.rawLink(() => {
        calls.push('first');
        waitable.unlink(second);
        waitable.rawLink(() => calls.push('third'));
      });
      waitable.rawLink(second);
      makeReady();
      settle();
      expect(calls).to.deep.equal(['first', 'third']);
    }),
  );

  it(
    'reports one that throws, and calls the others',
    inGreenlet(() => {
      const { waitable, makeReady } = create();
      const reports: string[] = [];
      let called = false;
      waitable.rawLink(() => {
        throw new SomeError('link failed');
      });
      waitable.rawLink(() => (called = true));
      const before = setErrorStream({ write: (text) => reports.push(text) });
      try {
        makeReady();
        settle();
      } finally {
        setErrorStream(before);
      }
      expect(called).to.equal(true);
      expect(reports.join('')).to.include('link failed').and.include('failed with SomeError');
    }),
  );

  it(
    'refuses what is no function',
    inGreenlet(() => {
      const { waitable, linkCount } = create();
      for (const callback of [undefined, null, 'callback', {}]) {
        expect(thrownBy(() => waitable.rawLink(callback as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      expect(linkCount()).to.equal(0);
    }),
  );
}
