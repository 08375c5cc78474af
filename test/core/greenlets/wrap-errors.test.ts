import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { wrapErrors } from '../../../src/core/greenlets/wrap-errors';
import { collectReports } from '../../support/error-reports';
import { SomeError } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('wrapErrors', () => {
  const reports = collectReports();
  const fail = (error: unknown): never => {
    throw error;
  };

  it('returns errors of a class, or of one of several, and what the function returns', () => {
    const error = new SomeError();
    expect(wrapErrors(SomeError, fail)(error)).to.equal(error);
    expect(wrapErrors([TypeError, SomeError], fail)(error)).to.equal(error);
    expect(wrapErrors(SomeError, (a: number, b: number) => a + b)(1, 2)).to.equal(3);
  });

  it('throws all others', () => {
    for (const thrown of [new Error(), 'text', undefined]) {
      let caught: unknown = 'nothing';
      try {
        wrapErrors([SomeError, TypeError], fail)(thrown);
      } catch (error) {
        caught = error;
      }
      expect(caught).to.equal(thrown);
    }
  });

  it('hands this on', () => {
    const object = {
      value: 5,
      read: wrapErrors(SomeError, function (this: { value: number }) {
        return this.value;
      } as () => number),
    };
    expect(object.read()).to.equal(5);
  });

  it(
    'lets a greenlet fail without a report',
    inGreenlet(() => {
      const error = new SomeError();
      expect(spawn(wrapErrors(SomeError, fail), error).get()).to.equal(error);
      expect(reports).to.be.empty;
    }),
  );

  it('refuses what is no class and what is no function', () => {
    for (const errors of [undefined, 'Error', {}, [SomeError, null]]) {
      expect(() => wrapErrors(errors as never, fail))
        .to.throw(TypeError)
        .with.property('code', 'ERR_INVALID_ARG_TYPE');
    }
    expect(() => wrapErrors(SomeError, undefined as never)).to.throw(TypeError);
  });
});
