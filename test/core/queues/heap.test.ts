import { expect } from 'chai';

import { compareValues, Heap } from '../../../src/core/queues/heap';

/** Numbers that look random and are the same each time. */
function* numbers(count: number): Generator<number> {
  for (let value = 12345, index = 0; index < count; index++) {
    value = (value * 1103515245 + 12345) % 2 ** 31;
    yield value % 1000;
  }
}

describe('Heap', () => {
  it('gives what was pushed in ascending order, as much as it is', () => {
    for (const count of [0, 1, 2, 3, 10, 1000]) {
      const items = [...numbers(count)];
      const heap = new Heap(items);
      expect(heap.length).to.equal(count);
      const shifted = items.map(() => heap.shift());
      expect(shifted).to.deep.equal([...items].sort((a, b) => a - b));
      expect([heap.length, heap.shift(), heap.peek()]).to.deep.equal([0, undefined, undefined]);
    }
  });

  it('stays in order while it is pushed to and shifted from by turns', () => {
    const heap = new Heap<number>();
    const rest: number[] = [];
    for (const number of numbers(300)) {
      heap.push(number);
      rest.push(number);
      if (number % 3 !== 0) continue;
      rest.sort((a, b) => a - b);
      expect(heap.peek()).to.equal(rest[0]);
      expect(heap.shift()).to.equal(rest.shift());
    }
    expect([...heap].sort((a, b) => a - b)).to.deep.equal(rest.sort((a, b) => a - b));
  });

  it('is left as it was by a comparator that throws, at whichever comparison', () => {
    for (let patience = 0; patience < 8; patience++) {
      let left = Infinity;
      const heap = new Heap([...numbers(20)], (a, b) => {
        if (left-- === 0) throw new SyntaxError('broken');
        return a - b;
      });
      const before = [...heap];
      for (const change of [() => heap.push(-1), () => heap.shift()]) {
        left = patience;
        let hasFailed = false;
        try {
          change();
        } catch {
          hasFailed = true;
        }
        if (!hasFailed) break;
        expect([...heap]).to.deep.equal(before);
      }
    }
  });
});

describe('compareValues', () => {
  it('compares by value, and arrays entry by entry', () => {
    const ascending: ReadonlyArray<[left: unknown, right: unknown]> = [
      [1, 2],
      ['a', 'b'],
      [new Date(1), new Date(2)],
      [1n, 2],
      [[9], [10]],
      [
        [1, 'a'],
        [1, 'b'],
      ],
      [[1], [1, 0]],
      [
        [1, [2, 3]],
        [1, [2, 4]],
      ],
    ];
    for (const [left, right] of ascending) {
      expect(compareValues(left, right)).to.be.below(0);
      expect(compareValues(right, left)).to.be.above(0);
      expect(compareValues(left, left)).to.equal(0);
    }
    expect(compareValues([1, {}], [1, {}])).to.equal(0);
  });
});
