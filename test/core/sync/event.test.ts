import { expect } from 'chai';
import { inspect } from 'node:util';

import { Event } from '../../../src/core/sync/event';
import { getHub, sleep } from '../../../src/index';
import { inGreenlet, startGreenlet } from '../../support/in-greenlet';
import { describeWaitable } from '../../support/waitable-suite';

/** Starts so many greenlets that wait for an event; what each wait returns is collected. */
function startWaiters(event: Event, count: number, timeout?: number): boolean[] {
  const results: boolean[] = [];
  for (let index = 0; index < count; index++) startGreenlet(() => results.push(event.wait(timeout)));
  sleep(0);
  return results;
}

describe('Event', () => {
  describeWaitable(() => {
    const event = new Event();
    return {
      waitable: event,
      makeReady: () => event.set(),
      wait: (timeout) => event.wait(timeout),
      result: true,
      late: false,
      linkCount: () => event.linkCount,
    };
  });

  it('is clear, set, clear', () => {
    const event = new Event();
    expect([event.isSet(), event.ready()]).to.deep.equal([false, false]);
    event.set();
    expect([event.isSet(), event.ready()]).to.deep.equal([true, true]);
    event.set();
    event.clear();
    event.clear();
    expect([event.isSet(), event.ready()]).to.deep.equal([false, false]);
  });

  for (const count of [1, 100, 1000]) {
    for (const timeout of [undefined, 1000]) {
      it(
        `set and cleared at once wakes all of ${count} with true, ${timeout ?? 'no'} limit`,
        inGreenlet(() => {
          const event = new Event();
          const results = startWaiters(event, count, timeout);
          event.set();
          event.clear();
          while (event.linkCount > 0) sleep(0);
          expect(results).to.deep.equal(Array(count).fill(true));
        }),
      );
    }
  }

  it(
    'cleared again does not wake who waits after that',
    inGreenlet(() => {
      const event = new Event();
      event.set();
      event.clear();
      expect(event.wait(1)).to.equal(false);
    }),
  );

  it(
    'lets a wait pass at once when it is set and nobody is before it',
    inGreenlet(() => {
      const event = new Event();
      let others = 0;
      event.set();
      startGreenlet(() => others++);
      expect([event.wait(), event.wait(0), others]).to.deep.equal([true, true, 0]);
      sleep(0);
    }),
  );

  it('lets a wait pass on the hub when it is set', () => {
    const event = new Event();
    event.set();
    expect(event.wait()).to.equal(true);
  });

  it(
    'lets a wait pass on the hub when it is set, also with others before it',
    inGreenlet(() => {
      const event = new Event();
      startWaiters(event, 2);
      let result = false;
      getHub().runCallback(() => {
        event.set();
        result = event.wait();
      });
      sleep(0);
      expect(result).to.equal(true);
    }),
  );

  it(
    'lets a wait that finds it set, with others still to be woken, be behind them, without a turn of the loop',
    inGreenlet(() => {
      const event = new Event();
      const order: unknown[] = [];
      const waitAndNote = (name: unknown): void => {
        event.wait();
        order.push(name);
      };
      startGreenlet(() => waitAndNote(0));
      startGreenlet(() => waitAndNote(1));
      sleep(0);
      setImmediate(() => order.push('loop'));
      event.set();
      startGreenlet(() => waitAndNote('late'));
      waitAndNote('main');
      sleep(0);
      expect(order).to.deep.equal([0, 1, 'main', 'late']);
      sleep(1);
    }),
  );

  it(
    'lets who waits over and over while it is set come after those who were before it',
    inGreenlet(() => {
      const event = new Event();
      const order: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        startGreenlet(() => {
          event.wait();
          order.push(name);
          event.wait();
          order.push(name);
        });
      }
      sleep(0);
      event.set();
      sleep(0);
      sleep(0);
      expect(order.slice(0, 3)).to.deep.equal(['a', 'b', 'c']);
      expect(order.slice(3).sort()).to.deep.equal(['a', 'b', 'c']);
    }),
  );

  it(
    'gives those who wait their turn before what becomes ready after it was set, and after what was ready before',
    inGreenlet(() => {
      const event = new Event();
      const order: string[] = [];
      startGreenlet(() => {
        event.wait();
        order.push('waiter');
      });
      sleep(0);
      startGreenlet(() => order.push('before'));
      event.set();
      startGreenlet(() => order.push('after'));
      sleep(0);
      expect(order).to.deep.equal(['before', 'waiter', 'after']);
    }),
  );

  it(
    'returns true to who was told in time, but got its turn too late',
    inGreenlet(() => {
      const event = new Event();
      const results = startWaiters(event, 1, 5);
      // The hub looks at its timers before it comes to what it is to do next.
      setTimeout(() => {
        event.set();
        const end = performance.now() + 10;
        while (performance.now() < end);
      }, 1);
      sleep(30);
      expect(results).to.deep.equal([true]);
    }),
  );

  it('shows its state', () => {
    const event = new Event();
    expect(inspect(event)).to.equal('Event { clear, links: 0 }');
    event.rawLink(() => undefined);
    event.set();
    expect(inspect(event)).to.equal('Event { set, links: 1 }');
  });
});
