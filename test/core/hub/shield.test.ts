import { expect } from 'chai';

import { GreenletExit } from '../../../src/core/errors';
import { shield } from '../../../src/core/hub/shield';
import { Timeout, withTimeout } from '../../../src/core/waiting/timeout';
import { sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, joinGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

describe('shield', () => {
  it(
    'lets what it calls come to its end before a kill is delivered',
    inGreenlet(() => {
      const ends: unknown[] = [];
      const exit = new GreenletExit();
      const greenlet = startGreenlet(() => {
        const result = shield(() => {
          sleep(5);
          return 'done';
        });
        ends.push(result);
        ends.push(thrownBy(() => sleep(1000)));
      });
      sleep(0);
      killGreenlet(greenlet, exit);
      joinGreenlet(greenlet);
      expect(ends).to.deep.equal(['done', exit]);
    }),
  );

  it(
    'keeps out a timeout that was set outside',
    inGreenlet(() => {
      const timeout = Timeout.startNew(1);
      shield(() => sleep(5));
      expect(timeout.pending).to.equal(true);
      expect(thrownBy(() => sleep(1000))).to.equal(timeout);
    }),
  );

  it(
    'does not keep out a timeout that was set inside',
    inGreenlet(() => {
      shield(() => {
        expect(withTimeout({ milliseconds: 1, timeoutValue: 'over' }, sleep, 1000)).to.equal('over');
      });
    }),
  );

  it(
    'keeps out what was set between two shields while the inner one is up',
    inGreenlet(() => {
      shield(() => {
        const timeout = Timeout.startNew(1);
        shield(() => sleep(5));
        expect(thrownBy(() => sleep(1000))).to.equal(timeout);
      });
    }),
  );

  it(
    'forgets a timeout that is cancelled before the greenlet blocks again',
    inGreenlet(() => {
      expect(withTimeout(1, () => shield(() => sleep(5)))).to.equal(undefined);
      const timeout = Timeout.startNew(1);
      shield(() => sleep(5));
      timeout.cancel();
      timeout.start();
      sleep(0);
      expect(timeout.pending).to.equal(true);
      timeout.cancel();
      sleep(5);
    }),
  );

  it(
    'delivers all that came, one at each call that blocks',
    inGreenlet(() => {
      const first = Timeout.startNew(1);
      const second = Timeout.startNew(2);
      shield(() => sleep(8));
      expect([thrownBy(() => sleep(1000)), thrownBy(() => sleep(1000))]).to.deep.equal([first, second]);
    }),
  );

  it(
    'throws what is thrown in it, and delivers the kill later',
    inGreenlet(() => {
      const error = new SomeError();
      const thrown: unknown[] = [];
      const exit = new GreenletExit();
      const greenlet = startGreenlet(() => {
        const fail = (): never => {
          sleep(2);
          throw error;
        };
        thrown.push(thrownBy(() => shield(fail)));
        thrown.push(thrownBy(() => sleep(1000)));
      });
      sleep(0);
      killGreenlet(greenlet, exit);
      joinGreenlet(greenlet);
      expect(thrown).to.deep.equal([error, exit]);
    }),
  );

  it(
    'does not shield other greenlets',
    inGreenlet(() => {
      const thrown: unknown[] = [];
      const other = startGreenlet(() => thrown.push(thrownBy(() => sleep(1000))));
      shield(() => {
        sleep(0);
        const exit = new GreenletExit();
        killGreenlet(other, exit);
        sleep(1);
        expect(thrown).to.deep.equal([exit]);
      });
    }),
  );

  it('refuses what is no function', () => {
    expect(thrownBy(() => shield('fn' as unknown as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});
