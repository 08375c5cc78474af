import { expect } from 'chai';

import { joinAll, wait } from '../../../src/core/bridges/wait';
import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn } from '../../../src/core/greenlets/spawn';
import { AsyncResult } from '../../../src/core/sync/async-result';
import { Event } from '../../../src/core/sync/event';
import { setTrace, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function sleeper(milliseconds: number): Greenlet<number> {
  return spawn(() => {
    sleep(milliseconds);
    return milliseconds;
  });
}

function failure(milliseconds: number, message: string): Greenlet<never> {
  return spawn(() => {
    sleep(milliseconds);
    throw new SomeError(message);
  });
}

describe('wait', () => {
  it(
    'returns what a promise is fulfilled with, and throws what it is rejected with',
    inGreenlet(() => {
      expect(wait(Promise.resolve(5))).to.equal(5);
      const error = new SomeError();
      expect(thrownBy(() => wait(Promise.reject(error)))).to.equal(error);
    }),
  );

  it(
    'returns what is neither a promise nor a list',
    inGreenlet(() => {
      const object = { a: 1 };
      for (const value of [5, 'text', undefined, null, true, object]) expect(wait(value)).to.equal(value);
    }),
  );

  it(
    'returns the objects of a list as they become ready',
    inGreenlet(() => {
      const event = new Event();
      const greenlets = [sleeper(10), sleeper(5)];
      spawn(() => event.set());
      expect(wait([...greenlets, event])).to.deep.equal([event, greenlets[1], greenlets[0]]);
      expect(wait([event, event])).to.deep.equal([event, event]);
      expect(wait([])).to.deep.equal([]);
    }),
  );

  it(
    'returns as many as asked for, or were ready in time',
    inGreenlet(() => {
      const greenlets = [sleeper(100_000), sleeper(2), sleeper(4)];
      expect(wait(greenlets, { count: 1 })).to.deep.equal([greenlets[1]]);
      expect(wait(greenlets, { timeout: 20 })).to.deep.equal([greenlets[1], greenlets[2]]);
      expect(wait(greenlets, { count: 3, timeout: 0 })).to.deep.equal([greenlets[1], greenlets[2]]);
      expect(greenlets.map((greenlet) => greenlet.linkCount)).to.deep.equal([0, 0, 0]);
      greenlets[0]!.kill();
    }),
  );

  it(
    'wakes who waits for all of them only once',
    inGreenlet(() => {
      const results = [1, 2, 3].map(() => new AsyncResult());
      const waiter = spawn(() => wait(results));
      sleep(0);
      let switches = 0;
      const before = setTrace((_event, _origin, target) => {
        if (target === waiter) switches++;
      });
      try {
        for (const result of results) {
          result.set(1);
          sleep(1);
        }
      } finally {
        setTrace(before);
      }
      expect(waiter.get()).to.deep.equal(results);
      expect(switches).to.equal(1);
    }),
  );

  it(
    'refuses a single thing that can be waited for: it would be taken for a value',
    inGreenlet(() => {
      expect(() => wait(new Event() as unknown)).to.throw(TypeError, '"target"');
    }),
  );
});

describe('joinAll', () => {
  collectReports();

  it(
    'returns the greenlets in the order in which they have finished, however',
    inGreenlet(() => {
      const greenlets = [sleeper(10), failure(5, 'expected'), sleeper(1)];
      expect(joinAll(greenlets as Greenlet[])).to.deep.equal([greenlets[2], greenlets[1], greenlets[0]]);
      expect(joinAll([greenlets[0]!, greenlets[0]!])).to.have.length(2);
    }),
  );

  it(
    'throws the error of the first that has failed, if asked to',
    inGreenlet(() => {
      const early = failure(1, 'early');
      const late = spawn(() => {
        early.join();
        sleep(1);
        throw new SomeError('late');
      });
      const greenlets: Greenlet[] = [late, early, sleeper(100_000)];
      expect(thrownBy(() => joinAll(greenlets, { raiseError: true }))).to.equal(greenlets[1]!.exception);
      expect(thrownBy(() => joinAll(greenlets.slice(0, 1), { raiseError: true }))).to.equal(greenlets[0]!.exception);
      expect(greenlets.map((greenlet) => greenlet.linkCount)).to.deep.equal([0, 0, 0]);
      greenlets[2]!.kill();
    }),
  );

  it(
    'throws it also if that is undefined',
    inGreenlet(() => {
      const greenlet = spawn(() => {
        throw undefined;
      });
      let thrown: unknown = 'nothing';
      try {
        joinAll([greenlet], { raiseError: true });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.equal(undefined);
    }),
  );

  it(
    'returns all if none has failed, those that were killed included',
    inGreenlet(() => {
      const killed = sleeper(100_000);
      sleep(0);
      killed.kill();
      const greenlets = [killed, sleeper(1)];
      expect(joinAll(greenlets, { raiseError: true })).to.deep.equal(greenlets);
    }),
  );

  it(
    'counts those that fail without throwing, unless asked to',
    inGreenlet(() => {
      const [forever, failing] = [sleeper(100_000), failure(1, 'expected')] as Greenlet[];
      expect(joinAll([forever!, failing!], { count: 1 })).to.deep.equal([failing]);
      expect([forever!.ready(), failing!.ready()]).to.deep.equal([false, true]);
      forever!.kill();
    }),
  );

  it(
    'returns in time, and does not run what was not started',
    inGreenlet(() => {
      const greenlet = new Greenlet();
      for (const timeout of [0, 5]) expect(joinAll([greenlet], { timeout })).to.deep.equal([]);
      expect(greenlet.linkCount).to.equal(0);
    }),
  );

  it('refuses wrong options', () => {
    expect(() => joinAll([], { raiseError: 1 as unknown as boolean })).to.throw(TypeError, '"options.raiseError"');
    expect(() => joinAll([], { raise: true } as object)).to.throw(TypeError, 'raise');
  });
});
