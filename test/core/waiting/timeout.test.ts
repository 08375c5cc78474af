import { expect } from 'chai';
import process from 'node:process';

import { Event } from '../../../src/core/sync/event';
import { countDeadlines } from '../../../src/core/waiting/deadlines';
import { Timeout, type TimeoutOptions } from '../../../src/core/waiting/timeout';
import type { TimeoutException } from '../../../src/core/waiting/timeout-exception';
import { getCurrent, getHub, RawGreenlet, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, joinGreenlet, startGreenlet } from '../../support/in-greenlet';
import { spawnSource } from '../../support/spawn-script';

/** Computes, without a switch. */
function hog(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** What a started timeout throws into a greenlet that blocks for longer. */
function thrownFor(timeout: Timeout): unknown {
  timeout.start();
  try {
    return thrownBy(() => sleep(1000));
  } finally {
    timeout.close();
  }
}

describe('Timeout', () => {
  it(
    'is thrown into the greenlet that has started it, after its time',
    inGreenlet(() => {
      const timeout = new Timeout(10);
      const began = performance.now();
      expect(thrownFor(timeout)).to.equal(timeout);
      expect(performance.now() - began).to.be.at.least(10);
    }),
  );

  it(
    'is not thrown into any other greenlet',
    inGreenlet(() => {
      const ends: string[] = [];
      const over = new Event();
      const other = startGreenlet(() => {
        over.wait();
        ends.push('other');
      });
      startGreenlet(() => {
        const timeout = Timeout.startNew(5);
        ends.push(thrownBy(() => sleep(1000)) === timeout ? 'own' : 'wrong');
        over.set();
      });
      joinGreenlet(other);
      expect(ends).to.deep.equal(['own', 'other']);
    }),
  );

  it(
    'is thrown only where the greenlet blocks',
    inGreenlet(() => {
      const timeout = Timeout.startNew(1);
      hog(10);
      expect(timeout.pending).to.equal(true);
      expect(thrownBy(() => sleep(1000))).to.equal(timeout);
    }),
  );

  it(
    'counts from its start, also after a long computation',
    inGreenlet(() => {
      hog(30);
      const timeout = Timeout.startNew(25);
      sleep(5);
      timeout.close();
    }),
  );

  for (const milliseconds of [undefined, null, Infinity]) {
    it(
      `never ends with ${milliseconds}`,
      inGreenlet(() => {
        const armed = countDeadlines();
        const timeout = new Timeout(milliseconds);
        timeout.start();
        expect([timeout.pending, countDeadlines()]).to.deep.equal([false, armed]);
      }),
    );
  }

  it(
    'with 0 lets a sleep of 0 end, and fails whatever really waits',
    inGreenlet(() => {
      const timeout = Timeout.startNew(0);
      sleep(0);
      expect(thrownBy(() => sleep(1))).to.equal(timeout);
    }),
  );

  it(
    'with 0 lets a sleep of 0 end also where nothing of the hub is running',
    inGreenlet(() => {
      let thrownItself = false;
      const greenlet = new RawGreenlet(() => {
        const timeout = Timeout.startNew(0);
        sleep(0);
        thrownItself = thrownBy(() => sleep(1)) === timeout;
      }, getHub().greenlet);
      // It is not the hub that starts it, so the hub looks at its queue only later.
      setImmediate(() => greenlet.switch());
      joinGreenlet(greenlet);
      expect(thrownItself).to.equal(true);
    }),
  );

  describe('throws', () => {
    for (const exception of [undefined, null, 'too slow', false] as const) {
      it(
        `itself with ${JSON.stringify(exception)}`,
        inGreenlet(() => {
          const timeout = new Timeout(1, exception);
          expect(thrownFor(timeout)).to.equal(timeout);
        }),
      );
    }

    it(
      'the error that it was given',
      inGreenlet(() => {
        const error = new SomeError();
        expect(thrownFor(new Timeout(1, error))).to.equal(error);
      }),
    );

    it(
      'an error of the class that it was given',
      inGreenlet(() => {
        expect(thrownFor(new Timeout(1, SomeError))).to.be.an.instanceOf(SomeError);
      }),
    );

    it(
      'what the class throws that it was given',
      inGreenlet(() => {
        class Unmakeable extends Error {
          constructor() {
            super();
            throw new SomeError();
          }
        }
        expect(thrownFor(new Timeout(1, Unmakeable))).to.be.an.instanceOf(SomeError);
      }),
    );
  });

  const messages: ReadonlyArray<readonly [milliseconds: number | null, exception: TimeoutException, message: string]> =
    [
      [1, null, '1 millisecond'],
      [2, null, '2 milliseconds'],
      [0.5, null, '0.5 milliseconds'],
      [2, false, '2 milliseconds (silent)'],
      [3, 'm', '3 milliseconds: m'],
      [3, SomeError, '3 milliseconds: SomeError'],
      [3, new SomeError('gone'), '3 milliseconds: Error: gone'],
      [null, null, ''],
      [null, 'm', ''],
    ];
  for (const [milliseconds, exception, message] of messages) {
    it(`says "${message}"`, () => {
      expect(new Timeout(milliseconds, exception).message).to.equal(message);
    });
  }

  it('is an error with a name and a code', () => {
    const timeout = new Timeout(2);
    expect(timeout).to.be.an.instanceOf(Error);
    expect([timeout.name, timeout.code]).to.deep.equal(['Timeout', 'ERR_UNBLOCK_TIMEOUT']);
    expect(String(timeout)).to.equal('Timeout: 2 milliseconds');
  });

  it('is compared by its milliseconds, with numbers and with others', () => {
    const [short, long, endless] = [new Timeout(2), new Timeout(30), new Timeout()] as never[] as number[];
    expect([short! < 3, short! < 2, long! > short!, endless! > 1e9]).to.deep.equal([true, false, true, true]);
    expect(`${short} ${'' + short!}`).to.equal('Timeout: 2 milliseconds Timeout: 2 milliseconds');
  });

  it(
    'has the stack of the place where the greenlet was blocked',
    inGreenlet(() => {
      function block(): void {
        sleep(1000);
      }
      const timeout = Timeout.startNew(1);
      expect(timeout.stack).to.equal(undefined);
      thrownBy(block);
      expect(timeout.stack).to.match(/^Timeout: 1 millisecond\n    at block \(/);
    }),
  );

  it(
    'reaches its owner: of two the one that ends first is thrown, and the other later',
    inGreenlet(() => {
      const outer = Timeout.startNew(20);
      const inner = Timeout.startNew(5);
      expect(thrownBy(() => sleep(1000))).to.equal(inner);
      expect(thrownBy(() => sleep(1000))).to.equal(outer);
    }),
  );

  it(
    'passes an inner one that is not over',
    inGreenlet(() => {
      const outer = Timeout.startNew(5);
      const inner = Timeout.startNew(1000);
      expect(thrownBy(() => sleep(1000))).to.equal(outer);
      expect([outer.pending, inner.pending]).to.deep.equal([false, true]);
      inner.close();
    }),
  );

  it(
    'is not thrown once it is cancelled, and can be started again',
    inGreenlet(() => {
      const timeout = Timeout.startNew(5);
      timeout.cancel();
      expect(timeout.pending).to.equal(false);
      sleep(10);
      expect(thrownFor(timeout)).to.equal(timeout);
    }),
  );

  it(
    'can be cancelled twice, and when it was never started',
    inGreenlet(() => {
      const timeout = new Timeout(5);
      timeout.cancel();
      timeout.start();
      timeout.close();
      timeout.close();
    }),
  );

  it(
    'refuses a second start, and goes on',
    inGreenlet(() => {
      const timeout = Timeout.startNew(5);
      expect(thrownBy(() => timeout.start())).to.include({
        name: 'TimeoutStateError',
        code: 'ERR_UNBLOCK_TIMEOUT_STARTED',
      });
      expect(thrownBy(() => sleep(1000))).to.equal(timeout);
    }),
  );

  it(
    'ends with the block that declares it with using',
    inGreenlet(() => {
      {
        using timeout = Timeout.startNew(1);
        expect(timeout.pending).to.equal(true);
      }
      sleep(5);
    }),
  );

  it(
    'is forgotten with the greenlet that has not ended it',
    inGreenlet(() => {
      joinGreenlet(startGreenlet(() => Timeout.startNew(1)));
      sleep(5);
    }),
  );

  it(
    'is started by startNew unless it already is',
    inGreenlet(() => {
      const timeout = new Timeout(1000);
      expect(Timeout.startNew(timeout)).to.equal(timeout);
      expect(timeout.pending).to.equal(true);
      expect(Timeout.startNew(timeout)).to.equal(timeout);
      timeout.close();
    }),
  );

  it(
    'makes one of the subclass with startNew',
    inGreenlet(() => {
      class Patience extends Timeout {}
      using timeout = Patience.startNew(1000, 'over');
      expect(timeout).to.be.an.instanceOf(Patience).and.include({ milliseconds: 1000, exception: 'over' });
    }),
  );

  it('cannot be started on the hub', () => {
    const timeout = new Timeout(1);
    expect(thrownBy(() => timeout.start())).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
    expect(timeout.pending).to.equal(false);
  });

  const mistakes: ReadonlyArray<readonly [args: unknown[], code: string]> = [
    [['1'], 'ERR_INVALID_ARG_TYPE'],
    [[{}], 'ERR_INVALID_ARG_TYPE'],
    [[-1], 'ERR_OUT_OF_RANGE'],
    [[NaN], 'ERR_OUT_OF_RANGE'],
    [[1, true], 'ERR_INVALID_ARG_TYPE'],
    [[1, 7], 'ERR_INVALID_ARG_TYPE'],
    [[1, {}], 'ERR_INVALID_ARG_TYPE'],
    [[1, () => new SomeError()], 'ERR_INVALID_ARG_TYPE'],
    [[1, null, 'ref'], 'ERR_INVALID_ARG_TYPE'],
    [[1, null, { ref: 1 }], 'ERR_INVALID_ARG_TYPE'],
    [[1, null, { unref: true }], 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [args, code] of mistakes) {
    it(`refuses ${args.map((arg) => JSON.stringify(arg) ?? String(arg)).join(', ')} with ${code}`, () => {
      expect(thrownBy(() => Reflect.construct(Timeout, args))).to.include({ code });
    });
  }

  it(
    'needs one timer of Node for ten thousand',
    inGreenlet(() => {
      const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const before = timers();
      const timeouts = Array.from({ length: 10_000 }, (_, index) => Timeout.startNew(5000 + (index % 100)));
      expect(timers()).to.be.at.most(before + 1);
      for (const timeout of timeouts) timeout.close();
      expect(timers()).to.be.at.most(before);
    }),
  );

  describe('and the end of the process', () => {
    const ends: ReadonlyArray<readonly [title: string, options: TimeoutOptions, after: string, output: string]> = [
      ['keeps it until its time', {}, '', 'Timeout\n'],
      ['does not keep it with ref: false', { ref: false }, '', ''],
      ['does not keep it once it is cancelled', {}, 'timeout.cancel();', ''],
    ];
    for (const [title, options, after, output] of ends) {
      it(title, async () => {
        const { code, stdout, stderr } = await spawnSource(`
          const { spawn, Waiter } = require('unblock');
          const { Timeout } = require(${JSON.stringify(require.resolve('../../../src/core/waiting/timeout'))});
          spawn(() => {
            const timeout = Timeout.startNew(200, null, ${JSON.stringify(options)});
            ${after}
            try { new Waiter().get(); } catch (error) { console.log(error.name); }
          });
          const began = performance.now();
          process.on('exit', () => { process.exitCode = performance.now() - began > 150 ? 200 : 0; });
        `);
        expect({ code, stdout, stderr }).to.deep.equal({ code: output === '' ? 0 : 200, stdout: output, stderr: '' });
      });
    }
  });

  it(
    'knows the greenlet that it was started in, not the one that made it',
    inGreenlet(() => {
      const timeout = new Timeout(1);
      let thrown: unknown;
      const other = startGreenlet(() => {
        timeout.start();
        thrown = thrownBy(() => sleep(1000));
      });
      joinGreenlet(other);
      expect([other === getCurrent(), thrown === timeout]).to.deep.equal([false, true]);
    }),
  );
});
