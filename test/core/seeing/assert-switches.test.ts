import { expect } from 'chai';

import { FailedToSwitchError } from '../../../src/core/errors';
import { spawn } from '../../../src/core/greenlets/spawn';
import { assertSwitches } from '../../../src/core/seeing/assert-switches';
import { switchChannel } from '../../../src/core/switching/channels';
import { sleep } from '../../../src/core/waiting/sleep';
import { getMain, RawGreenlet } from '../../../src/index';
import { SomeError } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** Blocks the thread. */
function compute(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('assertSwitches', () => {
  afterEach(() => expect(switchChannel.hasSubscribers).to.equal(false));

  it(
    'returns what the function returns if it has switched',
    inGreenlet(() => {
      const result = assertSwitches({}, () => {
        sleep(0);
        return 'result';
      });
      expect(result).to.equal('result');
    }),
  );

  it('throws if it has not', () => {
    expect(() => assertSwitches({}, () => compute(1)))
      .to.throw(FailedToSwitchError, /^There was no switch$/)
      .with.property('code', 'ERR_UNBLOCK_FAILED_TO_SWITCH');
  });

  it('throws what the function throws, whether it has switched or not', () => {
    const fail = (): never => {
      throw new SomeError();
    };
    expect(() => assertSwitches({}, fail)).to.throw(SomeError);
  });

  it(
    'with a longest time, allows as much without a switch and no more, at the beginning, in between and at the end',
    inGreenlet(() => {
      const demand = { maxBlockingTime: 20 };
      assertSwitches({ maxBlockingTime: 100_000 }, () => compute(1));
      const [early, late] = [() => (compute(40), sleep(0)), () => (sleep(0), compute(40))];
      for (const run of [early, late, () => (sleep(0), compute(40), sleep(0)), () => compute(40)]) {
        expect(() => assertSwitches(demand, run)).to.throw(FailedToSwitchError, /no switch for \d+\.\d ms; 20 ms are/);
      }
    }),
  );

  it(
    'with a longest time, allows more than that if there are switches in between',
    inGreenlet(() => {
      assertSwitches({ maxBlockingTime: 250 }, () => {
        for (let turn = 0; turn < 30; turn++) {
          compute(10);
          sleep(0);
        }
      });
    }),
  );

  it(
    'does not count the time in which the hub waits, but that of other greenlets',
    inGreenlet(() => {
      assertSwitches({ maxBlockingTime: 1000 }, () => sleep(1010));
      const other = spawn(() => compute(40));
      expect(() => assertSwitches({ maxBlockingTime: 20 }, () => other.join())).to.throw(FailedToSwitchError);
    }),
  ).timeout(5000);

  it('counts switches to the hub alone if that is demanded', () => {
    const greenlet = new RawGreenlet(() => getMain().switch());
    const outer = new RawGreenlet(() => {
      const inner = new RawGreenlet(() => undefined);
      assertSwitches({}, () => inner.switch());
      const another = new RawGreenlet(() => undefined);
      expect(() => assertSwitches({ hubOnly: true }, () => another.switch())).to.throw(
        FailedToSwitchError,
        'There was no switch to the hub',
      );
      assertSwitches({ hubOnly: true }, () => getMain().switch());
    });
    outer.switch();
    outer.switch();
    greenlet.switch();
    greenlet.switch();
  });

  it(
    'without a function, can be disposed of, and throws then',
    inGreenlet(() => {
      const satisfied = assertSwitches();
      sleep(0);
      satisfied[Symbol.dispose]();
      const disappointed = assertSwitches({ maxBlockingTime: 5 });
      compute(10);
      expect(() => disappointed[Symbol.dispose]()).to.throw(FailedToSwitchError);
    }),
  );

  it('refuses wrong options, and calls nothing then', () => {
    const never = (): never => {
      throw new SomeError();
    };
    for (const options of [{ maxBlockingTime: '1' }, { hubOnly: 1 }, { max: 1 }, null]) {
      expect(() => assertSwitches(options as never, never)).to.throw(TypeError);
    }
    for (const maxBlockingTime of [-1, NaN]) {
      expect(() => assertSwitches({ maxBlockingTime }, never)).to.throw(RangeError);
    }
    expect(() => assertSwitches({}, 1 as never)).to.throw(TypeError);
  });
});
