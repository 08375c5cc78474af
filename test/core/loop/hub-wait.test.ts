import { expect } from 'chai';
import fs from 'node:fs';

import { spawn } from '../../../src/core/greenlets/spawn';
import { closedWhileWaiting, waitOnWatcher, waitRead, waitReadWrite, waitWrite } from '../../../src/core/loop/hub-wait';
import { READ, WRITE } from '../../../src/core/loop/io-watcher';
import '../../../src/core/loop/loop';
import { countWatchers } from '../../../src/core/loop/watcher';
import { Timeout } from '../../../src/core/waiting/timeout';
import { getHub, sleep } from '../../../src/index';
import { openFifo } from '../../support/fifo';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';

const hub = getHub();
const { loop } = hub;

describe('waiting for a watcher', () => {
  it(
    'ends with its event, which stops it and leaves it open',
    inGreenlet(() => {
      using timer = loop.timer(5);
      for (let round = 0; round < 2; round++) {
        const began = performance.now();
        hub.wait(timer);
        expect(performance.now() - began).to.be.at.least(5);
        expect([timer.active, timer.callback]).to.deep.equal([false, undefined]);
      }
    }),
  );

  it(
    'cannot be ended by a stray switch, and stops the watcher then',
    inGreenlet(() => {
      using timer = loop.timer(1000);
      let thrown: unknown;
      const greenlet = startGreenlet(() => (thrown = thrownBy(() => hub.wait(timer))));
      sleep(0);
      loop.runCallback(() => void greenlet.switch('stray'));
      sleep(0);
      expect(thrown).to.include({ code: 'ERR_UNBLOCK_INVALID_SWITCH' });
      expect(timer.active).to.equal(false);
    }),
  );

  it(
    'cannot be ended by a stray switch that sends what another wait would take',
    inGreenlet(() => {
      let thrown: unknown;
      const greenlet = startGreenlet(() => (thrown = thrownBy(() => sleep(1000))));
      sleep(0);
      loop.runCallback(() => void greenlet.switch(undefined));
      sleep(0);
      expect(thrown).to.include({ code: 'ERR_UNBLOCK_INVALID_SWITCH' });
    }),
  );

  it(
    'stops it when the greenlet is killed, or timed out',
    inGreenlet(() => {
      using timer = loop.timer(1000);
      const greenlet = spawn(() => hub.wait(timer));
      sleep(0);
      expect(timer.active).to.equal(true);
      greenlet.kill();
      expect(timer.active).to.equal(false);
      using timeout = Timeout.startNew(2);
      expect(thrownBy(() => hub.wait(timer))).to.equal(timeout);
      expect(timer.active).to.equal(false);
    }),
  );

  it(
    'is refused on the hub, and leaves it stopped',
    inGreenlet(() => {
      using timer = loop.timer(1);
      let thrown: unknown;
      loop.runCallback(() => (thrown = thrownBy(() => hub.wait(timer))));
      sleep(0);
      expect(thrown).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
      expect(timer.active).to.equal(false);
    }),
  );

  it(
    'has a limit, with an error of its own or one that is given',
    inGreenlet(() => {
      using timer = loop.timer(1000);
      expect(thrownBy(() => waitOnWatcher(timer, 2))).to.include({ code: 'ETIMEDOUT' });
      const error = new SomeError();
      expect(thrownBy(() => waitOnWatcher(timer, 2, error))).to.equal(error);
      expect(timer.active).to.equal(false);
      using soon = loop.timer(1);
      waitOnWatcher(soon, 1000);
    }),
  );

  it(
    'is for one greenlet at a time',
    inGreenlet(() => {
      using timer = loop.timer(1000);
      const first = spawn(() => waitOnWatcher(timer));
      sleep(0);
      const thrown = thrownBy(() => waitOnWatcher(timer));
      expect(thrown).to.include({
        code: 'ERR_UNBLOCK_CONCURRENT_USE',
        message: 'This socket is already used by another greenlet',
      });
      expect(timer.active).to.equal(true);
      first.kill();
    }),
  );

  it(
    'is for a watcher that does nothing else, which goes on doing it',
    inGreenlet(() => {
      let count = 0;
      using timer = loop.timer(1, 1);
      timer.start(() => count++);
      expect(thrownBy(() => getHub().wait(timer))).to.include({ code: 'ERR_UNBLOCK_CONCURRENT_USE' });
      while (count < 2) sleep(1);
      const waiting = spawn(() => getHub().wait(idle));
      using idle = loop.timer(1000);
      sleep(0);
      expect(thrownBy(() => getHub().wait(idle))).to.include({ code: 'ERR_UNBLOCK_CONCURRENT_USE' });
      expect(waiting.dead).to.equal(false);
      waiting.kill();
    }),
  );

  it(
    'is not for anything else',
    inGreenlet(() => {
      const hub = getHub();
      const [error, then] = [new Error(), (): void => expect.fail('then')];
      using timer = loop.timer(1);
      for (const bad of [null, 5, {}] as never[]) {
        for (const misuse of [
          () => waitOnWatcher(bad),
          () => waitOnWatcher(timer, 1, bad),
          () => hub.wait(bad),
          () => hub.cancelWait(bad, error),
          () => hub.cancelWait(timer, bad),
          () => hub.cancelWaitsCloseAndThen(bad, error, then),
          () => hub.cancelWaitsCloseAndThen([timer, bad], error, then),
          () => hub.cancelWaitsCloseAndThen([timer], bad, then),
          () => hub.cancelWaitsCloseAndThen([timer], error, bad),
        ]) {
          expect(thrownBy(misuse), String(misuse)).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
        }
      }
      // Nothing was closed, and nothing is started.
      hub.wait(timer);
    }),
  );
});

describe('waiting for a descriptor', () => {
  let fd: number;
  beforeEach(() => {
    fd = openFifo();
  });
  afterEach(() => {
    try {
      fs.closeSync(fd);
    } catch {
      // The test has closed it.
    }
  });

  it(
    'ends when it can be read, or written, or one of both',
    inGreenlet(() => {
      let isRead = false;
      const reader = spawn(() => {
        waitRead(fd);
        isRead = true;
      });
      waitWrite(fd);
      waitReadWrite(fd);
      expect(isRead).to.equal(false);
      fs.writeSync(fd, 'x');
      reader.join();
      expect(isRead).to.equal(true);
    }),
  );

  it(
    'serves several greenlets that wait for one descriptor',
    inGreenlet(() => {
      const readers = [1, 2, 3].map((name) =>
        spawn(() => {
          waitRead(fd);
          return name;
        }),
      );
      sleep(0);
      fs.writeSync(fd, 'x');
      expect(readers.map((reader) => reader.get())).to.deep.equal([1, 2, 3]);
    }),
  );

  it(
    'has a limit, and leaves no watcher behind, however it ends',
    inGreenlet(() => {
      const before = countWatchers();
      expect(thrownBy(() => waitRead(fd, 2))).to.include({ code: 'ETIMEDOUT' });
      const error = new SomeError();
      expect(thrownBy(() => waitRead(fd, 2, error))).to.equal(error);
      const greenlet = spawn(() => waitRead(fd));
      sleep(0);
      expect(countWatchers()).to.equal(before + 1);
      greenlet.kill();
      expect(thrownBy(() => waitRead(fd, -1))).to.include({ code: 'ERR_OUT_OF_RANGE' });
      expect(thrownBy(() => waitRead(-1))).to.include({ code: 'EBADF' });
      let onHub: unknown;
      loop.runCallback(() => (onHub = thrownBy(() => waitRead(fd))));
      sleep(0);
      expect(onHub).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
      expect(countWatchers()).to.equal(before);
    }),
  );

  describe('that another greenlet closes', () => {
    /** Starts a greenlet that waits; returns what the wait has thrown once it has ended. */
    function startWait(watcher: ReturnType<typeof loop.io>): () => unknown {
      let thrown: unknown;
      startGreenlet(() => (thrown = thrownBy(() => waitOnWatcher(watcher))));
      sleep(0);
      return () => thrown;
    }

    it(
      'ends with EBADF, soon, and only then is the descriptor closed',
      inGreenlet(() => {
        const watchers = [loop.io(fd, READ), loop.io(fd, WRITE)];
        const thrown = startWait(watchers[0]!);
        const order: string[] = [];
        hub.cancelWaitsCloseAndThen(
          [...watchers, undefined],
          closedWhileWaiting(),
          (name: string) => {
            order.push(`${name} after the wait: ${thrown() !== undefined}`);
            fs.closeSync(fd);
          },
          'then',
        );
        expect(order).to.deep.equal([]);
        fs.fstatSync(fd);
        sleep(0);
        expect(order).to.deep.equal(['then after the wait: true']);
        expect(thrown()).to.include({ code: 'EBADF' });
        expect((thrown() as Error).message).to.include('File descriptor was closed in another greenlet');
        for (const watcher of watchers) {
          expect(thrownBy(() => watcher.start(() => undefined))).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
        }
      }),
    );

    it(
      'is closed at once if nobody waits',
      inGreenlet(() => {
        const watcher = loop.io(fd, READ);
        let isDone = false;
        hub.cancelWaitsCloseAndThen([watcher], closedWhileWaiting(), () => (isDone = true));
        expect(isDone).to.equal(true);
        expect(thrownBy(() => watcher.start(() => undefined))).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
      }),
    );

    it(
      'is told to those who wait even if a greenlet was to be killed in the same turn',
      inGreenlet(() => {
        const watcher = loop.io(fd, READ);
        let isDone = false;
        const greenlet = spawn(() => waitOnWatcher(watcher));
        sleep(0);
        killGreenlet(greenlet);
        hub.cancelWaitsCloseAndThen([watcher], closedWhileWaiting(), () => (isDone = true));
        sleep(0);
        expect([isDone, greenlet.successful()]).to.deep.equal([true, true]);
      }),
    );

    it(
      'has one wait ended without the watcher, which can be used again',
      inGreenlet(() => {
        using watcher = loop.io(fd, READ);
        const error = new SomeError();
        const thrown = startWait(watcher);
        hub.cancelWait(watcher, error);
        expect(thrown()).to.equal(undefined);
        sleep(0);
        expect(thrown()).to.equal(error);
        fs.writeSync(fd, 'x');
        waitOnWatcher(watcher);
        hub.cancelWait(undefined, error);
        hub.cancelWait(watcher, error);
        sleep(0);
        hub.cancelWait(watcher, error, true);
        expect(thrownBy(() => watcher.start(() => undefined))).to.include({ code: 'ERR_UNBLOCK_WATCHER_CLOSED' });
      }),
    );

    it(
      'has nothing ended if the wait is over before its turn',
      inGreenlet(() => {
        using watcher = loop.io(fd, WRITE);
        const greenlet = spawn(() => waitOnWatcher(watcher));
        sleep(0);
        loop.runCallback(() => watcher.stop());
        hub.cancelWait(watcher, new SomeError());
        sleep(0);
        expect(greenlet.ready()).to.equal(false);
        greenlet.kill();
      }),
    );

    it('has its end told to a function', () => {
      expect(thrownBy(() => hub.cancelWaitsCloseAndThen([], new SomeError(), 5 as never))).to.include({
        code: 'ERR_INVALID_ARG_TYPE',
      });
    });
  });
});
