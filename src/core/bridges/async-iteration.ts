/** Crossings between iterations that await and iterations that block. None has a twin in gevent. */
import { invalidArgType } from '../errors';
import { spawnRaw } from '../greenlets/spawn';
import { checkWaitLimits, type WaitLimits } from './abort-signal';
import { follow, getOutcome, waitPromise } from './bridge';

/**
 * Iterates over what comes asynchronously, in a straight line: a `for await` that works in any function. If the loop is left
 * early the source is closed, as `for await` does; if a wait for an item is ended by a kill, a timeout or a signal, it is told
 * to close as soon as it can.
 *
 * @param source an async iterable, such as a stream; or an iterable, the promises in which are awaited
 * @param limits for each item, `timeout`: how long to wait for it, in milliseconds; `signal`: ends a wait when it is aborted
 * @throws what the source throws; {Timeout} if an item does not come in time; the reason of the signal; {TypeError}
 *   ERR_INVALID_ARG_TYPE for what is not iterable; {BlockingSwitchOutError} where waiting is not possible
 * @example for (const line of iterate(readline.createInterface({ input }))) console.log(line);
 *
 * Has no twin in gevent.
 */
export function iterate<T>(
  source: AsyncIterable<T> | Iterable<PromiseLike<T> | T>,
  limits?: WaitLimits,
): IterableIterator<T> {
  const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = (source ?? {}) as Partial<
    AsyncIterable<T> & Iterable<T>
  >;
  if (typeof async !== 'function' && typeof sync !== 'function') {
    throw invalidArgType('source', 'an async iterable or an iterable', source);
  }
  checkWaitLimits(limits);
  return itemsOf(typeof async === 'function' ? (source as AsyncIterable<T>) : awaitEach(source as Iterable<T>), limits);
}

async function* awaitEach<T>(source: Iterable<PromiseLike<T> | T>): AsyncGenerator<T, void> {
  yield* source;
}

function* itemsOf<T>(source: AsyncIterable<T>, limits: WaitLimits | undefined): Generator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = nextOf(iterator, limits);
    if (done === true) return;
    let isTaken = false;
    try {
      yield value;
      isTaken = true;
    } finally {
      if (!isTaken && iterator.return !== undefined) waitPromise(iterator.return());
    }
  }
}

function nextOf<T>(iterator: AsyncIterator<T>, limits: WaitLimits | undefined): IteratorResult<T, unknown> {
  const next = follow(Promise.resolve(iterator.next()));
  let isOver = false;
  try {
    const result = getOutcome(next, limits ?? {}, nextOf);
    isOver = true;
    return result;
  } catch (error) {
    // What has failed by itself is closed.
    isOver = next.exception === error;
    throw error;
  } finally {
    // Behind the item on which it may still work, so for that nobody waits.
    if (!isOver && iterator.return !== undefined) follow(Promise.resolve(iterator.return()));
  }
}

/**
 * Makes an async iterable of one that blocks, for `for await`: the results of `pool.imap`, what `iwait` yields, a generator
 * that waits between its items. Each item is waited for in a greenlet of its own.
 *
 * @param source the iterable
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is not iterable
 * @example for await (const page of toAsyncIterable(pool.imap(fetchPage, paths))) index(page);
 *
 * Has no twin in gevent.
 */
export function toAsyncIterable<T>(source: Iterable<T>): AsyncIterableIterator<T, unknown> {
  if (typeof source?.[Symbol.iterator] !== 'function') throw invalidArgType('source', 'iterable', source);
  const iterator: Iterator<T, unknown> = source[Symbol.iterator]();
  return {
    next: () => inGreenlet(() => iterator.next()),
    return: (value) => inGreenlet(() => iterator.return?.(value) ?? { done: true, value }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function inGreenlet<T>(run: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    spawnRaw(() => {
      try {
        resolve(run());
      } catch (error) {
        reject(error);
      }
    });
  });
}
