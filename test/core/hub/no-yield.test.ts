import { expect } from 'chai';

import { carry, SUSPENDED } from '../../../src/core/hub/carrier';
import { blocking, callWithoutYield } from '../../../src/core/hub/no-yield';
import { canBlock } from '../../../src/core/waiting/waiter';
import { BlockingSwitchOutError, getCurrent, sleep, Waiter } from '../../../src/index';
import { SomeError, started, switchToParent, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('blocking', () => {
  it(
    'returns what the function returns, and throws what it throws',
    inGreenlet(() => {
      const error = new SomeError();
      expect(blocking(() => 42)).to.equal(42);
      const thrown = thrownBy(() =>
        blocking(() => {
          throw error;
        }),
      );
      expect(thrown).to.equal(error);
      expect(canBlock()).to.equal(true);
    }),
  );

  it(
    'makes patched calls block for real, and what can only wait throw',
    inGreenlet(() => {
      for (const wait of [() => sleep(1), () => sleep(0), () => new Waiter().get()]) {
        const thrown = thrownBy(() => blocking(wait));
        expect(thrown).to.be.an.instanceOf(BlockingSwitchOutError);
        expect(thrown).to.include({ message: 'Impossible to block in a blocking section' });
      }
      expect(blocking(canBlock)).to.equal(false);
    }),
  );

  it(
    'nests',
    inGreenlet(() => {
      blocking(() => {
        blocking(() => undefined);
        expect(canBlock()).to.equal(false);
      });
      expect(canBlock()).to.equal(true);
    }),
  );

  it(
    'concerns its own greenlet alone',
    inGreenlet(() => {
      const section = started(() => blocking(() => [switchToParent(), canBlock()]));
      expect(canBlock()).to.equal(true);
      sleep(1);
      section.parent = getCurrent();
      expect(section.switch('sent')).to.deep.equal(['sent', false]);
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
      blocking(() => {
        expect(carry(callback, undefined, [])).to.equal(SUSPENDED);
        ends.push('section');
      });
      sleep(5);
      expect(ends).to.deep.equal(['section', 'callback']);
    }),
  );

  it('is a plain call on the hub', () => {
    expect(blocking(() => 42)).to.equal(42);
    expect(canBlock()).to.equal(false);
  });

  it('refuses what is no function', () => {
    expect(thrownBy(() => blocking(null as unknown as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

describe('callWithoutYield', () => {
  it(
    'hands on this and the arguments',
    inGreenlet(() => {
      const self = {};
      const fn = function (this: unknown, ...args: unknown[]): unknown[] {
        return [this, ...args];
      };
      expect(callWithoutYield('somewhere', fn, self, [1, 2])).to.deep.equal([self, 1, 2]);
    }),
  );

  it(
    'lets the greenlet be suspended again within, where no reason is given, and not any more after that',
    inGreenlet(() => {
      const seen: boolean[] = [];
      const inner = (): void => {
        sleep(1);
        seen.push(canBlock());
      };
      const outer = (): void => {
        callWithoutYield(undefined, inner, undefined, []);
        seen.push(canBlock());
      };
      callWithoutYield('somewhere', outer, undefined, []);
      expect([...seen, canBlock()]).to.deep.equal([true, false, true]);
    }),
  );
});
