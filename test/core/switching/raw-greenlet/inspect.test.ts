import { expect } from 'chai';
import { format, inspect } from 'node:util';

import { getCurrent, getMain, RawGreenlet } from '../../../../src/index';
import { finished, SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

/** The names of the functions in a stack trace, innermost first. */
function functionsOf(stack: string | undefined): (string | undefined)[] | undefined {
  return stack?.split('\n').map((line) => /^ {4}at (?:\w+\.)?(\w+) \(/.exec(line)?.[1]);
}

describe('RawGreenlet: inspection', () => {
  describe('inspect', () => {
    it('case 37: the main greenlet is current at the top', () => {
      expect(inspect(getMain())).to.equal('RawGreenlet { current main }');
    });

    it('case 37: the main greenlet is suspended while another runs', () => {
      expect(new RawGreenlet(() => inspect(getMain())).switch()).to.equal('RawGreenlet { suspended main }');
    });

    it('case 37: pending before the start, current and suspended after it, dead at the end', () => {
      const greenlet = new RawGreenlet(() => switchToParent(inspect(getCurrent())));
      expect(inspect(greenlet)).to.equal('RawGreenlet { pending }');
      expect(greenlet.switch()).to.equal('RawGreenlet { current }');
      expect(inspect(greenlet)).to.equal('RawGreenlet { suspended }');
      greenlet.switch();
      expect(inspect(greenlet)).to.equal('RawGreenlet { dead }');
    });

    it('a subclass shows by its name', () => {
      class Worker extends RawGreenlet {}
      expect(inspect(new Worker())).to.equal('Worker { pending }');
    });

    it('case 37: within other objects and in formatted text it is the same text', () => {
      for (const greenlet of [finished(), new RawGreenlet(), getCurrent()]) {
        const text = inspect(greenlet);
        expect(inspect({ greenlet })).to.equal(`{ greenlet: ${text} }`);
        expect(format('%O', greenlet)).to.equal(text);
        expect(`${greenlet}`).to.be.a('string');
      }
    });
  });

  describe('stack', () => {
    it('case 71: undefined for what is not suspended, text for what is', () => {
      const main = getMain();
      expect(main.stack).to.equal(undefined);
      const greenlet = new RawGreenlet(() => switchToParent([getCurrent().stack, main.stack]));
      expect(greenlet.stack).to.equal(undefined);
      const [own, ofMain] = greenlet.switch() as unknown[];
      expect(own).to.equal(undefined);
      expect(ofMain).to.be.a('string').that.is.not.empty;
      expect(greenlet.stack).to.be.a('string').that.is.not.empty;
      greenlet.switch();
      expect(greenlet.stack).to.equal(undefined);
    });

    it('case 34: innermost frame first, and the outermost is that of run, not that of who switched', () => {
      const main = getMain();
      function inner() {
        main.switch();
      }
      function outer() {
        inner();
      }
      function starter(greenlet: RawGreenlet) {
        greenlet.switch();
      }
      const greenlet = new RawGreenlet(outer);
      starter(greenlet);
      finished();
      expect(functionsOf(greenlet.stack)).to.deep.equal(['inner', 'outer']);
      expect(greenlet.stack).to.include(__filename);
    });

    it('case 13, rule "gr_frame": it follows the greenlet from switch to switch', () => {
      const main = getMain();
      function firstStop() {
        main.switch();
      }
      function secondStop() {
        main.switch();
      }
      const greenlet = new RawGreenlet(function body() {
        firstStop();
        secondStop();
        return 'meaning of life';
      });
      greenlet.switch();
      expect(functionsOf(greenlet.stack)).to.deep.equal(['firstStop', 'body']);
      greenlet.switch();
      expect(functionsOf(greenlet.stack)).to.deep.equal(['secondStop', 'body']);
      expect(greenlet.switch()).to.equal('meaning of life');
      expect(greenlet.stack).to.equal(undefined);
    });

    it('case 34: native calls in between are walked through, and the recursion goes on rightly', () => {
      const main = getMain();
      function recurse(depth: number): number {
        if (depth === 0) return main.switch() as number;
        return [depth].map((factor) => factor * recurse(depth - 1))[0] ?? NaN;
      }
      const greenlet = new RawGreenlet(() => recurse(5));
      greenlet.switch();
      const recursions = functionsOf(greenlet.stack)?.filter((name) => name === 'recurse');
      expect(recursions).to.have.length(6);
      expect(greenlet.stack).to.match(/ at Array\.map /);
      expect(greenlet.switch(10)).to.equal(1200);
    });

    it('looking at it neither resumes the greenlet nor changes what it will receive', () => {
      const greenlet = started(() => ['received', switchToParent()]);
      const failing = started(() => thrownBy(switchToParent));
      const looks = new RawGreenlet(() => [greenlet.stack, failing.stack, greenlet.stack]);
      const [first, second, third] = looks.switch() as string[];
      expect(first)
        .to.equal(third)
        .and.to.match(/ at switchToParent /);
      expect(second).to.match(/ at thrownBy /);
      const error = new SomeError();
      expect(failing.throw(error)).to.equal(error);
      expect(greenlet.switch('value')).to.deep.equal(['received', 'value']);
    });

    it('a formatter of stack traces set by the program neither sees nor changes it', () => {
      const greenlet = started(function body() {
        switchToParent();
      });
      const before = greenlet.stack;
      const original = Error.prepareStackTrace;
      try {
        Error.prepareStackTrace = () => 'formatted by the program';
        expect(greenlet.stack).to.equal(before);
        expect(new Error().stack).to.equal('formatted by the program');
      } finally {
        Error.prepareStackTrace = original;
      }
    });
  });
});
