import { expect } from 'chai';
import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks';

import { getMain, RawGreenlet } from '../../../src/index';
import { SomeError, started, switchToParent, thrownBy } from '../../support/greenlets';

interface Counter {
  id: number;
}

describe('RawGreenlet: async context', () => {
  const storage = new AsyncLocalStorage<Counter>();
  const id = () => storage.getStore()?.id;

  /** Four greenlets that count twice under the id they find, with the main greenlet counting in between. */
  function count(makeRun: (body: () => void, index: number) => () => void): { counts: number[]; found: unknown[] } {
    const counts = [0, 0, 0, 0, 0];
    const found: unknown[] = [];
    const tally = () => {
      const own = id();
      if (own !== undefined) counts[own] = (counts[own] ?? 0) + 1;
    };
    const greenlets = [1, 2, 3, 4].map((index) => {
      const body = () => {
        found.push(id());
        const step = () => {
          tally();
          switchToParent();
          tally();
          switchToParent();
        };
        if (index === id()) step();
        else storage.run({ id: index }, step);
      };
      return new RawGreenlet(makeRun(body, index));
    });
    for (let round = 0; round < 2; round++) {
      tally();
      for (const greenlet of greenlets) greenlet.switch();
    }
    for (const greenlet of greenlets) greenlet.switch();
    expect(greenlets.map((greenlet) => greenlet.dead)).to.deep.equal([true, true, true, true]);
    return { counts, found };
  }

  it('case 54: entered by run around the body, each greenlet keeps its own store', () => {
    storage.run({ id: 0 }, () => {
      const { counts, found } = count((body, index) => () => storage.run({ id: index }, body));
      expect(found).to.deep.equal([1, 2, 3, 4]);
      expect(counts).to.deep.equal([2, 2, 2, 2, 2]);
      expect(id()).to.equal(0);
    });
  });
});
