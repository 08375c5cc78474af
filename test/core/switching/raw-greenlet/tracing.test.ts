import { expect } from 'chai';

import { getCurrent, getMain, getTrace, RawGreenlet, setTrace, type Tracer } from '../../../../src/index';
import { finished, SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

/** The names of greenlets in an expected list of events. */
const names = new Map<RawGreenlet, string>();

function named(name: string, greenlet: RawGreenlet): RawGreenlet {
  names.set(greenlet, name);
  return greenlet;
}

function describeEvent(...[event, origin, target]: Parameters<Tracer>): string {
  return `${event} ${names.get(origin)} > ${names.get(target)}`;
}

/** Everything that a tracer is told while `action` runs; what the action throws ends it, and is expected. */
function traced(action: () => unknown): string[] {
  const events: string[] = [];
  setTrace((...event) => void events.push(describeEvent(...event)));
  try {
    action();
  } catch (error) {
    if (!(error instanceof SomeError)) throw error;
  } finally {
    setTrace(undefined);
  }
  return events;
}

describe('RawGreenlet: tracing', () => {
  const main = named('main', getMain());
  const fail = () => {
    throw new SomeError();
  };

  beforeEach(() => named('main', main));

  afterEach(() => {
    setTrace(undefined);
    names.clear();
  });

  describe('setTrace', () => {
    it('rule "settrace": it returns the tracer before, getTrace the present one, and undefined clears it', () => {
      const first: Tracer = () => undefined;
      const second: Tracer = () => undefined;
      expect(getTrace()).to.equal(undefined);
      expect(setTrace(first)).to.equal(undefined);
      expect(setTrace(second)).to.equal(first);
      expect(getTrace()).to.equal(second);
      expect(setTrace(undefined)).to.equal(second);
      expect(getTrace()).to.equal(undefined);
    });

    it('case 47: setting the same tracer twice tells it of each switch once', () => {
      const events: string[] = [];
      const tracer: Tracer = (...event) => void events.push(describeEvent(...event));
      setTrace(tracer);
      expect(setTrace(tracer)).to.equal(tracer);
      named('g', new RawGreenlet(() => undefined)).switch();
      expect(events).to.have.length(2);
    });

    it('a tracer that clears itself is told no more', () => {
      let told = 0;
      setTrace(() => {
        told++;
        setTrace(undefined);
      });
      new RawGreenlet(() => undefined).switch();
      expect(told).to.equal(1);
    });
  });

  describe('events', () => {
    it('case 45: four of them for a child that returns and a child that throws', () => {
      const first = named('first', new RawGreenlet(() => undefined));
      const second = named('second', new RawGreenlet(fail));
      const events = traced(() => {
        first.switch();
        second.switch();
      });
      expect(events).to.deep.equal([
        'switch main > first',
        'switch first > main',
        'switch main > second',
        'throw second > main',
      ]);
    });

    it('rule "settrace": the tracer runs in the target, after the switch', () => {
      const told: boolean[] = [];
      setTrace((_event, origin, target) => told.push(getCurrent() === target && origin !== target));
      started(() => switchToParent()).switch();
      expect(told).to.deep.equal([true, true, true, true]);
    });

    it('rule "self-switch": it is told of as well, as a switch or as a throw', () => {
      expect(traced(() => main.switch(1))).to.deep.equal(['switch main > main']);
      expect(traced(() => main.throw(SomeError))).to.deep.equal(['throw main > main']);
    });

    it('rule "trace detail": what is thrown into a dead greenlet is a throw, but a GreenletExit is a switch', () => {
      const dead = finished();
      expect(traced(() => dead.switch())).to.deep.equal(['switch main > main']);
      expect(traced(() => dead.throw(SomeError))).to.deep.equal(['throw main > main']);
      expect(traced(() => dead.throw())).to.deep.equal(['switch main > main']);
    });

    it('rule "trace detail": a greenlet dies with a switch to its parent, of an error with a throw', () => {
      const killed = named('killed', started(switchToParent));
      expect(traced(() => killed.throw())).to.deep.equal(['throw main > killed', 'switch killed > main']);
      const failed = named('failed', started(switchToParent));
      expect(traced(() => failed.throw(SomeError))).to.deep.equal(['throw main > failed', 'throw failed > main']);
    });

    it('rule "trace detail": unstarted greenlets on the way of an error or a result are told of, one by one', () => {
      const family = () => {
        const parent = named('parent', new RawGreenlet((value: unknown) => value));
        return named('child', new RawGreenlet(() => 'result', parent));
      };
      const [first, second, third] = [family(), family(), family()];
      expect(traced(() => first.switch())).to.deep.equal([
        'switch main > child',
        'switch child > parent',
        'switch parent > main',
      ]);
      expect(traced(() => second.throw(SomeError))).to.deep.equal([
        'throw main > child',
        'throw child > parent',
        'throw parent > main',
      ]);
      expect(traced(() => third.throw())).to.deep.equal([
        'throw main > child',
        'switch child > parent',
        'switch parent > main',
      ]);
    });

    it('a switch that fails in the caller is not told of', () => {
      expect(traced(() => thrownBy(() => new RawGreenlet().switch()))).to.deep.equal([]);
    });
  });

  describe('a tracer that throws', () => {
    it('case 46, rule "trace errors": its error is raised in the target, and it is told no more', () => {
      const failure = new SomeError('of the tracer');
      let told = 0;
      const greenlet = started(() => thrownBy(() => switchToParent()));
      setTrace(() => {
        told++;
        throw failure;
      });
      expect(greenlet.switch('payload')).to.equal(failure);
      expect(getTrace()).to.equal(undefined);
      expect(told).to.equal(1);
    });

    it('case 46: uncaught in the target, it goes to the parent', () => {
      const greenlet = started(() => switchToParent());
      const failure = new SomeError('of the tracer');
      setTrace(() => {
        throw failure;
      });
      expect(thrownBy(() => greenlet.switch())).to.equal(failure);
      expect(greenlet.dead).to.equal(true);
    });

    it('rule "trace errors": it replaces an error in flight', () => {
      const failure = new SomeError('of the tracer');
      const greenlet = started(() => thrownBy(() => switchToParent()));
      setTrace(() => {
        throw failure;
      });
      expect(greenlet.throw(new SomeError('in flight'))).to.equal(failure);
    });

    it('rule "trace errors": at a first switch run is never called, and the greenlet dies', () => {
      const failure = new SomeError('of the tracer');
      const seen: string[] = [];
      const greenlet = new RawGreenlet(() => seen.push('runs'));
      setTrace(() => {
        throw failure;
      });
      expect(thrownBy(() => greenlet.switch())).to.equal(failure);
      expect(seen).to.deep.equal([]);
      expect(greenlet.dead).to.equal(true);
    });

    it('rule "trace errors": when a greenlet dies, it is raised in the parent in place of the result', () => {
      const failure = new SomeError('of the tracer');
      let told = 0;
      setTrace(() => {
        if (++told === 2) throw failure;
      });
      expect(thrownBy(() => new RawGreenlet(() => 'result').switch())).to.equal(failure);
      expect(getTrace()).to.equal(undefined);
    });

    it('rule "trace errors": in a switch to itself, it is raised in place', () => {
      const failure = new SomeError('of the tracer');
      setTrace(() => {
        throw failure;
      });
      expect(thrownBy(() => main.switch('value'))).to.equal(failure);
    });
  });
});
