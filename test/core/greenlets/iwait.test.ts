import { expect } from 'chai';

import type { Greenlet } from '../../../src/core/greenlets/greenlet';
import { iwait, type Waitable } from '../../../src/core/greenlets/iwait';
import { spawn } from '../../../src/core/greenlets/spawn';
import { Event } from '../../../src/core/sync/event';
import { Semaphore } from '../../../src/core/sync/semaphore';
import { BlockingSwitchOutError, getHub, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function sleepers(...milliseconds: number[]): Array<Greenlet<number>> {
  return milliseconds.map((each) =>
    spawn(() => {
      sleep(each);
      return each;
    }),
  );
}

function linkCounts(objects: ReadonlyArray<{ linkCount: number }>): number[] {
  return objects.map((object) => object.linkCount);
}

function end(greenlets: readonly Greenlet[]): void {
  for (const greenlet of greenlets) greenlet.kill();
}

describe('iwait', () => {
  it(
    'yields what becomes ready, in that order, and leaves no links',
    inGreenlet(() => {
      const greenlets = sleepers(15, 5, 10);
      expect(Array.from(iwait(greenlets), (greenlet) => greenlet.value)).to.deep.equal([5, 10, 15]);
      expect(linkCounts(greenlets)).to.deep.equal([0, 0, 0]);
    }),
  );

  it(
    'takes greenlets, events and semaphores together, and any iterable',
    inGreenlet(() => {
      const event = new Event();
      const semaphore = new Semaphore(0);
      const greenlet = spawn(() => {
        event.set();
        sleep(1);
        semaphore.release();
        sleep(1);
      });
      const objects = new Set<Waitable>([semaphore, greenlet, event]);
      expect([...iwait(objects)]).to.deep.equal([event, semaphore, greenlet]);
    }),
  );

  it(
    'yields what is ready already',
    inGreenlet(() => {
      const [greenlet] = sleepers(0);
      greenlet!.join();
      expect([...iwait([greenlet!])]).to.deep.equal([greenlet]);
    }),
  );

  it(
    'yields as many as asked for',
    inGreenlet(() => {
      const greenlets = sleepers(1, 2, 100_000);
      expect(Array.from(iwait(greenlets, { count: 2 }), (greenlet) => greenlet.value)).to.deep.equal([1, 2]);
      expect([...iwait(greenlets, { count: 0 })]).to.deep.equal([]);
      expect([...iwait(greenlets.slice(0, 2), { count: 7 })]).to.have.length(2);
      expect(linkCounts(greenlets)).to.deep.equal([0, 0, 0]);
      end(greenlets);
    }),
  );

  it(
    'yields one that is listed twice twice',
    inGreenlet(() => {
      const event = new Event();
      const [greenlet] = sleepers(1);
      spawn(() => event.set());
      expect([...iwait([event, greenlet!, event, greenlet!])]).to.deep.equal([event, event, greenlet, greenlet]);
    }),
  );

  it(
    'ends when the time is over',
    inGreenlet(() => {
      const greenlets = sleepers(1, 100_000);
      const begin = performance.now();
      expect([...iwait(greenlets, { timeout: 20 })]).to.deep.equal(greenlets.slice(0, 1));
      expect(performance.now() - begin).to.be.at.least(19);
      expect([...iwait(greenlets.slice(1), { timeout: 0 })]).to.deep.equal([]);
      expect(linkCounts(greenlets)).to.deep.equal([0, 0]);
      end(greenlets);
    }),
  );

  it(
    'links nothing before the first is asked for',
    inGreenlet(() => {
      const greenlets = sleepers(1);
      const iterator = iwait(greenlets, { timeout: 100_000 });
      expect(linkCounts(greenlets)).to.deep.equal([0]);
      iterator.next();
      expect(iterator.next().done).to.equal(true);
      expect(iterator.next().done).to.equal(true);
    }),
  );

  it(
    'leaves no links when the loop is left',
    inGreenlet(() => {
      const greenlets = sleepers(1, 100_000, 100_000);
      for (const greenlet of iwait(greenlets, { timeout: 100_000 })) {
        expect(greenlet.value).to.equal(1);
        break;
      }
      expect(linkCounts(greenlets)).to.deep.equal([0, 0, 0]);

      const error = thrownBy(() => {
        for (const _ of iwait(greenlets)) throw new SomeError();
      });
      expect(error).to.be.an.instanceOf(SomeError);
      expect(linkCounts(greenlets)).to.deep.equal([0, 0, 0]);
      end(greenlets);
    }),
  );

  it(
    'leaves no links when it is disposed of',
    inGreenlet(() => {
      const greenlets = sleepers(1, 100_000);
      {
        using iterator = iwait(greenlets);
        iterator.next();
        expect(linkCounts(greenlets)).to.deep.equal([0, 1]);
      }
      expect(linkCounts(greenlets)).to.deep.equal([0, 0]);
      end(greenlets);
    }),
  );

  it(
    'leaves no links when the greenlet is killed that waits',
    inGreenlet(() => {
      const greenlets = sleepers(100_000, 100_000);
      const waiter = spawn(() => [...iwait(greenlets, { timeout: 100_000 })]);
      sleep(0);
      expect(linkCounts(greenlets)).to.deep.equal([1, 1]);
      waiter.kill();
      expect(linkCounts(greenlets)).to.deep.equal([0, 0]);
      end(greenlets);
    }),
  );

  it(
    'lets others run, and time pass, between two steps',
    inGreenlet(() => {
      const greenlets = sleepers(1, 2, 3, 4);
      const values = [];
      for (const greenlet of iwait(greenlets)) {
        values.push(greenlet.value);
        sleep(3);
      }
      expect(values).to.deep.equal([1, 2, 3, 4]);
    }),
  );

  it(
    'yields what was ready in time also if it is asked for later',
    inGreenlet(() => {
      const greenlets = sleepers(1, 2, 100_000);
      const values = [];
      for (const greenlet of iwait(greenlets, { timeout: 10 })) {
        values.push(greenlet.value);
        sleep(15);
      }
      expect(values).to.deep.equal([1, 2]);
      end(greenlets);
    }),
  );

  it(
    'does not block the hub, and links nothing there',
    inGreenlet(() => {
      const greenlets = sleepers(1);
      let error: unknown;
      getHub().runCallback(() => (error = thrownBy(() => iwait(greenlets).next())));
      sleep(0);
      expect(error).to.be.an.instanceOf(BlockingSwitchOutError);
      expect(linkCounts(greenlets)).to.deep.equal([0]);
      greenlets[0]!.join();
    }),
  );

  it('refuses what cannot be waited for, before it links anything', () => {
    const event = new Event();
    for (const wrong of [5, null, undefined, {}, 'text', { rawLink: 1, unlink: 1 }]) {
      expect(() => iwait([event, wrong as unknown as Event])).to.throw(TypeError, '"objects"');
      if (typeof wrong !== 'string') {
        expect(() => iwait(wrong as unknown as Event[])).to.throw(TypeError, '"objects"');
      }
    }
    expect(event.linkCount).to.equal(0);
  });

  it('refuses wrong options', () => {
    expect(() => iwait([], { timeout: -1 })).to.throw(RangeError, '"options.timeout"');
    expect(() => iwait([], { count: 1.5 })).to.throw(RangeError, '"options.count"');
    expect(() => iwait([], { count: '1' as unknown as number })).to.throw(TypeError, '"options.count"');
    expect(() => iwait([], { cuont: 1 } as object)).to.throw(TypeError, 'cuont');
  });
});
