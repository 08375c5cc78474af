import { expect } from 'chai';

import { carry, SUSPENDED } from '../../../src/core/hub/carrier';
import { critical } from '../../../src/core/hub/critical';
import { BlockingSwitchOutError, sleep, Waiter } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, startGreenlet } from '../../support/in-greenlet';

describe('critical', () => {
  it(
    'returns what the function returns, and throws what it throws',
    inGreenlet(() => {
      const error = new SomeError();
      const fail = (): never => {
        throw error;
      };
      expect(critical(() => 42)).to.equal(42);
      expect(thrownBy(() => critical(fail))).to.equal(error);
    }),
  );

  for (const [what, block] of [
    ['a sleep', () => sleep(1)],
    ['a sleep of 0', () => sleep(0)],
    ['a wait', () => new Waiter().get()],
  ] as const) {
    it(
      `makes ${what} throw, and nothing else runs`,
      inGreenlet(() => {
        let ran = false;
        startGreenlet(() => (ran = true));
        const thrown = thrownBy(() => critical(block));
        expect(thrown).to.be.an.instanceOf(BlockingSwitchOutError);
        expect(thrown).to.include({ name: 'CriticalSectionError', code: 'ERR_UNBLOCK_CRITICAL_SECTION' });
        expect(ran).to.equal(false);
      }),
    );
  }

  it(
    'lets the greenlet block afterwards, whatever was thrown in it',
    inGreenlet(() => {
      thrownBy(() => critical(() => sleep(1)));
      sleep(1);
    }),
  );

  it(
    'nests: the outer section goes on after the inner one',
    inGreenlet(() => {
      critical(() => {
        critical(() => undefined);
        expect(thrownBy(() => sleep(1))).to.include({ code: 'ERR_UNBLOCK_CRITICAL_SECTION' });
      });
      sleep(1);
    }),
  );

  it(
    'does not concern a callback that blocks in a greenlet of its own',
    inGreenlet(() => {
      const ends: string[] = [];
      const callback = (): void => {
        sleep(1);
        ends.push('callback');
      };
      critical(() => {
        expect(carry(callback, undefined, [])).to.equal(SUSPENDED);
        ends.push('section');
      });
      sleep(5);
      expect(ends).to.deep.equal(['section', 'callback']);
    }),
  );

  it('refuses what is no function', () => {
    expect(thrownBy(() => critical(null as unknown as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});
