import { expect } from 'chai';
import fs from 'node:fs';
import { inspect } from 'node:util';

import '../../../src/core/loop/loop';
import { countWatchers, type Watcher } from '../../../src/core/loop/watcher';
import { getCurrent, getHub, sleep } from '../../../src/index';
import { openFifo } from '../../support/fifo';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

const { loop } = getHub();

/** One of each kind; those that need something to watch get this process, a file, a descriptor. */
const kinds: Readonly<Record<string, (fd: number, ref?: boolean) => Watcher>> = {
  timer: (_, ref) => loop.timer(1000, 0, { ref }),
  io: (fd, ref) => loop.io(fd, 1, { ref }),
  signal: (_, ref) => loop.signal('SIGUSR1', { ref }),
  async: (_, ref) => loop.async({ ref }),
  idle: (_, ref) => loop.idle({ ref }),
  prepare: (_, ref) => loop.prepare({ ref }),
  check: (_, ref) => loop.check({ ref }),
  stat: (_, ref) => loop.stat(__filename, 1000, { ref }),
};

describe('a watcher', () => {
  let fd: number;
  before(() => {
    fd = openFifo();
  });
  after(() => fs.closeSync(fd));

  for (const [kind, make] of Object.entries(kinds)) {
    describe(`of kind ${kind}`, () => {
      it(
        'is active from start to stop, and can be started again',
        inGreenlet(() => {
          using watcher = make(fd);
          const callback = (..._args: number[]): void => undefined;
          for (let round = 0; round < 3; round++) {
            expect([watcher.active, watcher.pending, watcher.callback, watcher.args]).to.deep.equal([
              ...[false, false],
              ...[undefined, undefined],
            ]);
            watcher.start(callback, 1, 2);
            expect([watcher.active, watcher.callback, watcher.args]).to.deep.equal([true, callback, [1, 2]]);
            watcher.stop();
            watcher.stop();
          }
        }),
      );

      it(
        'starts with a function, or not at all',
        inGreenlet(() => {
          using watcher = make(fd);
          for (const callback of [undefined, null, 5, 'callback', {}]) {
            expect(thrownBy(() => watcher.start(callback as () => void))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
            expect([watcher.active, watcher.callback]).to.deep.equal([false, undefined]);
          }
        }),
      );

      it(
        'may be closed twice, active or not, and not started after that',
        inGreenlet(() => {
          const before = countWatchers();
          for (const isStarted of [false, true]) {
            const watcher = make(fd);
            expect(countWatchers()).to.equal(before + 1);
            if (isStarted) watcher.start(() => undefined);
            watcher.close();
            watcher.close();
            expect([watcher.active, countWatchers()]).to.deep.equal([false, before]);
            expect(thrownBy(() => watcher.start(() => undefined))).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
            watcher.stop();
            expect(inspect(watcher)).to.include('closed');
          }
        }),
      );

      it(
        'holds the process unless told otherwise, before its start or later',
        inGreenlet(() => {
          for (const ref of [undefined, true, false]) {
            using watcher = make(fd, ref);
            expect(watcher.ref).to.equal(ref !== false);
            watcher.start(() => undefined);
            watcher.ref = ref === false;
            expect([watcher.ref, watcher.active]).to.deep.equal([ref === false, true]);
          }
        }),
      );

      it(
        'has a ref that is a boolean',
        inGreenlet(() => {
          const before = countWatchers();
          expect(thrownBy(() => make(fd, 1 as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
          expect(countWatchers()).to.equal(before);
          using watcher = make(fd);
          expect(thrownBy(() => (watcher.ref = 'yes' as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
          expect(watcher.ref).to.equal(true);
        }),
      );
    });
  }

  it('refuses options that do not exist', () => {
    expect(thrownBy(() => loop.timer(1, 0, { priority: 1 } as object))).to.include({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  it(
    'calls its function on the hub, where it must not block, with its arguments',
    inGreenlet(() => {
      const calls: unknown[] = [];
      using timer = loop.timer(1);
      timer.start(
        (...args: string[]) =>
          calls.push(
            getCurrent(),
            thrownBy(() => sleep(1)),
            ...args,
          ),
        'one',
        'two',
      );
      while (calls.length === 0) sleep(1);
      const [greenlet, error, ...args] = calls;
      expect(greenlet).to.equal(getHub().greenlet);
      expect(error).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
      expect(args).to.deep.equal(['one', 'two']);
    }),
  );

  it(
    'may get another function and other arguments while it is active',
    inGreenlet(() => {
      const calls: unknown[] = [];
      using timer = loop.timer(1);
      timer.start((...args: number[]) => calls.push('first', ...args));
      expect(timer.args).to.deep.equal([]);
      timer.args = [1, 2, 3];
      for (const args of [5, 'text', null, {}]) {
        expect(thrownBy(() => (timer.args = args as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      for (const callback of [false, 5, null]) {
        expect(thrownBy(() => (timer.callback = callback as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      expect(timer.args).to.deep.equal([1, 2, 3]);
      timer.callback = (...args: number[]) => calls.push('second', ...args);
      while (calls.length === 0) sleep(1);
      expect(calls).to.deep.equal(['second', 1, 2, 3]);
    }),
  );

  it(
    'that is started when it is active only gets another function',
    inGreenlet(() => {
      const calls: string[] = [];
      using timer = loop.timer(1);
      timer.start(() => calls.push('first'));
      timer.start(() => calls.push('second'));
      sleep(5);
      expect(calls).to.deep.equal(['second']);
    }),
  );

  it(
    'is kept by the loop while it is active',
    inGreenlet(() => {
      let called = false;
      const startAndForget = (): void => {
        const timer = loop.timer(1);
        timer.start(() => {
          called = true;
          timer.close();
        });
      };
      startAndForget();
      sleep(5);
      expect(called).to.equal(true);
    }),
  );

  it(
    'has its error dealt with by the hub, and goes on',
    inGreenlet(() => {
      const errors: unknown[] = [];
      getHub().handleError = (_, error) => errors.push(error);
      try {
        const error = new SomeError();
        using timer = loop.timer(1, 1);
        timer.start(() => {
          throw error;
        });
        while (errors.length < 3) sleep(1);
        expect(errors.every((each) => each === error)).to.equal(true);
      } finally {
        Reflect.deleteProperty(getHub(), 'handleError');
      }
    }),
  );

  it('tells what it watches and how it is', () => {
    using timer = loop.timer(5, 7);
    expect(inspect(timer)).to.equal('TimerWatcher { after 5 ms, every 7 ms, stopped }');
    timer.start(function tick() {});
    expect(inspect(timer)).to.equal('TimerWatcher { after 5 ms, every 7 ms, active [Function: tick] }');
    using io = loop.io(fd, 3);
    expect(inspect(io)).to.equal(`IoWatcher { fd ${fd}, READ | WRITE, stopped }`);
  });
});
