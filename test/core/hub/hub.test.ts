import { expect } from 'chai';

import { GreenletExit } from '../../../src/core/errors';
import { spawn, spawnLater, spawnRaw } from '../../../src/core/greenlets/spawn';
import { Callback } from '../../../src/core/hub/callback';
import '../../../src/core/loop/loop';
import { Event } from '../../../src/core/sync/event';
import { withTimeout } from '../../../src/core/waiting/timeout';
import { Waiter } from '../../../src/core/waiting/waiter';
import { getHub, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

const hub = getHub();

/** Puts a method in the place of `handleError` for one test; returns what it was called with. */
function override(also?: () => void): Array<[context: unknown, error: unknown]> {
  const calls: Array<[unknown, unknown]> = [];
  hub.handleError = (context, error) => {
    calls.push([context, error]);
    also?.();
  };
  return calls;
}

describe('the hub', () => {
  const reports = collectReports();
  afterEach(() => {
    Reflect.deleteProperty(hub, 'handleError');
  });

  describe('has an error dealt with by handleError', () => {
    it(
      'of a greenlet, which is its context, that keeps it all the same',
      inGreenlet(() => {
        const calls = override();
        const error = new SomeError();
        const greenlet = spawn(() => {
          throw error;
        });
        expect(thrownBy(() => greenlet.get())).to.equal(error);
        expect(calls).to.have.length(1);
        expect(calls[0]).to.have.ordered.members([greenlet, error]);
        expect(reports).to.deep.equal([]);
      }),
    );

    it(
      'of a raw greenlet, also of one that got its turn from another one',
      inGreenlet(() => {
        const calls = override();
        const errors = [new SomeError(), new SomeError()];
        const event = new Event();
        const waiting = spawnRaw(() => {
          event.wait();
          throw errors[1];
        });
        sleep(0);
        const failing = spawnRaw(() => {
          event.set();
          throw errors[0];
        });
        sleep(1);
        expect(calls.flat()).to.have.ordered.members([failing, errors[0], waiting, errors[1]]);
      }),
    );

    it(
      'of a callback of its own, and of a watcher',
      inGreenlet(() => {
        const calls = override();
        const fail = (error: unknown): void => {
          throw error;
        };
        const callback = hub.runCallback(fail, 'from the callback');
        using timer = hub.loop.timer(1);
        timer.start(fail, 'from the watcher');
        while (calls.length < 2) sleep(1);
        expect(calls.flat()).to.have.ordered.members([callback, 'from the callback', timer, 'from the watcher']);
      }),
    );

    it(
      'of a link, and goes on with the others',
      inGreenlet(() => {
        const calls = override();
        const greenlet = spawn(() => 1);
        const error = new SomeError();
        greenlet.rawLink(function broken() {
          throw error;
        });
        let called = false;
        greenlet.rawLink(() => (called = true));
        greenlet.join();
        sleep(0);
        expect([calls[0]?.[1], called]).to.deep.equal([error, true]);
        expect(calls[0]?.[0]).to.include({ source: greenlet });
      }),
    );

    it(
      'looked up for each error',
      inGreenlet(() => {
        const first = override();
        hub.runCallback(() => {
          throw 1;
        });
        sleep(0);
        const second = override();
        hub.runCallback(() => {
          throw 2;
        });
        sleep(0);
        expect([first.length, second.length]).to.deep.equal([1, 1]);
      }),
    );

    it(
      'whose own error is reported, with the one it was called for, and breaks nothing',
      inGreenlet(() => {
        override(() => {
          throw new RangeError('in the override');
        });
        const error = new SomeError('the first');
        const greenlet = spawn(() => {
          throw error;
        });
        expect(thrownBy(() => greenlet.get())).to.equal(error);
        expect(reports.join('')).to.include('SomeError: the first').and.include('RangeError: in the override');
        sleep(1);
      }),
    );
  });

  it(
    'reports the error of a greenlet unless told otherwise, and goes on',
    inGreenlet(() => {
      spawn(() => {
        throw new SomeError('reported');
      });
      spawnLater(1, () => {
        throw new SomeError('reported later');
      });
      sleep(5);
      expect(reports).to.have.length(2);
      expect(reports[0]).to.include('SomeError: reported').and.include('failed with SomeError');
    }),
  );

  it(
    'takes a GreenletExit for no error',
    inGreenlet(() => {
      hub.runCallback(() => {
        throw new GreenletExit();
      });
      sleep(0);
      expect(reports).to.deep.equal([]);
    }),
  );

  it(
    'sleeps as long after an error as before',
    inGreenlet(() => {
      override();
      for (let round = 0; round < 2; round++) {
        const began = performance.now();
        sleep(10);
        expect(performance.now() - began).to.be.at.least(10);
        using timer = hub.loop.timer(1);
        timer.start(() => {
          throw new SomeError();
        });
        sleep(5);
      }
    }),
  );

  describe('has a switch interval', () => {
    const preset = hub.switchInterval;
    afterEach(() => {
      hub.switchInterval = preset;
    });

    it('of 5 ms', () => {
      expect(preset).to.equal(5);
    });

    it(
      'after which those who are ready let timers and I/O have their turn',
      inGreenlet(() => {
        hub.switchInterval = 2;
        let isOver = false;
        setTimeout(() => (isOver = true), 10);
        const end = performance.now() + 10_000;
        while (!isOver && performance.now() < end) sleep(0);
        expect(isOver).to.equal(true);
      }),
    );

    it(
      'before which they do not, however long it is',
      inGreenlet(() => {
        hub.switchInterval = 1e6;
        let isOver = false;
        setTimeout(() => (isOver = true), 1);
        const end = performance.now() + 30;
        // One turn of the loop begins a new interval.
        sleep(0);
        while (performance.now() < end) sleep(0);
        expect(isOver).to.equal(false);
        sleep(5);
        expect(isOver).to.equal(true);
      }),
    );

    for (const [interval, code] of [
      ['5', 'ERR_INVALID_ARG_TYPE'],
      [undefined, 'ERR_INVALID_ARG_TYPE'],
      [0, 'ERR_OUT_OF_RANGE'],
      [-1, 'ERR_OUT_OF_RANGE'],
      [NaN, 'ERR_OUT_OF_RANGE'],
    ] as const) {
      it(`that cannot be ${JSON.stringify(interval)}: ${code}`, () => {
        expect(thrownBy(() => (hub.switchInterval = interval as number))).to.include({ code });
        expect(hub.switchInterval).to.equal(preset);
      });
    }
  });

  it('makes handles that are callbacks', () => {
    const handle = hub.runCallback(() => undefined);
    expect(handle).to.be.instanceOf(Callback);
    handle.stop();
  });
});

describe('the order of things', () => {
  it(
    'is that of the calls for two that sleep(0)',
    inGreenlet(() => {
      const steps: string[] = [];
      const run = (name: string): void => {
        steps.push(`${name}A`);
        sleep(0);
        steps.push(`${name}B`);
      };
      const greenlets = [spawn(run, '1'), spawn(run, '2')];
      for (const greenlet of greenlets) greenlet.join();
      expect(steps.join(' ')).to.equal('1A 2A 1B 2B');
    }),
  );

  for (const count of [2, 3, 4, 1000]) {
    it(
      `is that of the linking for ${count} links`,
      inGreenlet(() => {
        const called: number[] = [];
        const greenlet = spawn(() => called.push(0));
        for (let index = 1; index < count; index++) greenlet.link(() => called.push(index));
        greenlet.join();
        sleep(0);
        expect(called).to.deep.equal(Array.from({ length: count }, (_, index) => index));
      }),
    );
  }

  it(
    'puts what is spawned before what comes after sleep(0), and that before spawnLater(0)',
    inGreenlet(() => {
      const steps: string[] = [];
      spawnLater(0, () => steps.push('later'));
      spawn(() => steps.push('spawned'));
      sleep(0);
      steps.push('after sleep(0)');
      sleep(1);
      expect(steps).to.deep.equal(['spawned', 'after sleep(0)', 'later']);
    }),
  );

  it(
    'lets a timeout end a loop that does nothing but sleep(0)',
    inGreenlet(() => {
      const over = {};
      const endless = (): never => {
        for (;;) sleep(0);
      };
      expect(withTimeout({ milliseconds: 10, timeoutValue: over }, endless)).to.equal(over);
    }),
  );
});

describe('a waiter', () => {
  it(
    'keeps a value, and an error, for who comes later',
    inGreenlet(() => {
      const waiter = new Waiter<number>();
      waiter.switch(25);
      expect([waiter.ready, waiter.get(), waiter.get()]).to.deep.equal([true, 25, 25]);
      const failed = new Waiter<number>();
      const error = new SomeError();
      failed.throw(error);
      expect(thrownBy(() => failed.get())).to.equal(error);
      failed.clear();
      expect(failed.ready).to.equal(false);
    }),
  );

  it(
    'is woken by a watcher',
    inGreenlet(() => {
      const waiter = new Waiter<string>();
      using timer = hub.loop.timer(5);
      timer.start((value: string) => waiter.switch(value), 'in time');
      const began = performance.now();
      expect(waiter.get()).to.equal('in time');
      expect(performance.now() - began).to.be.at.least(5);
    }),
  );

  it(
    'serves one greenlet at a time',
    inGreenlet(() => {
      const waiter = new Waiter<string>();
      const first = spawn(() => waiter.get());
      sleep(0);
      expect(thrownBy(() => waiter.get())).to.include({ code: 'ERR_UNBLOCK_CONCURRENT_USE' });
      waiter.switch('done');
      expect(first.get()).to.equal('done');
    }),
  );

  it(
    'that is given two messages for one wait keeps the last, and can be used again',
    inGreenlet(() => {
      const waiter = new Waiter<string>();
      const seen: unknown[] = [];
      const reader = spawn(() => {
        seen.push(waiter.get());
        waiter.clear();
        seen.push(waiter.get());
      });
      sleep(0);
      waiter.switch('one');
      waiter.switch('two');
      sleep(0);
      sleep(0);
      expect(seen).to.deep.equal(['two']);
      waiter.switch('three');
      reader.join();
      expect(seen).to.deep.equal(['two', 'three']);
    }),
  );
});
