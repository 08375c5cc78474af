import { expect } from 'chai';

import { countDeadlines } from '../../../src/core/waiting/deadlines';
import { Timeout, within, withTimeout } from '../../../src/core/waiting/timeout';
import { sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('withTimeout', () => {
  it(
    'returns what the function returns, called with the arguments',
    inGreenlet(() => {
      const add = (a: number, b: number): number => {
        sleep(1);
        return a + b;
      };
      expect(withTimeout(1000, add, 2, 3)).to.equal(5);
    }),
  );

  it(
    'throws the Timeout when the time is over',
    inGreenlet(() => {
      expect(thrownBy(() => withTimeout(1, sleep, 1000))).to.include({ name: 'Timeout', milliseconds: 1 });
    }),
  );

  it(
    'returns the timeoutValue instead, undefined among others',
    inGreenlet(() => {
      for (const timeoutValue of ['over', 0, undefined]) {
        expect(withTimeout({ milliseconds: 1, timeoutValue }, sleep, 1000)).to.equal(timeoutValue);
      }
    }),
  );

  it(
    'throws the timeout of somebody else, whatever its own timeoutValue',
    inGreenlet(() => {
      const outer = Timeout.startNew(1);
      expect(thrownBy(() => withTimeout({ milliseconds: 1000, timeoutValue: 'over' }, sleep, 2000))).to.equal(outer);
    }),
  );

  it(
    'throws the error of the function, and has no timeout left',
    inGreenlet(() => {
      const error = new SomeError();
      const armed = countDeadlines();
      const fail = (): never => {
        throw error;
      };
      expect(thrownBy(() => withTimeout({ milliseconds: 1000, timeoutValue: 'over' }, fail))).to.equal(error);
      expect(countDeadlines()).to.equal(armed);
    }),
  );

  it(
    'silences a silent Timeout, started or not, and no other than that',
    inGreenlet(() => {
      expect(withTimeout(new Timeout(1, false), sleep, 1000)).to.equal(undefined);
      expect(withTimeout(Timeout.startNew(1, false), sleep, 1000)).to.equal(undefined);
      const loud = new Timeout(1);
      expect(thrownBy(() => withTimeout(loud, sleep, 1000))).to.equal(loud);
      const outer = Timeout.startNew(1, false);
      expect(thrownBy(() => withTimeout(new Timeout(1000, false), sleep, 2000))).to.equal(outer);
    }),
  );

  it(
    'nests: the one whose time is over returns its own value, and the others go on',
    inGreenlet(() => {
      const inner = (): string => withTimeout({ milliseconds: 1, timeoutValue: 'inner' }, () => String(sleep(1000)));
      expect(withTimeout({ milliseconds: 1000, timeoutValue: 'outer' }, inner)).to.equal('inner');
      const patient = (): string =>
        withTimeout({ milliseconds: 1000, timeoutValue: 'inner' }, () => String(sleep(2000)));
      expect(withTimeout({ milliseconds: 1, timeoutValue: 'outer' }, patient)).to.equal('outer');
    }),
  );

  for (const limit of [undefined, null]) {
    it(
      `has no limit with ${limit}`,
      inGreenlet(() => {
        expect(withTimeout(limit, countDeadlines)).to.equal(0);
      }),
    );
  }

  const mistakes: ReadonlyArray<readonly [args: unknown[], code: string]> = [
    [['1', sleep], 'ERR_INVALID_ARG_TYPE'],
    [[-1, sleep], 'ERR_OUT_OF_RANGE'],
    [[1, 'sleep'], 'ERR_INVALID_ARG_TYPE'],
    [[{ milliseconds: 1, value: 1 }, sleep], 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [args, code] of mistakes) {
    it(
      `refuses ${JSON.stringify(args)} with ${code}`,
      inGreenlet(() => {
        expect(thrownBy(() => Reflect.apply(withTimeout as () => unknown, undefined, args))).to.include({ code });
      }),
    );
  }
});

describe('within', () => {
  it(
    'returns what the wait returns, or what is asked for when the time is over',
    inGreenlet(() => {
      expect(
        within(
          1000,
          () => 'there',
          () => 'over',
        ),
      ).to.equal('there');
      expect(
        within(
          1,
          () => String(sleep(1000)),
          () => 'over',
        ),
      ).to.equal('over');
    }),
  );

  it(
    'throws the Timeout, with the stack of the caller, if nothing else is asked for',
    inGreenlet(() => {
      function caller(): void {
        within(1, () => sleep(1000));
      }
      const thrown = thrownBy(caller);
      expect(thrown).to.be.an.instanceOf(Timeout);
      expect((thrown as Timeout).stack).to.match(/^Timeout: 1 millisecond\n    at caller /);
    }),
  );

  it(
    'has not ended its own time if an error of the same time ends the wait',
    inGreenlet(() => {
      const outer = Timeout.startNew(1);
      expect(
        thrownBy(() =>
          within(
            1000,
            () => sleep(2000),
            () => undefined,
          ),
        ),
      ).to.equal(outer);
    }),
  );

  it(
    'sets no timeout without a limit',
    inGreenlet(() => {
      expect(within(null, countDeadlines, () => -1)).to.equal(0);
      expect(within(undefined, countDeadlines, () => -1)).to.equal(0);
    }),
  );

  it(
    'refuses a wrong limit before anything is waited for',
    inGreenlet(() => {
      let waits = 0;
      for (const limit of ['1' as unknown as number, -1, NaN])
        thrownBy(() =>
          within(
            limit,
            () => waits++,
            () => 0,
          ),
        );
      expect(waits).to.equal(0);
    }),
  );
});
