import { expect } from 'chai';

import { signalHandler } from '../../../src/core/loop/signal-handler';
import { countWatchers } from '../../../src/core/loop/watcher';
import { getCurrent, getHub, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { until } from '../../support/until';

/** Sends this process a signal. */
function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
}

describe('signalHandler', () => {
  it(
    'calls the function each time, in a greenlet of its own, where it may block, with its arguments and no others',
    inGreenlet(() => {
      const calls: unknown[] = [];
      const greenlets = new Set<unknown>();
      using handler = signalHandler(
        'SIGALRM',
        (...args: string[]) => {
          sleep(1);
          greenlets.add(getCurrent());
          calls.push(args);
        },
        'one',
        'two',
      );
      for (let round = 1; round <= 2; round++) {
        raise('SIGALRM');
        until(() => calls.length === round);
      }
      expect(calls).to.deep.equal([
        ['one', 'two'],
        ['one', 'two'],
      ]);
      expect(greenlets.size).to.equal(2);
      expect(greenlets.has(getHub().greenlet)).to.equal(false);
      expect(handler.ref).to.equal(false);
    }),
  );

  it(
    'has the error of the function dealt with by the hub, and goes on',
    inGreenlet(() => {
      const errors: unknown[] = [];
      const error = new SomeError();
      getHub().handleError = (_, thrown) => errors.push(thrown);
      using handler = signalHandler('SIGALRM', () => {
        throw error;
      });
      try {
        for (let round = 1; round <= 2; round++) {
          raise('SIGALRM');
          until(() => errors.length === round);
        }
      } finally {
        Reflect.deleteProperty(getHub(), 'handleError');
        handler.cancel();
      }
      expect(errors).to.deep.equal([error, error]);
    }),
  );

  it('does not keep the process alive unless told to', () => {
    using handler = signalHandler('SIGALRM', () => undefined);
    expect(handler.ref).to.equal(false);
    handler.ref = true;
    expect(handler.ref).to.equal(true);
    expect(thrownBy(() => (handler.ref = 1 as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  it(
    'can be taken back, twice, and by a handler itself',
    inGreenlet(() => {
      let count = 0;
      const others: number[] = [];
      using other = signalHandler('SIGALRM', () => others.push(count));
      const handler = signalHandler('SIGALRM', () => {
        count++;
        handler.cancel();
      });
      raise('SIGALRM');
      until(() => others.length === 1);
      raise('SIGALRM');
      until(() => others.length === 2);
      handler.cancel();
      expect(count).to.equal(1);
      expect(other.ref).to.equal(false);
    }),
  );

  it('refuses what is no function, and no signal that can be handled, and sets nothing', () => {
    const before = countWatchers();
    const handle = (): void => undefined;
    for (const handler of [1, undefined, null, 'handler']) {
      expect(thrownBy(() => signalHandler('SIGALRM', handler as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }
    expect(thrownBy(() => signalHandler('SIGNONE' as never, handle))).to.include({ code: 'ERR_UNKNOWN_SIGNAL' });
    expect(thrownBy(() => signalHandler('SIGKILL', handle))).to.include({ code: 'EINVAL' });
    expect(countWatchers()).to.equal(before);
  });
});
