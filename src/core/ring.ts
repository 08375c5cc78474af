/** How many slots there are to begin with; a power of two, as all later sizes are. */
const FEWEST = 16;
/** An empty ring gives back more slots than these. */
const KEPT = 1024;

/** Any number of items, first in, first out. The slots form a ring, so that neither end ever moves the rest. */
export class Ring<T> {
  #slots: Array<T | undefined> = new Array<T | undefined>(FEWEST);
  #head = 0;
  #length = 0;

  constructor(items: Iterable<T> = []) {
    for (const item of items) this.push(item);
  }

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item;
    this.#length++;
  }

  /** The item that `shift` would return. */
  peek(): T | undefined {
    return this.#slots[this.#head];
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length--;
    if (this.#length === 0 && this.#slots.length > KEPT) this.#release();
    return item;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.#length; index++) {
      yield this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T;
    }
  }

  #grow(): void {
    const slots = this.#slots.slice(this.#head).concat(this.#slots.slice(0, this.#head));
    slots.length *= 2;
    this.#slots = slots;
    this.#head = 0;
  }

  #release(): void {
    this.#slots = new Array<T | undefined>(FEWEST);
    this.#head = 0;
  }
}
