import { expect } from 'chai';
import fs from 'node:fs';
import net from 'node:net';

import { READ, WRITE } from '../../../src/core/loop/io-watcher';
import '../../../src/core/loop/loop';
import { getHub, sleep } from '../../../src/index';
import { openFifo, openPipe } from '../../support/fifo';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { until } from '../../support/until';

const { loop } = getHub();

describe('an io watcher', () => {
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
    'fires when there is something to read, at each turn until it is read',
    inGreenlet(() => {
      let count = 0;
      using watcher = loop.io(fd, READ);
      watcher.start(() => count++);
      sleep(5);
      expect(count).to.equal(0);
      fs.writeSync(fd, 'x');
      until(() => count > 2);
      expect(watcher.revents).to.equal(READ);
      fs.readSync(fd, Buffer.alloc(10));
      sleep(1);
      const before = count;
      sleep(5);
      expect(count).to.equal(before);
    }),
  );

  it(
    'fires when there is room to write',
    inGreenlet(() => {
      let count = 0;
      using watcher = loop.io(fd, WRITE);
      watcher.start(() => {
        count++;
        watcher.stop();
      });
      until(() => count > 0);
      expect(watcher.revents).to.equal(WRITE);
    }),
  );

  it(
    'shares its descriptor with others, each for its own events',
    inGreenlet(() => {
      const calls: string[] = [];
      using reader = loop.io(fd, READ);
      using writer = loop.io(fd, WRITE);
      using both = loop.io(fd, READ | WRITE);
      reader.start(() => {
        calls.push('reader');
        reader.stop();
      });
      writer.start(() => {
        calls.push('writer');
        writer.stop();
      });
      until(() => calls.length > 0);
      expect(calls).to.deep.equal(['writer']);
      both.start(() => {
        calls.push(`both ${both.revents}`);
        both.stop();
      });
      until(() => calls.length > 1);
      fs.writeSync(fd, 'x');
      until(() => calls.length > 2);
      expect(calls).to.deep.equal(['writer', 'both 2', 'reader']);
    }),
  );

  it(
    'fires beside others that are ready all the time',
    inGreenlet(() => {
      const counts = { reader: 0, writer: 0 };
      using reader = loop.io(fd, READ);
      using writer = loop.io(fd, WRITE);
      reader.start(() => counts.reader++);
      writer.start(() => counts.writer++);
      fs.writeSync(fd, 'x');
      until(() => counts.reader > 2 && counts.writer > 2);
    }),
  );

  it(
    'does not fire when the function of another one has stopped it',
    inGreenlet(() => {
      const calls: string[] = [];
      using first = loop.io(fd, WRITE);
      using second = loop.io(fd, WRITE);
      first.start(() => {
        calls.push('first');
        first.stop();
        second.stop();
      });
      second.start(() => calls.push('second'));
      until(() => calls.length > 0);
      sleep(5);
      expect(calls).to.deep.equal(['first']);
    }),
  );

  it(
    'goes on when another one of the same descriptor is closed',
    inGreenlet(() => {
      let count = 0;
      using watcher = loop.io(fd, READ);
      watcher.start(() => count++);
      const other = loop.io(fd, WRITE);
      other.start(() => undefined);
      other.close();
      fs.writeSync(fd, 'x');
      until(() => count > 0);
    }),
  );

  it(
    'tells the writer of a pipe that there is no reader any more',
    inGreenlet(() => {
      const { reader, writer } = openPipe();
      let count = 0;
      using watcher = loop.io(writer, WRITE);
      // Full, so that only the end of the reader can make it ready.
      expect(
        thrownBy(() => {
          for (;;) fs.writeSync(writer, Buffer.alloc(4096));
        }),
      ).to.include({ code: 'EAGAIN' });
      watcher.start(() => count++);
      sleep(5);
      expect(count).to.equal(0);
      fs.closeSync(reader);
      until(() => count > 2);
      watcher.stop();
      fs.closeSync(writer);
    }),
  );

  it("is made of an open descriptor that can be polled and is not Node's own, or fails with the system's error", async () => {
    for (const bad of [-1, 1.5, NaN, 99_999]) {
      expect(thrownBy(() => loop.io(bad, READ))).to.include({ code: 'EBADF' });
    }
    const file = fs.openSync(__filename, 'r');
    expect(thrownBy(() => loop.io(file, READ))).to.include({ code: 'EPERM' });
    fs.closeSync(file);
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { _handle: handle } = server as net.Server & { _handle: { fd: number } };
    expect(thrownBy(() => loop.io(handle.fd, READ))).to.include({ code: 'EEXIST' });
    await new Promise((resolve) => server.close(resolve));
  });

  for (const [events, code] of [
    ['1', 'ERR_INVALID_ARG_TYPE'],
    [0, 'ERR_OUT_OF_RANGE'],
    [4, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`refuses the events ${JSON.stringify(events)} with ${code}`, () => {
      expect(thrownBy(() => loop.io(fd, events as number))).to.include({ code });
    });
  }

  it('refuses a descriptor that is no number', () => {
    expect(thrownBy(() => loop.io('0' as never, READ))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  describe('of a descriptor that is about to be closed', () => {
    it(
      'fires once more, soon, and never again',
      inGreenlet(() => {
        const calls: number[] = [];
        using watcher = loop.io(fd, READ);
        watcher.start(() => calls.push(watcher.revents));
        expect(loop.closingFd(fd)).to.equal(true);
        expect([calls, watcher.pending]).to.deep.equal([[], true]);
        sleep(0);
        expect([calls, watcher.pending]).to.deep.equal([[READ], false]);
        fs.closeSync(fd);
        const reused = openFifo();
        expect(reused).to.equal(fd);
        fs.writeSync(reused, 'x');
        sleep(5);
        expect(calls).to.have.length(1);
      }),
    );

    it(
      'does not fire if it is stopped before',
      inGreenlet(() => {
        let count = 0;
        using watcher = loop.io(fd, READ);
        watcher.start(() => count++);
        loop.closingFd(fd);
        watcher.stop();
        expect(watcher.pending).to.equal(false);
        sleep(1);
        expect(count).to.equal(0);
      }),
    );

    it(
      'can be started for the next file of that number, or fails with EBADF if there is none',
      inGreenlet(() => {
        let count = 0;
        using watcher = loop.io(fd, WRITE);
        expect(loop.closingFd(fd)).to.equal(false);
        fs.closeSync(fd);
        expect(thrownBy(() => watcher.start(() => count++))).to.include({ code: 'EBADF' });
        expect(watcher.active).to.equal(false);
        fd = openFifo();
        expect(watcher.fd).to.equal(fd);
        watcher.start(() => count++);
        until(() => count > 0);
      }),
    );

    it('is false for one that nobody watches', () => {
      expect(loop.closingFd(fd)).to.equal(false);
    });
  });
});
