import { expect } from 'chai';
import { getEventListeners } from 'node:events';

import {
  AsyncResult,
  Event,
  Greenlet,
  GreenletExit,
  kill,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  toPromise,
  wait,
  waitCallback,
  type WaitLimits,
} from '../../../src/index';
import { runCollecting } from '../../support/collect';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, runInGreenlet } from '../../support/in-greenlet';

const never = new Promise<never>(() => undefined);

/** What waits with limits, each for something that never comes, and where the wait is in a stack. */
const endless: Readonly<Record<string, (limits: WaitLimits) => unknown>> = {
  'wait for a promise': (limits) => wait(never, limits),
  waitCallback: (limits) => waitCallback(() => undefined, limits),
  'wait for a list': (limits) => wait([new Event()], limits),
};

for (const [name, waitEndlessly] of Object.entries(endless)) {
  describe(`${name}, with limits`, () => {
    if (name !== 'wait for a list') {
      for (const timeout of [0, 2]) {
        it(
          `throws a Timeout of its own after ${timeout} ms`,
          inGreenlet(() => {
            const thrown = thrownBy(function waiting() {
              waitEndlessly({ timeout });
            });
            expect(thrown).to.be.instanceOf(Timeout).and.include({ milliseconds: timeout });
            expect((thrown as Timeout).stack?.split('\n')[1]).to.include(__filename);
          }),
        );
      }
    }

    it(
      'throws the reason of its signal, when that is aborted and if it already is',
      inGreenlet(() => {
        const controller = new AbortController();
        const { signal } = controller;
        spawnLater(1, () => controller.abort('reason'));
        expect(thrownBy(() => waitEndlessly({ signal }))).to.equal('reason');
        expect(thrownBy(() => waitEndlessly({ signal, timeout: 1000 }))).to.equal('reason');
        expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
      }),
    );

    it(
      'throws the timeout that somebody else has set',
      inGreenlet(() => {
        const { signal } = new AbortController();
        using timeout = Timeout.startNew(1);
        expect(thrownBy(() => waitEndlessly({ timeout: 1000, signal }))).to.equal(timeout);
        expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
      }),
    );
  });
}

describe('wait for a promise, with limits', () => {
  it(
    'returns and throws what becomes of the promise in time, as often as it is asked',
    inGreenlet(() => {
      const { signal } = new AbortController();
      const error = new SomeError();
      const promises = [Promise.resolve(5), new Promise((resolve) => setTimeout(resolve, 2, 5))];
      const rejected = Promise.reject(error);
      rejected.catch(() => undefined);
      for (const limits of [
        {},
        { timeout: 1000 },
        { signal },
        { timeout: 1000, signal },
        { timeout: null, signal: null },
      ]) {
        for (const promise of promises) expect(wait(promise, limits)).to.equal(5);
        expect(thrownBy(() => wait(rejected, limits))).to.equal(error);
        expect(wait(42, limits)).to.equal(42);
      }
    }),
  );

  it(
    'can be given up and begun again, by several at once',
    inGreenlet(() => {
      const { promise, resolve } = withResolvers<string>();
      const patient = spawn(() => wait(promise));
      for (let turn = 0; turn < 5; turn++) {
        expect(thrownBy(() => wait(promise, { timeout: 1 }))).to.be.instanceOf(Timeout);
      }
      const others = [spawn(() => wait(promise, { timeout: 1000 })), spawn(() => wait(promise, { timeout: 1000 }))];
      resolve('late');
      expect([patient, ...others].map((each) => each.get())).to.deep.equal(['late', 'late', 'late']);
    }),
  );

  it('leaves nothing behind at a promise, however often it is given up', async () => {
    const growth = await runCollecting(`
      const { spawn, toPromise, wait } = require('unblock');
      const promise = new Promise(() => {});
      const giveUp = (times) => toPromise(spawn(() => {
        for (let turn = 0; turn < times; turn++) try { wait(promise, { timeout: 0 }); } catch {}
      }));
      await giveUp(3_000);
      await collect();
      const before = process.memoryUsage().heapUsed;
      await giveUp(3_000);
      await collect();
      return process.memoryUsage().heapUsed - before;`);
    // A reaction of the promise for each would be more than five times as much.
    expect(growth).to.be.below(300_000);
  });

  it(
    'takes a rejection that comes after it was given up for handled',
    inGreenlet(() => {
      const { promise, reject } = withResolvers<string>();
      expect(thrownBy(() => wait(promise, { timeout: 0 }))).to.be.instanceOf(Timeout);
      reject(new SomeError('unhandled'));
      sleep(2);
    }),
  );
});

describe('waitCallback', () => {
  it(
    "returns the callback's value, and throws its error",
    inGreenlet(() => {
      expect(waitCallback((done) => setTimeout(done, 1, null, 'value'))).to.equal('value');
      expect(waitCallback((done) => done(undefined, 'at once'), { timeout: 0 })).to.equal('at once');
      const error = new SomeError();
      expect(thrownBy(() => waitCallback((done) => setTimeout(done, 1, error)))).to.equal(error);
      expect(thrownBy(() => waitCallback((done) => done('text', 1)))).to.equal('text');
    }),
  );

  it(
    'takes the first of several calls, and drops what comes late',
    inGreenlet(() => {
      let late: ((error: unknown) => void) | undefined;
      const value = waitCallback((done) => {
        late = done;
        done(null, 1);
        done(null, 2);
        done(new SomeError());
      });
      expect(value).to.equal(1);
      late?.(new SomeError());
      expect(thrownBy(() => waitCallback((done) => (late = done), { timeout: 0 }))).to.be.instanceOf(Timeout);
      late?.(new SomeError());
    }),
  );

  it(
    'throws what the function throws, and calls it not at all with an aborted signal',
    inGreenlet(() => {
      const error = new SomeError();
      const fail = (): never => {
        throw error;
      };
      for (const limits of [undefined, { timeout: 5 }])
        expect(thrownBy(() => waitCallback(fail, limits))).to.equal(error);
      expect(thrownBy(() => waitCallback(fail, { signal: AbortSignal.abort('reason') }))).to.equal('reason');
    }),
  );

  it(
    'returns what came in time, although something else ran until the time was over',
    inGreenlet(() => {
      const value = waitCallback(
        (done) =>
          spawn(() => {
            done(null, 'in time');
            for (const end = performance.now() + 10; performance.now() < end;);
          }),
        { timeout: 5 },
      );
      expect(value).to.equal('in time');
    }),
  );
});

describe('toPromise', () => {
  const reports = collectReports();

  it('is fulfilled with what the greenlet returns, now or later', async () => {
    const greenlet = spawn(() => {
      sleep(1);
      return 42;
    });
    expect(await toPromise(greenlet)).to.equal(42);
    expect(await toPromise(greenlet)).to.equal(42);
    const promised = spawn(() => Promise.resolve('unwrapped'));
    expect(await toPromise(promised)).to.equal('unwrapped');
  });

  it('is rejected with the very error, which is not reported then', async () => {
    const error = new SomeError();
    const greenlet = spawn(() => {
      throw error;
    });
    const thrown = await toPromise(greenlet).catch((each: unknown) => each);
    expect(thrown).to.equal(error);
    expect(thrownBy(() => greenlet.get())).to.equal(error);
    expect(reports).to.deep.equal([]);
  });

  it('is rejected with an error that was reported before', async () => {
    const greenlet = spawn(() => {
      throw new SomeError();
    });
    await runInGreenlet(() => greenlet.join());
    expect(await toPromise(greenlet).catch((each: unknown) => each)).to.be.instanceOf(SomeError);
    expect(reports).to.have.length(1);
  });

  it('is fulfilled with the GreenletExit that has ended the greenlet, started or not', async () => {
    for (const greenlet of [spawn(sleep, 100_000), new Greenlet(sleep, 0)]) {
      const promise = toPromise(greenlet);
      kill(greenlet);
      expect(await promise).to.be.instanceOf(GreenletExit);
    }
  });

  it('takes the outcome of an AsyncResult as well', async () => {
    const result = new AsyncResult<number>();
    const promise = toPromise(result);
    result.set(5);
    expect(await promise).to.equal(5);
    const failed = new AsyncResult<number>();
    failed.setException('text');
    expect(await toPromise(failed).catch((each: unknown) => each)).to.equal('text');
  });

  it('refuses what has no outcome', () => {
    for (const source of [undefined, null, 5, {}, Promise.resolve(), new Event()]) {
      expect(thrownBy(() => toPromise(source as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }
  });
});

describe('a Greenlet and await', () => {
  it('is no promise: it can be returned by an async function, and awaited, and stays itself', async () => {
    const greenlet = spawn(() => 42);
    expect(greenlet).not.to.have.property('then');
    const returned = await (async () => greenlet)();
    expect(returned).to.equal(greenlet);
    expect(await Promise.resolve(greenlet)).to.equal(greenlet);
    expect(await toPromise(greenlet)).to.equal(42);
  });
});

interface Resolvers<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

// Promise.withResolvers, which Node 20 has not.
function withResolvers<T>(): Resolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
