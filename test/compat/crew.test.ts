import { expect } from 'chai';

import { inCrew } from '../../compat/crew';

describe('inCrew', () => {
  it('does each in its order, and never more at a time than there are workers', async () => {
    const order: number[] = [];
    let running = 0;
    let most = 0;
    await inCrew([1, 2, 3, 4, 5], 2, async (n) => {
      order.push(n);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    });
    expect({ order, most, running }).to.deep.equal({ order: [1, 2, 3, 4, 5], most: 2, running: 0 });
  });

  it('ends with what one throws', async () => {
    const error = new Error('on purpose');
    const outcome = await inCrew([1, 2], 2, async () => Promise.reject(error)).catch((caught: unknown) => caught);
    expect(outcome).to.equal(error);
  });
});
