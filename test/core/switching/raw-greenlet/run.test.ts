import { expect } from 'chai';

import { getCurrent, getMain, RawGreenlet } from '../../../../src/index';
import { SomeError, started, subclassWithRun, switchToParent, thrownBy } from '../../../support/greenlets';
import { spawnSource } from '../../../support/spawn-script';

const hasNoRun = { name: 'GreenletError', code: 'ERR_UNBLOCK_NO_RUN' };
const hasStarted = { name: 'GreenletError', code: 'ERR_UNBLOCK_STARTED' };
const pending = { active: false, dead: false };

describe('RawGreenlet: run', () => {
  describe('what it is', () => {
    it('rule "run attr": it can be read and set before the start', () => {
      const run = () => 'first';
      const greenlet = new RawGreenlet(run);
      expect(greenlet.run).to.equal(run);
      greenlet.run = () => 'second';
      expect(greenlet.switch()).to.equal('second');
    });

    it('case 18, rule "run attr": after the start it can be neither read nor set, when dead too', () => {
      const greenlet = new RawGreenlet(() => thrownBy(() => getCurrent().run));
      expect(greenlet.switch()).to.include(hasStarted);
      const suspended = started(switchToParent);
      for (const one of [greenlet, suspended]) {
        expect(thrownBy(() => one.run)).to.include(hasStarted);
        expect(thrownBy(() => (one.run = () => 'other'))).to.include(hasStarted);
      }
      expect(suspended.switch('still the old one')).to.equal('still the old one');
    });

    it('case 2, rule "No run": switching throws in the caller, and the greenlet is usable once it has a run', () => {
      const greenlet = new RawGreenlet();
      expect(thrownBy(() => greenlet.run)).to.include(hasNoRun);
      const caller = new RawGreenlet(() => thrownBy(() => greenlet.switch()));
      expect(caller.switch()).to.include(hasNoRun);
      expect(greenlet).to.include(pending);
      greenlet.run = (value: number) => value + 1;
      expect(greenlet.switch(1)).to.equal(2);
    });

    it('case 3, rule "run=None": null is kept, and fails inside of the greenlet, so its parent gets the error', () => {
      const parent = started(() => thrownBy(switchToParent));
      const greenlet = new RawGreenlet(null, parent);
      expect(greenlet.run).to.equal(null);
      expect(greenlet.switch()).to.be.instanceOf(TypeError);
      expect([greenlet.dead, parent.dead]).to.deep.equal([true, true]);
    });

    it('a run that is neither a function nor null is refused', () => {
      const greenlet = new RawGreenlet(() => 'runs');
      for (const run of [5, 'text', {}, true]) {
        const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
        expect(thrownBy(() => Reflect.construct(RawGreenlet, [run]))).to.include(refused);
        expect(thrownBy(() => Reflect.set(greenlet, 'run', run))).to.include(refused);
      }
      expect(greenlet.switch()).to.equal('runs');
    });
  });

  describe('how it is looked up', () => {
    it('rule "run lookup": a subclass may define it as a method, called with the greenlet as this', () => {
      const Worker = subclassWithRun(function (...args) {
        return [this, this === getCurrent(), ...args];
      });
      const greenlet = new Worker();
      expect(greenlet.switch('a', 'b')).to.deep.equal([greenlet, true, 'a', 'b']);
    });

    it('a function given to the constructor is called with this = undefined', () => {
      const greenlet = new RawGreenlet(function (this: unknown) {
        return [this];
      });
      expect(greenlet.switch()).to.deep.equal([undefined]);
    });

    it('rule "run lookup": it happens at the first switch, in the greenlet that switches, and only then', () => {
      const lookups: RawGreenlet[] = [];
      const greenlet = new RawGreenlet();
      Object.defineProperty(greenlet, 'run', {
        get() {
          lookups.push(getCurrent());
          return () => switchToParent();
        },
      });
      expect(lookups).to.deep.equal([]);
      const starter = new RawGreenlet(() => greenlet.switch());
      greenlet.parent = starter;
      starter.switch();
      greenlet.switch();
      expect(lookups).to.have.length(1).and.to.include(starter);
    });

    it('rule "run lookup": an error of the lookup is thrown in the caller, and the greenlet is as before', () => {
      const failure = new SomeError();
      const Worker = subclassWithRun(() => 'runs');
      const greenlet = new Worker();
      Object.defineProperty(greenlet, 'run', {
        configurable: true,
        get() {
          throw failure;
        },
      });
      expect(thrownBy(() => greenlet.switch())).to.equal(failure);
      expect(greenlet).to.include(pending);
      Reflect.deleteProperty(greenlet, 'run');
      expect(greenlet.switch()).to.equal('runs');
    });
  });

  describe('a lookup of run that starts the greenlet itself', () => {
    /** A greenlet that is started with `first` by the lookup of its run. */
    function startedByLookup(first: unknown, run: (value: unknown) => unknown, parent?: RawGreenlet): RawGreenlet {
      const greenlet = new RawGreenlet(undefined, parent);
      let lookups = 0;
      Object.defineProperty(greenlet, 'run', {
        get() {
          if (lookups++ === 0) greenlet.switch(first);
          return run;
        },
      });
      return greenlet;
    }

    it('case 24: the inner start wins, and the outer switch becomes an ordinary one', () => {
      const received: unknown[] = [];
      const greenlet = startedByLookup(43, (value) => {
        received.push(value);
        for (;;) received.push(switchToParent(received.length));
      });
      expect(greenlet.switch(42)).to.equal(2);
      expect(received).to.deep.equal([43, 42]);
    });

    it('case 24: an outer throw becomes an ordinary one too', () => {
      const greenlet = startedByLookup('value', () => thrownBy(switchToParent));
      const error = new SomeError();
      expect(greenlet.throw(error)).to.equal(error);
    });

    it('case 24: if it has ended by then, the outer switch is one to a dead greenlet', () => {
      const greenlet = startedByLookup('inner', (value) => value);
      expect(greenlet.switch('outer')).to.equal('outer');
      expect(greenlet.dead).to.equal(true);
    });

    it('case 39: started already in the lookup, the exact order', () => {
      const main = getMain();
      const order: unknown[] = [];
      const a = new RawGreenlet((...args: unknown[]) => void order.push(['a begins', args]));
      const b: RawGreenlet = startedByLookup(
        'from the lookup',
        (value) => {
          order.push(['b begins', value]);
          order.push(['b resumed', main.switch('from b')]);
        },
        a,
      );
      const c = new RawGreenlet(() => {
        order.push('c begins');
        b.switch('from c');
        order.push('c ends');
      }, b);
      order.push(['main', c.switch()]);
      order.push(['main', c.switch()]);
      expect([a.dead, b.dead, c.dead]).to.deep.equal([true, true, false]);
      order.push(['main', c.switch()]);
      expect(c.dead).to.equal(true);
      expect(order).to.deep.equal([
        'c begins',
        ['b begins', 'from the lookup'],
        ['main', 'from b'],
        ['b resumed', 'from c'],
        ['a begins', [undefined]],
        ['main', undefined],
        'c ends',
        ['main', undefined],
      ]);
    });

    it('case 39: a child that finishes into such a parent passes its result on when the parent is dead by then', async () => {
      const { code, stdout, stderr } = await spawnSource(`
        const { RawGreenlet } = require('unblock');
        const parent = new RawGreenlet();
        let lookups = 0;
        Object.defineProperty(parent, 'run', {
          get() {
            if (lookups++ === 0) parent.switch('from the lookup');
            return (value) => value;
          },
        });
        const child = new RawGreenlet(() => 'the result', parent);
        console.log(JSON.stringify([child.switch(), parent.dead, child.switch(), child.dead]));
      `);
      expect(code, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.equal(['from the lookup', true, 'the result', true]);
    });
  });
});
