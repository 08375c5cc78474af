/** Says which of two comes first: below 0 the left one, above 0 the right one, 0 either. */
export type Comparator<T> = (left: T, right: T) => number;

/**
 * Compares as Python does: numbers, strings and whatever else `<` tells apart by value, arrays entry by entry. So
 * `[priority, data]` is sorted by the priority, and by the data only where that is the same.
 */
export function compareValues(left: unknown, right: unknown): number {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < left.length && index < right.length; index++) {
      const order = compareValues(left[index], right[index]);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  const [a, b] = [left as number, right as number];
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Any number of items, the least first. A comparator that throws leaves everything as it was: nothing is moved before
 * all has been compared.
 */
export class Heap<T> {
  readonly compare: Comparator<T>;
  readonly #items: T[] = [];

  constructor(items: Iterable<T> = [], compare: Comparator<T> = compareValues) {
    this.compare = compare;
    for (const item of items) this.push(item);
  }

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.length;
    while (index > 0 && this.compare(item, items[parentOf(index)]!) < 0) index = parentOf(index);
    let hole = items.length;
    for (; hole > index; hole = parentOf(hole)) items[hole] = items[parentOf(hole)]!;
    items[index] = item;
  }

  /** The item that `shift` would return. */
  peek(): T | undefined {
    return this.#items[0];
  }

  shift(): T | undefined {
    const items = this.#items;
    if (items.length < 2) return items.pop();
    let index = this.#placeOfLast();
    // Everything on the way from there to the top moves up by one.
    let item = items.pop()!;
    for (; index > 0; index = parentOf(index)) [item, items[index]] = [items[index]!, item];
    [item, items[0]] = [items[0]!, item];
    return item;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  // Where the last item belongs once the first is gone.
  #placeOfLast(): number {
    const items = this.#items;
    const last = items.length - 1;
    let index = 0;
    for (let child = 1; child < last; child = 2 * index + 1) {
      if (child + 1 < last && this.compare(items[child + 1]!, items[child]!) < 0) child++;
      if (this.compare(items[last]!, items[child]!) <= 0) break;
      index = child;
    }
    return index;
  }
}

function parentOf(index: number): number {
  return (index - 1) >> 1;
}
