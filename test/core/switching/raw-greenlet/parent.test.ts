import { expect } from 'chai';

import { getCurrent, getMain, GreenletError, RawGreenlet } from '../../../../src/index';
import { finished, SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

const doNothing = () => undefined;

/** Sets the parent to something that may not be one. */
function setParent(greenlet: RawGreenlet, parent: unknown): void {
  Reflect.set(greenlet, 'parent', parent);
}

describe('RawGreenlet: parent', () => {
  describe('which it is', () => {
    it('case 3, rule "Construct": the greenlet that is current at construction, not at the first switch', () => {
      const main = getMain();
      expect(new RawGreenlet(doNothing).parent).to.equal(main);
      expect(new RawGreenlet(doNothing, undefined).parent).to.equal(main);
      const maker = new RawGreenlet(() => new RawGreenlet(() => 'made inside'));
      const made = maker.switch() as RawGreenlet;
      expect(made.parent).to.equal(maker);
      expect(made.switch()).to.equal('made inside');
    });

    it('rule "Construct": a parent that is no greenlet is refused', () => {
      for (const parent of [5, null, 'text', {}, doNothing, Object.create(RawGreenlet.prototype)]) {
        expect(() => Reflect.construct(RawGreenlet, [doNothing, parent]))
          .to.throw(TypeError)
          .with.property('code', 'ERR_INVALID_ARG_TYPE');
      }
    });

    it('case 36: the parent of the main greenlet is null', () => {
      expect(getMain().parent).to.equal(null);
    });
  });

  describe('rule "parent set"', () => {
    it('the parent can be set at any time, when dead too, and by the greenlet itself', () => {
      const parent = new RawGreenlet((value: unknown) => ['the new parent', value]);
      const greenlet = new RawGreenlet(() => {
        getCurrent().parent = parent;
        return 'result';
      });
      greenlet.parent = finished();
      expect(greenlet.switch()).to.deep.equal(['the new parent', 'result']);
      greenlet.parent = getMain();
      expect(greenlet.dead).to.equal(true);
      expect(greenlet.parent).to.equal(getMain());
    });

    it('case 36: what is no greenlet is refused and leaves the parent as it was', () => {
      const greenlet = new RawGreenlet(switchToParent);
      const refuseAll = () => {
        for (const wrong of [null, undefined, 1, '42', {}, RawGreenlet, Object.create(RawGreenlet.prototype)]) {
          expect(() => setParent(greenlet, wrong), String(wrong))
            .to.throw(TypeError)
            .with.property('code', 'ERR_INVALID_ARG_TYPE');
          expect(greenlet.parent).to.equal(getMain());
        }
      };
      refuseAll();
      greenlet.switch();
      refuseAll();
      greenlet.switch();
      expect(greenlet.dead).to.equal(true);
      refuseAll();
    });

    it('case 36: a greenlet cannot be its own parent', () => {
      const greenlet = new RawGreenlet(doNothing);
      expect(() => (greenlet.parent = greenlet))
        .to.throw(GreenletError, 'cyclic parent chain')
        .with.property('code', 'ERR_UNBLOCK_CYCLIC_PARENT');
      expect(greenlet.parent).to.equal(getMain());
    });

    it('case 36: a longer cycle of parents is refused too', () => {
      const [first, second, third] = [doNothing, doNothing, doNothing].map((run) => new RawGreenlet(run)) as [
        RawGreenlet,
        RawGreenlet,
        RawGreenlet,
      ];
      first.parent = second;
      second.parent = third;
      expect(() => (third.parent = first))
        .to.throw(GreenletError)
        .with.property('code', 'ERR_UNBLOCK_CYCLIC_PARENT');
      expect([first.parent, second.parent, third.parent]).to.deep.equal([second, third, getMain()]);
    });

    it('case 36: the main greenlet can have no parent, not even itself', () => {
      for (const parent of [getMain(), new RawGreenlet(doNothing)]) {
        expect(() => (getMain().parent = parent))
          .to.throw(GreenletError, 'cannot set the parent of a main greenlet')
          .with.property('code', 'ERR_UNBLOCK_MAIN_PARENT');
      }
      expect(getMain().parent).to.equal(null);
    });

    it('case 36: deleting the parent changes nothing', () => {
      const greenlet = new RawGreenlet(doNothing);
      Reflect.deleteProperty(greenlet, 'parent');
      Reflect.deleteProperty(getMain(), 'parent');
      expect([greenlet.parent, getMain().parent]).to.deep.equal([getMain(), null]);
    });
  });

  describe('what it receives', () => {
    it('case 31, rule "Unstarted P": a result starts the parent with the result as its one argument', () => {
      const parent = new RawGreenlet((...args: unknown[]) => [args, 24]);
      expect(new RawGreenlet(() => 42, parent).switch()).to.deep.equal([[42], 24]);
      const other = new RawGreenlet((...args: unknown[]) => args);
      expect(new RawGreenlet(doNothing, other).switch()).to.deep.equal([undefined]);
    });

    it('case 31: a parent that cannot make use of the result throws to its own parent', () => {
      const parent = new RawGreenlet((result: { deep: { value: number } }) => result.deep.value);
      expect(() => new RawGreenlet(() => 42, parent).switch()).to.throw(TypeError);
      expect(parent.dead).to.equal(true);
    });

    it('rule "Unstarted P": an error kills the parent without running it, and goes to the parent of that', () => {
      const order: string[] = [];
      const failure = new SomeError();
      const parent = new RawGreenlet(() => order.push('runs'));
      const child = new RawGreenlet(() => {
        throw failure;
      }, parent);
      expect(thrownBy(() => child.switch())).to.equal(failure);
      expect([child.dead, parent.dead]).to.deep.equal([true, true]);
      expect(order).to.deep.equal([]);
    });

    it('rule "Dead P": a result and an error skip dead parents', () => {
      const failure = new SomeError();
      const below = (ancestor: RawGreenlet, run: () => unknown) => {
        const between = finished();
        between.parent = ancestor;
        return new RawGreenlet(run, between);
      };
      const waiting = () => started(() => thrownBy(() => expect(switchToParent()).to.equal('no error')));
      expect(
        below(
          started(() => ['ancestor', switchToParent()]),
          () => 'result',
        ).switch(),
      ).to.deep.equal(['ancestor', 'result']);
      const failing = below(waiting(), () => {
        throw failure;
      });
      expect(failing.switch()).to.equal(failure);
    });

    it('case 33, rule "reparent dead": switching to a dead child starts its new, unstarted parent', () => {
      const seen: unknown[] = [];
      const child = started(() => seen.push('the child'));
      const parent = new RawGreenlet((...args: unknown[]) => {
        seen.push('the parent');
        return args;
      });
      child.parent = parent;
      expect(child.switch(1, 2)).to.deep.equal([1, 2]);
      expect(seen).to.deep.equal(['the child', 'the parent']);
      expect(parent.dead).to.equal(true);
    });
  });

  describe('a parent that cannot run', () => {
    it('case 21: finishing into a parent that has no run throws in the next ancestor', () => {
      const parent = new RawGreenlet();
      expect(() => new RawGreenlet(doNothing, parent).switch())
        .to.throw(GreenletError)
        .with.property('code', 'ERR_UNBLOCK_NO_RUN');
      expect([parent.dead, parent.active]).to.deep.equal([false, false]);

      const grandparent = started(() => thrownBy(switchToParent));
      const between = new RawGreenlet(undefined, grandparent);
      expect(new RawGreenlet(() => 'result', between).switch())
        .to.be.instanceOf(GreenletError)
        .with.property('code', 'ERR_UNBLOCK_NO_RUN');
      expect(grandparent.dead).to.equal(true);
    });

    it('case 21: an error into a parent that has no run is replaced by the one about run', () => {
      const child = new RawGreenlet(() => {
        throw new SomeError();
      }, new RawGreenlet());
      expect(() => child.switch())
        .to.throw(GreenletError)
        .with.property('code', 'ERR_UNBLOCK_NO_RUN');
    });

    it('case 32: a parent whose lookup of run throws lets its error surface at each attempt', () => {
      const failure = new SomeError();
      const parent = new RawGreenlet();
      let lookups = 0;
      Object.defineProperty(parent, 'run', {
        get() {
          lookups++;
          throw failure;
        },
      });
      const seen: string[] = [];
      const child = new RawGreenlet(() => seen.push('the child'), parent);
      expect(thrownBy(() => child.switch())).to.equal(failure);
      expect(thrownBy(() => child.switch())).to.equal(failure);
      expect(seen).to.deep.equal(['the child']);
      expect(lookups).to.equal(2);
      expect(parent.dead).to.equal(false);
    });
  });
});
