import { expect } from 'chai';

import { identOf } from '../../../src/core/switching/ident';
import { runCollecting } from '../../support/collect';
import { declareCore } from '../../support/core-script';

describe('identOf', () => {
  it('gives an object the same number each time, and each object another', () => {
    const [first, second] = [{}, {}];
    expect(identOf(first)).to.equal(identOf(first));
    expect(identOf(second)).not.to.equal(identOf(first));
    expect(identOf(first)).to.be.at.least(0);
  });

  it('gives the number of a collected object again, the smallest first', async () => {
    const idents = await runCollecting(`
      ${declareCore}
      const { identOf } = core('switching/ident');
      const kept = {};
      (() => { for (let i = 0; i < 5; i++) identOf({}); identOf(kept); })();
      let again;
      await collect(() => (again = identOf({})) < 5);
      return [identOf(kept), again, identOf({}) > again];
    `);
    expect(idents).to.deep.equal([5, 0, true]);
  });
});
