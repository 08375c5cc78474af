import { expect } from 'chai';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';

import '../src/core/loop/loop';
import { UvHandle } from '../src/core/loop/uv-handle';
import { Event, getCurrent, getHub, RawGreenlet, sleep, spawn, Timeout } from '../src/index';
import { runInGreenlet } from './support/in-greenlet';
import { expectNoMoreThan, takeCensus } from './support/leak-check';

/** What can be left behind: makes one, and returns how to clear it away. */
const leaks: Readonly<Record<string, () => () => unknown>> = {
  'greenlet stacks': () => {
    const greenlet = new RawGreenlet(() => getCurrent().parent!.switch());
    greenlet.switch();
    return () => greenlet.throw();
  },
  'links and waits': () => {
    const event = new Event();
    const link = (): void => undefined;
    event.rawLink(link);
    return () => event.unlink(link);
  },
  deadlines: () => {
    const timeout = Timeout.startNew(100_000, null, { ref: false });
    return () => timeout.cancel();
  },
  watchers: () => {
    const timer = getHub().loop.timer(1000);
    return () => timer.close();
  },
  'watcher handles': () => {
    const handle = new UvHandle('check', 0, () => undefined);
    return () => handle.close();
  },
  descriptors: () => {
    const descriptor = openSync(__filename, 'r');
    return () => closeSync(descriptor);
  },
  Timeout: () => {
    const timer = setTimeout(() => undefined, 100_000);
    return () => clearTimeout(timer);
  },
  TCPServerWrap: () => {
    const server = createServer().listen(0);
    return () => server.close();
  },
};

const census = (): string => JSON.stringify(takeCensus());

describe('the leak check', () => {
  // What other tests have left would end meanwhile, and make up for what is left here.
  before(async () => {
    for (let last = '', now = census(); now !== last; now = census()) {
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });

  for (const [kind, leak] of Object.entries(leaks)) {
    it(`finds one of the ${kind}, and nothing once that is gone`, async () => {
      // Only now has mocha set the timer of the test.
      await undefined;
      const before = takeCensus();
      const clear = await runInGreenlet(leak);
      const found = await expectNoMoreThan(before, 50).catch((error: Error) => error.message);
      expect(found).to.match(new RegExp(`^the test leaves behind: (.*, )?1 ${kind}`));
      clear();
      await expectNoMoreThan(before);
    });
  }

  it('waits for what is on its way out', async () => {
    await undefined;
    const before = takeCensus();
    spawn(sleep, 0);
    await expectNoMoreThan(before);
  });
});
