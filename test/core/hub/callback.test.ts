import { expect } from 'chai';

import type { Callback } from '../../../src/core/hub/callback';
import '../../../src/core/loop/loop';
import { getCurrent, getHub, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, startGreenlet } from '../../support/in-greenlet';

describe('a callback of the loop', () => {
  const { loop } = getHub();

  it(
    'is pending until it has run, on the hub, with its arguments',
    inGreenlet(() => {
      const calls: unknown[] = [];
      const handle = loop.runCallback((...args: string[]) => calls.push(getCurrent(), ...args), 'one', 'two');
      expect([handle.pending, handle.args]).to.deep.equal([true, ['one', 'two']]);
      sleep(0);
      expect(calls).to.have.ordered.members([getHub().greenlet, 'one', 'two']);
      expect([handle.pending, handle.callback, handle.args]).to.deep.equal([false, undefined, []]);
      sleep(0);
      expect(calls).to.have.length(3);
    }),
  );

  it(
    'is pending while it runs',
    inGreenlet(() => {
      let wasPending: boolean | undefined;
      const handle: Callback = loop.runCallback(() => {
        wasPending = handle.pending;
      });
      sleep(0);
      expect(wasPending).to.equal(true);
    }),
  );

  for (const end of ['stop', 'close'] as const) {
    it(
      `does not run after ${end}, which may be called again`,
      inGreenlet(() => {
        let ran = false;
        const handle = loop.runCallback(() => (ran = true));
        handle[end]();
        handle[end]();
        expect(handle.pending).to.equal(false);
        sleep(0);
        expect([ran, handle.pending]).to.deep.equal([false, false]);
      }),
    );
  }

  it(
    'runs in the order of the calls, among greenlets that are ready',
    inGreenlet(() => {
      const order: string[] = [];
      loop.runCallback(() => order.push('callback 1'));
      startGreenlet(() => order.push('greenlet 1'));
      loop.runCallback(() => order.push('callback 2'));
      startGreenlet(() => order.push('greenlet 2'));
      sleep(0);
      expect(order).to.deep.equal(['callback 1', 'greenlet 1', 'callback 2', 'greenlet 2']);
    }),
  );

  it(
    'runs in the same drain as the callback that has made it',
    inGreenlet(() => {
      let depth = 0;
      let turned = false;
      setImmediate(() => (turned = true));
      const again = (): void => {
        if (++depth < 10) loop.runCallback(again);
      };
      loop.runCallback(again);
      while (depth < 10) sleep(0);
      expect(turned).to.equal(false);
    }),
  );

  it(
    'must not block',
    inGreenlet(() => {
      let thrown: unknown;
      loop.runCallback(() => (thrown = thrownBy(() => sleep(1))));
      sleep(0);
      expect(thrown).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
    }),
  );

  it('is a function, or a TypeError', () => {
    for (const callback of [undefined, null, 5, 'callback', {}]) {
      expect(thrownBy(() => loop.runCallback(callback as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }
  });

  describe('that throws', () => {
    const reports = collectReports();
    afterEach(() => {
      Reflect.deleteProperty(getHub(), 'handleError');
    });

    it(
      'keeps none of the others from running',
      inGreenlet(() => {
        const errors: unknown[] = [];
        getHub().handleError = (context, error) => errors.push(context, error);
        const error = new SomeError();
        let ran = false;
        const failing = loop.runCallback(() => {
          throw error;
        });
        loop.runCallback(() => (ran = true));
        sleep(0);
        expect([errors[0], errors[1], ran, failing.pending]).to.have.ordered.members([failing, error, true, false]);
        expect(reports).to.deep.equal([]);
      }),
    );
  });
});
