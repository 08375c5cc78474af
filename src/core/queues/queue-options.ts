import { checkOptions } from '../argument-checks';
import { invalidArgType, outOfRange } from '../argument-errors';

/** What a queue is made of. */
export interface QueueOptions<T> {
  /** What it holds to begin with. */
  items?: Iterable<T>;
}

/** The bound that a `maxsize` means: Infinity for none. */
export function toBound(maxsize: unknown): number {
  if (maxsize === undefined || maxsize === null) return Infinity;
  if (typeof maxsize !== 'number') throw invalidArgType('maxsize', 'a number, null or undefined', maxsize);
  if (maxsize === Infinity) return Infinity;
  if (!Number.isInteger(maxsize)) throw outOfRange('maxsize', 'a whole number or Infinity', maxsize);
  if (maxsize === 0) process.emitWarning('A queue of maxsize 0 has no bound; what holds nothing is a Channel');
  return maxsize > 0 ? maxsize : Infinity;
}

/** Throws for what cannot be options, such as the items, which upstream has in their place. */
export function checkQueueOptions(options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Symbol.iterator in options) {
    throw invalidArgType('options', 'an object, with the items as { items }', options);
  }
  checkOptions(options, names);
}
