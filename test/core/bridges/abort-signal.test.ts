import { expect } from 'chai';
import { getEventListeners } from 'node:events';

import {
  getCurrent,
  getHub,
  Queue,
  Semaphore,
  shield,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  withSignal,
} from '../../../src/index';
import { isCancellation, kill, setStickyCancellation } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** A controller whose signal is aborted later. */
function abortLater(milliseconds: number, reason?: unknown): AbortController {
  const controller = new AbortController();
  spawnLater(milliseconds, () => controller.abort(reason));
  return controller;
}

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

describe('withSignal', () => {
  it(
    'returns what the function returns, called with the arguments, and listens no more',
    inGreenlet(() => {
      const { signal } = new AbortController();
      const sum = (a: number, b: number): number => {
        sleep(0);
        expect(listenersOf(signal)).to.equal(1);
        return a + b;
      };
      expect(withSignal(signal, sum, 1, 2)).to.equal(3);
      expect(listenersOf(signal)).to.equal(0);
      expect([undefined, null].map((none) => withSignal(none, sleep, 0))).to.deep.equal([undefined, undefined]);
    }),
  );

  const reasons = [new SomeError('enough'), 'text', 0, null, { no: 'error' }];
  for (const reason of reasons) {
    it(
      `throws a reason of ${String(reason)} when the signal is aborted`,
      inGreenlet(() => {
        const { signal } = abortLater(1, reason);
        expect(thrownBy(() => withSignal(signal, sleep, 100_000))).to.equal(reason);
        expect(listenersOf(signal)).to.equal(0);
      }),
    );
  }

  it(
    "throws the signal's own AbortError, or TimeoutError, without a reason",
    inGreenlet(() => {
      const { signal } = abortLater(1);
      expect(thrownBy(() => withSignal(signal, sleep, 100_000)))
        .to.equal(signal.reason)
        .and.include({ name: 'AbortError' });
      const timed = AbortSignal.timeout(1);
      expect(thrownBy(() => withSignal(timed, sleep, 100_000))).to.include({ name: 'TimeoutError' });
    }),
  );

  it(
    'throws at once, and does not call the function, if the signal is aborted already',
    inGreenlet(() => {
      const reason = new SomeError();
      let isCalled = false;
      const call = (): unknown => withSignal(AbortSignal.abort(reason), () => (isCalled = true));
      expect(thrownBy(call)).to.equal(reason);
      expect(isCalled).to.equal(false);
    }),
  );

  it(
    'ends whatever blocks inside, which throws a cancellation there, with the stack of what blocked',
    inGreenlet(() => {
      const queue = new Queue<number>();
      const semaphore = new Semaphore(0);
      const waits: ReadonlyArray<() => unknown> = [
        () => queue.get(),
        () => semaphore.acquire({ timeout: 100_000 }),
        () => spawn(sleep, 5).join(),
      ];
      for (const wait of waits) {
        const { signal } = abortLater(1, 'reason');
        let inside: unknown;
        const call = (): unknown =>
          withSignal(signal, function blocked() {
            try {
              return wait();
            } catch (error) {
              inside = error;
              throw error;
            }
          });
        expect(thrownBy(call)).to.equal('reason');
        expect(inside).to.be.an('error').and.include({ name: 'AbortError', code: 'ABORT_ERR', cause: 'reason' });
        expect(isCancellation(inside)).to.equal(true);
        expect((inside as Error).stack)
          .to.match(/^AbortError: The operation was aborted\n/)
          .and.include('blocked');
      }
      expect(semaphore.linkCount).to.equal(0);
      queue.put(1);
      expect(queue.size).to.equal(1);
      sleep(10);
    }),
  );

  it(
    'strikes at the next wait if the greenlet itself aborts, and not at all if there is none',
    inGreenlet(() => {
      const controller = new AbortController();
      const steps: string[] = [];
      const call = (): unknown =>
        withSignal(controller.signal, () => {
          controller.abort('own');
          steps.push('goes on');
          sleep(100_000);
        });
      expect(thrownBy(call)).to.equal('own');
      expect(steps).to.deep.equal(['goes on']);
      const other = new AbortController();
      const result = withSignal(other.signal, () => {
        other.abort();
        return 'done';
      });
      expect(result).to.equal('done');
      sleep(1);
    }),
  );

  it(
    'lets the function catch the end of a wait and go on, of which there is no second one',
    inGreenlet(() => {
      const { signal } = abortLater(1);
      const result = withSignal(signal, () => {
        thrownBy(() => sleep(100_000));
        sleep(1);
        return 'went on';
      });
      expect(result).to.equal('went on');
    }),
  );

  it(
    'passes on what the function throws, be it undefined or a Timeout of somebody else',
    inGreenlet(() => {
      const { signal } = new AbortController();
      const thrown = [undefined, new SomeError(), new DOMException('x', 'AbortError')];
      for (const each of thrown) {
        const call = (): unknown =>
          withSignal(signal, () => {
            throw each;
          });
        expect(thrownBy(call)).to.equal(each);
      }
      using timeout = Timeout.startNew(1);
      expect(thrownBy(() => withSignal(signal, sleep, 100_000))).to.equal(timeout);
      expect(listenersOf(signal)).to.equal(0);
    }),
  );

  it(
    'nests: each throws its own reason, and of one signal for both the outer one',
    inGreenlet(() => {
      const outer = abortLater(2, 'outer');
      const inner = abortLater(1, 'inner');
      const results: unknown[] = [];
      const call = (): unknown =>
        withSignal(outer.signal, () => {
          results.push(thrownBy(() => withSignal(inner.signal, sleep, 100_000)));
          sleep(100_000);
        });
      results.push(thrownBy(call));
      expect(results).to.deep.equal(['inner', 'outer']);

      const { signal } = abortLater(1, 'both');
      let isCaught = false;
      const nested = (): unknown =>
        withSignal(signal, () => {
          try {
            withSignal(signal, sleep, 100_000);
          } catch (error) {
            isCaught = error === 'both';
            throw error;
          }
        });
      expect(thrownBy(nested)).to.equal('both');
      expect(isCaught).to.equal(false);
      expect(listenersOf(signal)).to.equal(0);
    }),
  );

  it(
    'ends hundreds of waits with one signal, by one listener',
    inGreenlet(() => {
      const controller = new AbortController();
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      const greenlets = Array.from({ length: 300 }, () =>
        spawn(() => thrownBy(() => withSignal(controller.signal, sleep, 100_000))),
      );
      sleep(1);
      expect(listenersOf(controller.signal)).to.equal(1);
      kill(greenlets[0]!);
      sleep(0);
      expect(listenersOf(controller.signal)).to.equal(1);
      controller.abort('all');
      expect(new Set(greenlets.slice(1).map((each) => each.get()))).to.deep.equal(new Set(['all']));
      expect(listenersOf(controller.signal)).to.equal(0);
      sleep(1);
      process.off('warning', onWarning);
      expect(warnings).to.deep.equal([]);
    }),
  );

  it(
    'keeps out of a shield that was put up inside, and not out of one around it',
    inGreenlet(() => {
      const { signal } = abortLater(1, 'late');
      const steps: string[] = [];
      const call = (): unknown =>
        withSignal(signal, () => {
          shield(() => sleep(5));
          steps.push('shielded');
          sleep(100_000);
        });
      expect(thrownBy(call)).to.equal('late');
      expect(steps).to.deep.equal(['shielded']);
      const { signal: inner } = abortLater(1, 'inside');
      expect(thrownBy(() => shield(() => withSignal(inner, sleep, 100_000)))).to.equal('inside');
    }),
  );

  it(
    'sticks, with sticky cancellation, until withSignal is left',
    inGreenlet(() => {
      const before = setStickyCancellation(true);
      try {
        const { signal } = abortLater(1, 'sticky');
        const call = (): unknown =>
          withSignal(signal, () => {
            for (let turn = 0; turn < 3; turn++) thrownBy(() => sleep(100_000));
            sleep(100_000);
          });
        expect(thrownBy(call)).to.equal('sticky');
        sleep(1);
      } finally {
        setStickyCancellation(before);
      }
    }),
  );

  it('is refused on the hub, which is never blocked, and does not call the function', async () => {
    let isCalled = false;
    const thrown = await new Promise((resolve) => {
      getHub().runCallback(() => {
        expect(getCurrent()).to.equal(getHub().greenlet);
        resolve(thrownBy(() => withSignal(new AbortController().signal, () => (isCalled = true))));
      });
    });
    expect(thrown).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
    expect(isCalled).to.equal(false);
  });
});
