import { expect } from 'chai';
import { EventEmitter, on } from 'node:events';
import { PassThrough, Readable } from 'node:stream';

import { iterate, iwait, kill, Pool, sleep, spawn, Timeout, toAsyncIterable, withTimeout } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** Counts upwards, and notes when it is closed. */
async function* count(log: string[], last = Infinity, milliseconds = 0): AsyncGenerator<number> {
  try {
    for (let number = 1; number <= last; number++) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      yield number;
    }
  } finally {
    await null;
    log.push('closed');
  }
}

describe('iterate', () => {
  it(
    'gives what an async generator yields, to its end',
    inGreenlet(() => {
      const log: string[] = [];
      expect([...iterate(count(log, 3))]).to.deep.equal([1, 2, 3]);
      expect(log).to.deep.equal(['closed']);
      expect([...iterate(count(log, 0), { timeout: 1000 })]).to.deep.equal([]);
    }),
  );

  it(
    'gives what comes out of a stream, and the promises of an iterable awaited',
    inGreenlet(() => {
      expect([...iterate(Readable.from(['a', 'b']))]).to.deep.equal(['a', 'b']);
      expect([...iterate([1, Promise.resolve(2)])]).to.deep.equal([1, 2]);
    }),
  );

  it(
    'closes the source when the loop is left, and waits for that',
    inGreenlet(() => {
      for (const leave of ['break', 'throw']) {
        const log: string[] = [];
        const error = new SomeError();
        try {
          for (const number of iterate(count(log))) {
            if (number < 2) continue;
            if (leave === 'break') break;
            throw error;
          }
        } catch (thrown) {
          expect(thrown).to.equal(error);
        }
        expect(log).to.deep.equal(['closed']);
      }
      const stream = new PassThrough();
      stream.write('x');
      for (const chunk of iterate(stream)) {
        expect(String(chunk)).to.equal('x');
        break;
      }
      expect(stream.destroyed).to.equal(true);
    }),
  );

  it(
    'throws what the source throws, and does not close it',
    inGreenlet(() => {
      let isClosed = false;
      const error = new SomeError();
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(error),
          return: () => {
            isClosed = true;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        }),
      };
      expect(thrownBy(() => [...iterate(source)])).to.equal(error);
      expect(isClosed).to.equal(false);
    }),
  );

  it(
    'has the source closed, without waiting, when the wait for an item is ended',
    inGreenlet(() => {
      const ends: ReadonlyArray<(emitter: EventEmitter) => unknown> = [
        (emitter) => [...iterate(on(emitter, 'event'), { timeout: 1 })],
        (emitter) => [...iterate(on(emitter, 'event'), { signal: AbortSignal.timeout(1) })],
        (emitter) => withTimeout(1, () => [...iterate(on(emitter, 'event'))]),
        (emitter) => {
          const greenlet = spawn(() => [...iterate(on(emitter, 'event'))]);
          sleep(0);
          expect(emitter.listenerCount('event')).to.equal(1);
          kill(greenlet);
          greenlet.join();
          throw new SomeError();
        },
      ];
      const errors = ends.map((end) => {
        const emitter = new EventEmitter();
        const error = thrownBy(() => end(emitter)) as Error;
        expect(emitter.listenerCount('event')).to.equal(0);
        return error.name;
      });
      expect(errors).to.deep.equal(['Timeout', 'TimeoutError', 'Timeout', 'Error']);
    }),
  );

  it(
    'has the limit for each item anew',
    inGreenlet(() => {
      expect([...iterate(count([], 5, 4), { timeout: 1000 })]).to.deep.equal([1, 2, 3, 4, 5]);
      const log: string[] = [];
      expect(thrownBy(() => [...iterate(count(log, 5, 20), { timeout: 1 })])).to.be.instanceOf(Timeout);
      sleep(50);
      expect(log).to.deep.equal(['closed']);
    }),
  );

  it('refuses what is not iterable, and wrong limits, before anything is begun', () => {
    for (const source of [undefined, null, 5, {}, Promise.resolve([])]) {
      expect(thrownBy(() => iterate(source as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }
    expect(thrownBy(() => iterate([], { timeout: NaN }))).to.include({ code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('toAsyncIterable', () => {
  it('lets an async function iterate over what blocks', async () => {
    const results: number[] = [];
    for await (const result of toAsyncIterable(new Pool(2).imap((n: number) => (sleep(1), n * n), [1, 2, 3]))) {
      results.push(result);
    }
    expect(results).to.deep.equal([1, 4, 9]);
    const greenlets = [spawn(sleep, 3), spawn(sleep, 1)];
    const ready: unknown[] = [];
    for await (const greenlet of toAsyncIterable(iwait(greenlets))) ready.push(greenlet);
    expect(ready).to.deep.equal([greenlets[1], greenlets[0]]);
  });

  it('closes the source, which may block for that, when the loop is left', async () => {
    const log: unknown[] = [];
    function* source(): Generator<number> {
      try {
        for (let number = 1; ; number++) {
          sleep(1);
          yield number;
        }
      } finally {
        sleep(1);
        log.push('closed');
      }
    }
    for await (const number of toAsyncIterable(source())) {
      log.push(number);
      if (number === 2) break;
    }
    expect(log).to.deep.equal([1, 2, 'closed']);
  });

  it('is rejected with what the source throws', async () => {
    const error = new SomeError();
    const source = {
      *[Symbol.iterator]() {
        yield 1;
        sleep(0);
        throw error;
      },
    };
    const items: unknown[] = [];
    try {
      for await (const item of toAsyncIterable(source)) items.push(item);
    } catch (thrown) {
      items.push(thrown);
    }
    expect(items).to.deep.equal([1, error]);
  });

  it('is left early without closing what cannot be closed', async () => {
    for await (const item of toAsyncIterable(new Set([1, 2]))) {
      expect(item).to.equal(1);
      break;
    }
  });

  it('refuses what is not iterable', () => {
    for (const source of [undefined, null, 5, {}]) {
      expect(thrownBy(() => toAsyncIterable(source as never))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }
  });
});
