import { expect } from 'chai';

import { getCurrent, getMain, GreenletError, GreenletExit, RawGreenlet } from '../../../../src/index';
import { SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

describe('RawGreenlet: errors', () => {
  describe('on their way to the parent', () => {
    it('case 8: an error passes through the pending switch of each parent; the dead pair returns what it is sent', () => {
      const seen: unknown[] = [];
      const run = () => {
        try {
          switchToParent();
        } catch (error) {
          seen.push(error);
          throw error;
        }
        throw new SomeError('from the child');
      };
      const parent = started(run);
      const child = started(run);
      child.parent = parent;
      expect(seen).to.deep.equal([]);
      const error = thrownBy(() => child.switch());
      expect(error).to.be.instanceOf(SomeError);
      expect(seen).to.deep.equal([error]);
      expect([parent.dead, child.dead]).to.deep.equal([true, true]);
      expect([child.switch(), child.switch(25)]).to.deep.equal([undefined, 25]);
      expect(seen).to.have.length(1);
    });

    it('case 9: a child that throws raises its error at the pending switch of the parent it was given', () => {
      const seen: unknown[] = [];
      const greenlet = started(() => {
        try {
          switchToParent();
        } catch (error) {
          seen.push(error);
          throw error;
        }
      });
      const sent = new SomeError('sent');
      const crasher = new RawGreenlet((error: Error) => {
        throw error;
      }, greenlet);
      expect(thrownBy(() => crasher.switch(sent))).to.equal(sent);
      expect(seen).to.deep.equal([sent]);
    });

    it('rule "Uncaught error": it goes to the parent, whoever has switched into the greenlet', () => {
      const order: unknown[] = [];
      const parent = started(() => {
        try {
          switchToParent();
          return 'no error';
        } catch (error) {
          order.push(error);
          return 'the parent handles it';
        }
      });
      const failure = new SomeError();
      const child = new RawGreenlet(() => {
        throw failure;
      }, parent);
      const starter = new RawGreenlet(() => {
        try {
          order.push('starter begins');
          child.switch();
          order.push('starter goes on');
        } catch {
          order.push('starter sees the error');
        }
      });
      expect(starter.switch()).to.equal('the parent handles it');
      expect(order).to.deep.equal(['starter begins', failure]);
      expect([parent.dead, child.dead, starter.dead]).to.deep.equal([true, true, false]);
    });

    it('rule "Uncaught error": its stack shows the frames of the greenlet, not those of its starter', () => {
      function failing() {
        throw new SomeError();
      }
      function starter(greenlet: RawGreenlet) {
        return greenlet.switch();
      }
      const error = thrownBy(() => starter(new RawGreenlet(() => failing())));
      expect(error)
        .to.be.instanceOf(SomeError)
        .with.property('stack')
        .that.matches(/ at failing /);
      expect(error)
        .to.have.property('stack')
        .that.does.not.match(/ at starter /);
    });

    it('rule "Uncaught error": a value of every kind can be thrown, and arrives as it is', () => {
      for (const value of ['text', 0, undefined, null, { code: 'NOT_AN_ERROR' }]) {
        const greenlet = new RawGreenlet(() => {
          throw value;
        });
        expect(thrownBy(() => greenlet.switch())).to.equal(value);
        expect(greenlet.dead).to.equal(true);
      }
    });

    it('case 74: a thousand errors that cross two greenlets leave none of them alive', () => {
      const greenlets: RawGreenlet[] = [];
      for (let round = 0; round < 1000; round++) {
        const failure = new SomeError(String(round));
        const outer = new RawGreenlet(() => {
          const inner = new RawGreenlet(() => {
            throw failure;
          });
          greenlets.push(inner);
          return inner.switch();
        });
        greenlets.push(outer);
        expect(thrownBy(() => outer.switch())).to.equal(failure);
      }
      expect(greenlets.filter((greenlet) => !greenlet.dead)).to.have.length(0);
      expect(greenlets).to.have.length(2000);
    });
  });

  describe('inside a greenlet', () => {
    it('case 72: four interleaved greenlets each catch the error that they threw', () => {
      const greenlets = [0, 1, 2, 3].map((index) =>
        started(() => {
          try {
            switchToParent();
            throw new SomeError(String(index));
          } catch (error) {
            switchToParent();
            return (error as Error).message;
          }
        }),
      );
      for (const greenlet of greenlets) greenlet.switch();
      expect(greenlets.map((greenlet) => greenlet.switch())).to.deep.equal(['0', '1', '2', '3']);
    });

    it('case 16: an error being handled in one greenlet does not show in another', () => {
      const handled = new SomeError('being handled');
      const parent = new RawGreenlet(() => {
        try {
          throw handled;
        } catch (error) {
          const own = new RawGreenlet(() => new SomeError('made meanwhile')).switch();
          return [error, own];
        }
      });
      const [error, own] = parent.switch() as [Error, Error];
      expect(error).to.equal(handled);
      expect(own).to.have.property('message', 'made meanwhile');
      expect(own.cause).to.equal(undefined);
    });

    it('rule "Exception state": an error that arrives inside a catch block is not joined to the one being handled', () => {
      const first = new SomeError('first');
      const second = new SomeError('second');
      const greenlet = started(() => {
        try {
          throw first;
        } catch {
          switchToParent();
        }
      });
      expect(thrownBy(() => greenlet.throw(second))).to.equal(second);
      expect(second.cause).to.equal(undefined);
    });

    it('rule "Exception state": a finally block that switches away throws its error when it is resumed', () => {
      const failure = new SomeError();
      const greenlet = new RawGreenlet(() => {
        try {
          throw failure;
        } finally {
          expect(switchToParent('away')).to.equal('back');
        }
      });
      expect(greenlet.switch()).to.equal('away');
      expect(thrownBy(() => greenlet.switch('back'))).to.equal(failure);
      expect(greenlet.dead).to.equal(true);
    });

    it('endless recursion is a RangeError, and the greenlet can catch it', () => {
      const overflow = (): number => overflow() + 1;
      const greenlet = new RawGreenlet(() => {
        try {
          return overflow();
        } catch (error) {
          return error;
        }
      });
      expect(greenlet.switch()).to.be.instanceOf(RangeError);
      expect(thrownBy(() => new RawGreenlet(overflow).switch())).to.be.instanceOf(RangeError);
    });
  });

  describe('GreenletExit', () => {
    it('rule "GreenletExit": leaving run, the very instance becomes the value that the parent gets', () => {
      class Retired extends GreenletExit {}
      for (const exit of [new GreenletExit(), new Retired('with a reason')]) {
        const greenlet = new RawGreenlet(() => {
          throw exit;
        });
        expect(greenlet.switch()).to.equal(exit);
        expect(greenlet.dead).to.equal(true);
      }
    });

    it('rule "GreenletExit": it starts a parent that has not started, as a result does', () => {
      const parent = new RawGreenlet((...args: unknown[]) => ['the parent runs with', ...args]);
      const exit = new GreenletExit();
      const child = new RawGreenlet(() => {
        throw exit;
      }, parent);
      expect(child.switch()).to.deep.equal(['the parent runs with', exit]);
    });

    it('rule "GreenletExit": it is an error with a name and a code', () => {
      const exit = new GreenletExit('why');
      expect(exit).to.be.instanceOf(Error);
      expect(exit).to.include({ name: 'GreenletExit', message: 'why', code: 'ERR_UNBLOCK_GREENLET_EXIT' });
    });
  });

  it('rule "error": a misuse is a GreenletError, which is an error but no GreenletExit, and says what in its code', () => {
    const error = thrownBy(() => new RawGreenlet().switch());
    expect(error).to.be.instanceOf(GreenletError).and.to.be.instanceOf(Error);
    expect(error).not.to.be.instanceOf(GreenletExit);
    expect(error).to.include({ name: 'GreenletError', code: 'ERR_UNBLOCK_NO_RUN' });
    expect(getCurrent()).to.equal(getMain());
  });
});
