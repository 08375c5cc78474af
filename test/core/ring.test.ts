import { expect } from 'chai';

import { Ring } from '../../src/core/ring';

describe('Ring', () => {
  it('gives what was pushed, first in, first out, over any number of rounds', () => {
    const ring = new Ring<number>();
    let [pushed, shifted] = [0, 0];
    for (let round = 1; round < 60; round++) {
      for (let push = 0; push < round; push++) ring.push(pushed++);
      for (let shift = 0; shift < round - 1; shift++) {
        expect(ring.peek()).to.equal(shifted);
        expect(ring.shift()).to.equal(shifted++);
      }
      expect(ring.length).to.equal(pushed - shifted);
      expect([...ring]).to.deep.equal(Array.from({ length: pushed - shifted }, (_, index) => shifted + index));
    }
  });

  it('has nothing when it is empty', () => {
    const ring = new Ring([1]);
    expect([ring.shift(), ring.shift(), ring.peek(), ring.length]).to.deep.equal([1, undefined, undefined, 0]);
  });

  it('goes on after it was large', () => {
    const ring = new Ring<number>();
    for (let round = 0; round < 2; round++) {
      for (let item = 0; item < 3000; item++) ring.push(item);
      for (let item = 0; item < 3000; item++) expect(ring.shift()).to.equal(item);
      expect(ring.length).to.equal(0);
    }
    expect([...new Ring([1, 2])]).to.deep.equal([1, 2]);
  });
});
