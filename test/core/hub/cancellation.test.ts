import { expect } from 'chai';

import { kCancellation } from '../../../src/core/errors';
import { isCancellation, rethrowCancellation } from '../../../src/core/hub/cancellation';
import { shield } from '../../../src/core/hub/shield';
import { setStickyCancellation, uncancel } from '../../../src/core/hub/sticky-cancellation';
import { Timeout, withTimeout } from '../../../src/core/waiting/timeout';
import { GreenletExit, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, joinGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

describe('isCancellation', () => {
  class SubExit extends GreenletExit {}
  class Marked extends Error {
    readonly [kCancellation] = true;
  }

  for (const [what, error] of [
    ['a GreenletExit', new GreenletExit()],
    ['one of a subclass', new SubExit()],
    ['a Timeout', new Timeout(1)],
    ['a silent Timeout', new Timeout(1, false)],
    ['an error that is marked as one', new Marked()],
  ] as const) {
    it(`is true for ${what}`, () => {
      expect(isCancellation(error)).to.equal(true);
    });
  }

  for (const value of [new SomeError(), new TypeError(), null, undefined, 'GreenletExit', 0, {}, () => undefined]) {
    it(`is false for ${String(value)}`, () => {
      expect(isCancellation(value)).to.equal(false);
    });
  }
});

describe('rethrowCancellation', () => {
  it('throws a cancellation on, the same one', () => {
    const exit = new GreenletExit();
    expect(thrownBy(() => rethrowCancellation(exit))).to.equal(exit);
  });

  it('lets any other error be handled', () => {
    rethrowCancellation(new SomeError());
  });
});

describe('a cancellation that is caught', () => {
  it(
    'is gone, as any other error',
    inGreenlet(() => {
      const thrown: unknown[] = [];
      const greenlet = startGreenlet(() => {
        thrown.push(thrownBy(() => sleep(1000)));
        sleep(1);
        thrown.push('lives on');
      });
      sleep(0);
      const exit = new GreenletExit();
      killGreenlet(greenlet, exit);
      joinGreenlet(greenlet);
      expect(thrown).to.deep.equal([exit, 'lives on']);
    }),
  );

  describe('with setStickyCancellation', () => {
    let before = false;
    beforeEach(() => (before = setStickyCancellation(true)));
    afterEach(() => setStickyCancellation(before));

    /** Runs a greenlet that is killed where it first blocks; returns what it has noted. */
    function noteKilled(exit: GreenletExit, run: (note: unknown[]) => void): unknown[] {
      const note: unknown[] = [];
      const greenlet = startGreenlet(() => run(note));
      sleep(0);
      killGreenlet(greenlet, exit);
      joinGreenlet(greenlet);
      return note;
    }

    it(
      'is thrown again wherever the greenlet blocks, if it is a kill',
      inGreenlet(() => {
        const exit = new GreenletExit();
        const note = noteKilled(exit, (thrown) => {
          for (let times = 0; times < 3; times++) thrown.push(thrownBy(() => sleep(5)));
        });
        expect(note).to.deep.equal([exit, exit, exit]);
      }),
    );

    it(
      'lets others run, even if the greenlet does nothing but swallow',
      inGreenlet(() => {
        let isOver = false;
        let times = 0;
        const greenlet = startGreenlet(() => {
          while (!isOver) {
            thrownBy(() => sleep(1000));
            times++;
          }
        });
        sleep(0);
        killGreenlet(greenlet);
        sleep(5);
        isOver = true;
        joinGreenlet(greenlet);
        expect(greenlet.dead).to.equal(true);
        expect(times).to.be.above(2);
      }),
    );

    it(
      'is done with when its greenlet calls uncancel',
      inGreenlet(() => {
        const exit = new GreenletExit();
        const note = noteKilled(exit, (thrown) => {
          thrown.push(thrownBy(() => sleep(5)));
          uncancel();
          sleep(1);
          thrown.push('lives on');
        });
        expect(note).to.deep.equal([exit, 'lives on']);
      }),
    );

    it(
      'waits while the greenlet is shielded',
      inGreenlet(() => {
        const exit = new GreenletExit();
        const note = noteKilled(exit, (thrown) => {
          thrown.push(thrownBy(() => sleep(5)));
          shield(() => sleep(1));
          thrown.push('cleaned up');
          thrown.push(thrownBy(() => sleep(5)));
        });
        expect(note).to.deep.equal([exit, 'cleaned up', exit]);
      }),
    );

    it(
      'is thrown again until its owner cancels it, if it is a timeout',
      inGreenlet(() => {
        const timeout = Timeout.startNew(1);
        expect(thrownBy(() => sleep(1000))).to.equal(timeout);
        expect(thrownBy(() => sleep(1000))).to.equal(timeout);
        timeout.cancel();
        sleep(1);
      }),
    );

    it(
      'is thrown again until its owner cancels it, if it stands for a timeout',
      inGreenlet(() => {
        const error = new SomeError();
        const timeout = Timeout.startNew(1, error);
        expect(thrownBy(() => sleep(1000))).to.equal(error);
        expect(thrownBy(() => sleep(1000))).to.equal(error);
        timeout.close();
        sleep(1);
      }),
    );

    it(
      'is done with at the end of withTimeout',
      inGreenlet(() => {
        const swallow = (): unknown => {
          thrownBy(() => sleep(1000));
          return sleep(1000);
        };
        expect(withTimeout({ milliseconds: 1, timeoutValue: 'over' }, swallow)).to.equal('over');
        sleep(1);
      }),
    );

    it(
      'is not thrown into others',
      inGreenlet(() => {
        let slept = false;
        noteKilled(new GreenletExit(), () => {
          thrownBy(() => sleep(1000));
          const other = startGreenlet(() => {
            sleep(1);
            slept = true;
          });
          shield(() => joinGreenlet(other));
        });
        expect(slept).to.equal(true);
      }),
    );
  });

  it('is refused to be sticky with what is no boolean', () => {
    expect(thrownBy(() => setStickyCancellation(1 as unknown as boolean))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});
