import { expect } from 'chai';

import { livingGreenlets } from '../../../src/core/switching/living';
import { getCurrent, getMain, RawGreenlet } from '../../../src/index';
import { started, switchToParent } from '../../support/greenlets';

const isKnown = (greenlet: RawGreenlet): boolean => [...livingGreenlets().values()].includes(greenlet);

describe('the living greenlets', () => {
  it('are those that have started and not finished, except the main one', () => {
    const greenlet = new RawGreenlet(() => {
      expect(isKnown(getCurrent())).to.equal(true);
      switchToParent();
    });
    expect(isKnown(greenlet)).to.equal(false);
    greenlet.switch();
    expect(isKnown(greenlet)).to.equal(true);
    greenlet.switch();
    expect(isKnown(greenlet)).to.equal(false);
    expect(isKnown(getMain())).to.equal(false);
  });

  it('are known by the stacks they live on: the next one on the same stack takes the place of the last', () => {
    const first = started(() => switchToParent());
    const stack = [...livingGreenlets()].find(([, greenlet]) => greenlet === first)![0];
    first.switch();
    const second = started(() => switchToParent());
    expect(livingGreenlets().get(stack)).to.equal(second);
    second.switch();
  });

  it('have one that is started in place of another, on the stack of that', () => {
    const heir = new RawGreenlet(() => isKnown(heir));
    const child = new RawGreenlet(() => undefined, heir);
    expect(child.switch()).to.equal(true);
    expect([child, heir].some(isKnown)).to.equal(false);
  });
});
