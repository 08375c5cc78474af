import { expect } from 'chai';

import { getCurrent, RawGreenlet } from '../../../../src/index';

/**
 * A generator made of a greenlet: each `next()` makes the consumer its parent and resumes it, or the greenlet below it
 * that has sent a value past it.
 */
class Genlet<Value> extends RawGreenlet implements Iterable<Value> {
  #below: Genlet<Value> | undefined;

  constructor(body: () => void) {
    super(body);
  }

  // Not the genlet itself: an iterator's `throw` is something else than a greenlet's.
  [Symbol.iterator](): Iterator<Value, undefined> {
    return { next: () => this.next() };
  }

  next(): IteratorResult<Value, undefined> {
    const value = this.#resume();
    return this.dead ? { done: true, value: undefined } : { done: false, value: value as Value };
  }

  /** Notes that `below` is where to resume, as its value passes through this one. */
  passThrough(below: Genlet<Value>): void {
    this.#below = below;
  }

  #resume(): unknown {
    let innermost = this.#below;
    this.#below = undefined;
    if (innermost === undefined) {
      this.parent = getCurrent();
      return this.switch();
    }
    for (let next = innermost.#below; next !== undefined; next = next.#below) {
      innermost.#below = undefined;
      innermost = next;
    }
    return innermost.switch();
  }
}

/** Sends a value to the consumer of the running genlet, or of the genlet `level - 1` levels above it. */
function emit(value: unknown, level = 1): void {
  let greenlet: RawGreenlet | null = getCurrent();
  for (let remaining = level; remaining > 0; remaining--) {
    if (!(greenlet instanceof Genlet)) throw new Error('emit outside of a genlet');
    const below: Genlet<unknown> = greenlet;
    greenlet = below.parent;
    if (remaining > 1 && greenlet instanceof Genlet) greenlet.passThrough(below);
  }
  greenlet?.switch(value);
}

function permutations(list: readonly number[]): Genlet<number[]> {
  return new Genlet<number[]>(() => {
    if (list.length < 2) emit([...list]);
    else {
      for (const first of list) {
        for (const rest of permutations(list.filter((other) => other !== first))) emit([first, ...rest]);
      }
    }
  });
}

describe('RawGreenlet: generators', () => {
  it('case 49: values interleave with the consumer, who becomes the parent at each step', () => {
    const seen: number[] = [];
    const count = (end: number) =>
      new Genlet<number>(() => {
        for (let i = 0; i < end; i++) {
          seen.push(i);
          emit(i);
        }
      });
    for (let round = 0; round < 3; round++) for (const value of count(5)) seen.push(value);
    const once = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
    expect(seen).to.deep.equal([...once, ...once, ...once]);
  });

  it('case 49: a genlet can change its consumer between two steps', () => {
    const genlet = new Genlet<string>(() => ['a', 'b', 'c'].forEach((letter) => emit(letter)));
    const first = genlet.next();
    const second = new RawGreenlet(() => genlet.next()).switch();
    expect([first, second, genlet.next(), genlet.next()]).to.deep.equal([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
      { done: false, value: 'c' },
      { done: true, value: undefined },
    ]);
  });

  it('case 50: a value sent two levels up goes past the consumer in between', () => {
    const seen: number[] = [];
    const inner = new Genlet<number>(() => {
      for (let i = 1; i < 5; i++) {
        emit(i);
        emit(i * i, 2);
      }
    });
    const outer = new Genlet<number>(() => {
      for (const value of inner) seen.push(value);
    });
    for (const value of outer) seen.push(value);
    expect(seen).to.deep.equal([1, 1, 2, 4, 3, 9, 4, 16]);
    expect([inner.dead, outer.dead]).to.deep.equal([true, true]);
  });

  it('case 51: recursive genlets make all the permutations, each once', () => {
    const all = [...permutations([0, 1, 2, 3])];
    expect(all).to.have.length(24);
    expect(new Set(all.map(String)).size).to.equal(24);
    expect(all[0]).to.deep.equal([0, 1, 2, 3]);
    expect(all[23]).to.deep.equal([3, 2, 1, 0]);
  });

  it('case 51: two runs of one recursive genlet stay in step', () => {
    const short = permutations([0, 1, 2]);
    const long = permutations([0, 1, 2, 3]);
    const pairs: string[] = [];
    for (const value of short) pairs.push(`${String(long.next().value)} ${String(value)}`);
    expect(pairs).to.deep.equal([
      '0,1,2,3 0,1,2',
      '0,1,3,2 0,2,1',
      '0,2,1,3 1,0,2',
      '0,2,3,1 1,2,0',
      '0,3,1,2 2,0,1',
      '0,3,2,1 2,1,0',
    ]);
  });

  it('case 52: a native generator, a genlet and a genlet that emits from a nested call are alike', () => {
    const emitNested = (value: number) => emit(value);
    function* native(seen: number[]) {
      for (let i = 0; i < 5; i++) {
        seen.push(i + 1);
        yield i;
      }
    }
    const genletOver = (send: (value: number) => void) => (seen: number[]) =>
      new Genlet<number>(() => {
        for (let i = 0; i < 5; i++) {
          seen.push(i + 1);
          send(i);
        }
      });
    for (const make of [native, genletOver(emit), genletOver(emitNested)]) {
      const seen: number[] = [];
      for (let round = 0; round < 3; round++) for (const value of make(seen)) seen.push(value);
      const once = [1, 0, 2, 1, 3, 2, 4, 3, 5, 4];
      expect(seen).to.deep.equal([...once, ...once, ...once]);
    }
  });

  it('case 53: emitting outside of a genlet throws', () => {
    expect(() => emit(10)).to.throw('emit outside of a genlet');
    const greenlet = new RawGreenlet(() => emit(10));
    expect(() => greenlet.switch()).to.throw('emit outside of a genlet');
  });

  it('case 53: genlets nested in genlets come to their end', () => {
    const countDown = (from: number): Genlet<number> =>
      new Genlet<number>(() => {
        if (from === 0) return;
        for (const value of countDown(from - 1)) emit(value);
        emit(from);
      });
    expect([...countDown(5)]).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('an error of a genlet reaches its consumer of that moment', () => {
    const genlet = new Genlet<number>(() => {
      emit(1);
      throw new Error('of the genlet');
    });
    expect(genlet.next().value).to.equal(1);
    const consumer = new RawGreenlet(() => {
      try {
        return genlet.next();
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(consumer.switch()).to.equal('of the genlet');
  });
});
