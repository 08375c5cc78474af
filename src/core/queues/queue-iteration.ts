/** Iteration over what greenlets get from each other. */
import { ShutDown } from '../errors';

/**
 * Put into a queue or a channel, it ends the iteration of whoever gets it. (`shutdown` ends that of all.)
 *
 * @example
 * const channel = new Channel<string | typeof StopIteration>();
 * spawn(() => { for (const word of channel) console.log(word); });
 * channel.put('hello');
 * channel.put(StopIteration);
 *
 * Source: the class `StopIteration`, which gevent uses for this.
 */
export const StopIteration: unique symbol = Symbol('StopIteration');

/** What an iteration gives: all but the sentinel. */
export type Iterated<T> = Exclude<T, typeof StopIteration>;

/** Where an iteration gets its items. */
interface Source<T> {
  get(): T;
}

/** Gets items, blocking, until there comes the sentinel or the source is shut down. */
export function itemsOf<T>(source: Source<T>): IterableIterator<Iterated<T>> {
  return {
    next: () => nextOf(source),
    [Symbol.iterator]() {
      return this;
    },
  };
}

function nextOf<T>(source: Source<T>): IteratorResult<Iterated<T>, undefined> {
  let item: T;
  try {
    item = source.get();
  } catch (error) {
    if (error instanceof ShutDown) return { done: true, value: undefined };
    throw error;
  }
  return item === StopIteration ? { done: true, value: undefined } : { done: false, value: item as Iterated<T> };
}
