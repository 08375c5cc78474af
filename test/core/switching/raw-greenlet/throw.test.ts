import { expect } from 'chai';

import { getCurrent, getMain, GreenletError, GreenletExit, RawGreenlet } from '../../../../src/index';
import { finished, SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

/** A suspended greenlet that returns `prefix` and whatever is thrown into it or sent to it. */
function catching(prefix: string, parent?: RawGreenlet): RawGreenlet {
  const main = getCurrent();
  return started(() => {
    try {
      return [prefix, 'received', main.switch()];
    } catch (error) {
      return [prefix, 'caught', error];
    }
  }, parent);
}

describe('RawGreenlet: throw', () => {
  describe('rule "throw(type, value)": what can be thrown', () => {
    it('case 40: a class of errors is instantiated and can be caught', () => {
      const greenlet = started(() => {
        try {
          switchToParent();
        } catch (error) {
          return error;
        }
        return 'nothing was thrown';
      });
      expect(greenlet.throw(SomeError)).to.be.instanceOf(SomeError).with.property('message', '');
    });

    it('case 41: an instance arrives as it is, and the arguments of a class reach its constructor', () => {
      class Coded extends SomeError {
        constructor(
          message: string,
          readonly code: number,
        ) {
          super(message);
        }
      }
      const instance = new SomeError('ciao');
      expect(catching('g').throw(instance)).to.deep.equal(['g', 'caught', instance]);
      const [, how, error] = catching('g').throw(Coded, 'ciao', 7) as unknown[];
      expect(how).to.equal('caught');
      expect(error).to.be.instanceOf(Coded).and.to.include({ message: 'ciao', code: 7 });
    });

    it('case 42: without arguments it is a new GreenletExit, which ends the greenlet and is returned', () => {
      const greenlet = started(() => {
        switchToParent();
        return 'not reached';
      });
      expect(greenlet.throw()).to.be.instanceOf(GreenletExit);
      expect(greenlet.dead).to.equal(true);
      expect(greenlet.throw()).to.be.instanceOf(GreenletExit);
    });

    it('case 44: what is neither an error nor a class of errors is refused before any switch', () => {
      const greenlet = catching('untouched');
      const refused: readonly unknown[] = ['abc', 1, null, {}, () => undefined, class Plain {}, Promise];
      for (const value of refused) {
        expect(() => Reflect.apply(greenlet.throw, greenlet, [value]), String(value))
          .to.throw(TypeError)
          .with.property('code', 'ERR_INVALID_ARG_TYPE');
      }
      expect(greenlet.active).to.equal(true);
      expect(greenlet.switch('value')).to.deep.equal(['untouched', 'received', 'value']);
    });

    it('case 44: an instance cannot have arguments of its own', () => {
      const greenlet = catching('untouched');
      expect(() => greenlet.throw(new SomeError(), 'a separate value')).to.throw(TypeError);
      expect(greenlet.switch('value')).to.deep.equal(['untouched', 'received', 'value']);
    });
  });

  describe('where it arrives', () => {
    it('case 43: thrown into an unstarted child of an unstarted parent, it ends both and reaches the thrower', () => {
      const order: string[] = [];
      const parent = new RawGreenlet(() => order.push('the parent runs'));
      const child = new RawGreenlet(() => order.push('the child runs'), parent);
      const error = new SomeError();
      expect(thrownBy(() => child.throw(error))).to.equal(error);
      expect([child.dead, parent.dead]).to.deep.equal([true, true]);
      expect(order).to.deep.equal([]);
    });

    it('case 43: thrown into an unstarted child of a suspended parent, the parent can catch it', () => {
      const parent = catching('the parent');
      const child = new RawGreenlet(() => 'not reached', parent);
      const error = new SomeError();
      expect(child.throw(error)).to.deep.equal(['the parent', 'caught', error]);
      expect([child.dead, parent.dead]).to.deep.equal([true, true]);
    });

    it('case 43: thrown into a suspended child of a suspended parent, the parent can catch it', () => {
      const main = getCurrent();
      const parent = catching('the parent');
      const child = new RawGreenlet(() => main.switch('from the child'), parent);
      expect(child.switch()).to.equal('from the child');
      const error = new SomeError();
      expect(child.throw(error)).to.deep.equal(['the parent', 'caught', error]);
      expect([child.dead, parent.dead]).to.deep.equal([true, true]);
    });

    it('rule "throw, suspended": raised at the pending switch; the thrower gets what is next sent to it', () => {
      const error = new SomeError();
      const greenlet = started(() => {
        try {
          switchToParent();
        } catch (caught) {
          return [caught, switchToParent('goes on')];
        }
        return 'nothing was thrown';
      });
      expect(greenlet.throw(error)).to.equal('goes on');
      expect(greenlet.dead).to.equal(false);
      expect(greenlet.switch('end')).to.deep.equal([error, 'end']);
    });

    it('rule "throw, suspended": a thrower whose greenlet goes elsewhere waits for a switch like any other', () => {
      const main = getMain();
      const greenlet = started(() => {
        try {
          main.switch();
        } catch {
          main.switch('straight to main');
        }
      });
      const thrower = new RawGreenlet(() => greenlet.throw(SomeError));
      expect(thrower.switch()).to.equal('straight to main');
      expect(thrower.dead).to.equal(false);
      expect(thrower.switch('resumed')).to.equal('resumed');
    });

    it('rule "throw, unstarted": run is never called, the greenlet is dead, and its parent gets the error', () => {
      const order: string[] = [];
      const greenlet = new RawGreenlet(() => order.push('runs'));
      const error = new SomeError();
      expect(thrownBy(() => greenlet.throw(error))).to.equal(error);
      expect(greenlet.dead).to.equal(true);
      expect(order).to.deep.equal([]);
    });

    it('rule "throw, unstarted": a GreenletExit is returned by the parent, as from a greenlet that has run', () => {
      const exit = new GreenletExit();
      expect(new RawGreenlet(() => 'not reached').throw(exit)).to.equal(exit);
      const parent = catching('the parent');
      expect(new RawGreenlet(() => 'not reached', parent).throw(exit)).to.deep.equal(['the parent', 'received', exit]);
    });

    it('rule "throw, self": raised right there, GreenletExit too, and in the main greenlet too', () => {
      const error = new SomeError();
      expect(thrownBy(() => getMain().throw(error))).to.equal(error);
      expect(thrownBy(() => getMain().throw())).to.be.instanceOf(GreenletExit);
      const greenlet = new RawGreenlet(() => ['caught in place', thrownBy(() => getCurrent().throw(error))]);
      expect(greenlet.switch()).to.deep.equal(['caught in place', error]);
      expect(getMain().dead).to.equal(false);
    });

    it('rule "throw, dead": an error is raised in the nearest live ancestor', () => {
      const error = new SomeError();
      const dead = finished();
      expect(thrownBy(() => dead.throw(error))).to.equal(error);
      dead.parent = catching('the ancestor');
      expect(dead.throw(error)).to.deep.equal(['the ancestor', 'caught', error]);
    });

    it('rule "throw, dead": a GreenletExit is returned by the nearest live ancestor', () => {
      class Retired extends GreenletExit {}
      const exit = new Retired();
      const dead = finished();
      expect(dead.throw(exit)).to.equal(exit);
      dead.parent = catching('the ancestor');
      expect(dead.throw(exit)).to.deep.equal(['the ancestor', 'received', exit]);
    });

    it('rule "throw, dead": an ancestor that has not started dies of an error without having run', () => {
      const order: string[] = [];
      const dead = finished();
      const ancestor = new RawGreenlet(() => order.push('runs'));
      dead.parent = ancestor;
      const error = new SomeError();
      expect(thrownBy(() => dead.throw(error))).to.equal(error);
      expect(ancestor.dead).to.equal(true);
      expect(order).to.deep.equal([]);
    });
  });

  describe('a greenlet without run', () => {
    it('case 2: throwing into it throws, in the caller, the error about run in place of the given one', () => {
      const greenlet = new RawGreenlet();
      expect(() => greenlet.throw(new SomeError()))
        .to.throw(GreenletError, /run/)
        .with.property('code', 'ERR_UNBLOCK_NO_RUN');
      expect([greenlet.dead, greenlet.active]).to.deep.equal([false, false]);
    });

    it('case 22: a lookup of run that handles an error of its own does not lose the thrown one', () => {
      const greenlet = new RawGreenlet();
      Object.defineProperty(greenlet, 'run', {
        get() {
          try {
            throw new Error('handled by the lookup');
          } catch {
            return () => 'not reached';
          }
        },
      });
      const error = new SomeError();
      expect(thrownBy(() => greenlet.throw(error))).to.equal(error);
      expect(greenlet.dead).to.equal(true);
    });
  });

  describe('a greenlet that catches GreenletExit', () => {
    it('rule "Catching it": it may return a value of its own', () => {
      const exit = new GreenletExit();
      expect(catching('g').throw(exit)).to.deep.equal(['g', 'caught', exit]);
    });

    it('rule "Catching it": it may throw something else, which is an error like any other', () => {
      const replacement = new SomeError();
      const greenlet = started(() => {
        try {
          switchToParent();
        } catch {
          throw replacement;
        }
      });
      expect(thrownBy(() => greenlet.throw())).to.equal(replacement);
      expect(greenlet.dead).to.equal(true);
    });

    it('rule "Catching it": it may go on for ever, and the thrower gets what it sends', () => {
      const greenlet = started(() => {
        for (let exits = 1; ; exits++) {
          try {
            switchToParent();
          } catch (error) {
            if (error instanceof SomeError) return 'done';
            switchToParent(`survived ${exits}`);
          }
        }
      });
      expect(greenlet.throw()).to.equal('survived 1');
      greenlet.switch();
      expect(greenlet.throw()).to.equal('survived 2');
      expect(greenlet.dead).to.equal(false);
      greenlet.switch();
      expect(greenlet.throw(SomeError)).to.equal('done');
    });
  });
});
