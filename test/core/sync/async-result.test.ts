import { expect } from 'chai';
import { inspect } from 'node:util';

import { AsyncResult } from '../../../src/core/sync/async-result';
import { Timeout, withTimeout } from '../../../src/core/waiting/timeout';
import { sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, startGreenlet } from '../../support/in-greenlet';
import { describeWaitable } from '../../support/waitable-suite';

describe('AsyncResult', () => {
  describeWaitable(() => {
    const result = new AsyncResult<string>();
    return {
      waitable: result,
      makeReady: () => result.set('value'),
      wait: (timeout) => result.wait(timeout),
      result: 'value',
      late: undefined,
      linkCount: () => result.linkCount,
    };
  });

  it('has nothing to begin with', () => {
    const { value, exception } = new AsyncResult();
    const result = new AsyncResult();
    expect([value, exception, result.ready(), result.successful()]).to.deep.equal([undefined, undefined, false, false]);
  });

  it('keeps a value', () => {
    const result = new AsyncResult<number>();
    result.set(7);
    expect([result.ready(), result.successful(), result.value, result.exception]).to.deep.equal([
      true,
      true,
      7,
      undefined,
    ]);
    expect([result.get(), result.get({ block: false }), result.getNowait(), result.wait()]).to.deep.equal([7, 7, 7, 7]);
  });

  it('keeps undefined as a value', () => {
    const result = new AsyncResult<undefined>();
    result.set(undefined);
    expect([result.ready(), result.successful(), result.get()]).to.deep.equal([true, true, undefined]);
  });

  for (const exception of [new SomeError(), 'no error', undefined, null]) {
    it(`keeps ${String(exception)} as an exception, and throws that very thing each time`, () => {
      const result = new AsyncResult();
      result.setException(exception);
      expect([result.ready(), result.successful(), result.exception]).to.deep.equal([true, false, exception]);
      const thrown: unknown[] = [];
      for (const get of [() => result.get(), () => result.getNowait()]) {
        try {
          get();
        } catch (error) {
          thrown.push(error);
        }
      }
      expect(thrown).to.have.ordered.members([exception, exception]);
      expect(result.wait()).to.equal(undefined);
    });
  }

  it('returns the value once it is set after an exception, and before one', () => {
    const result = new AsyncResult<string>();
    const error = new SomeError();
    result.setException(error);
    result.set('value');
    expect([result.get(), result.successful(), result.exception]).to.deep.equal(['value', true, error]);
    result.setException(new SomeError());
    expect(result.get()).to.equal('value');
    result.set('other');
    expect(result.get()).to.equal('other');
  });

  it(
    'wakes all that wait, in get with the value and in wait as well',
    inGreenlet(() => {
      const result = new AsyncResult<string>();
      const results: unknown[] = [];
      startGreenlet(() => results.push(result.get()));
      startGreenlet(() => results.push(result.wait()));
      startGreenlet(() => results.push(result.get({ timeout: 1000 })));
      sleep(0);
      result.set('value');
      sleep(0);
      expect(results).to.deep.equal(['value', 'value', 'value']);
    }),
  );

  it(
    'throws the exception into get, and not into wait',
    inGreenlet(() => {
      const result = new AsyncResult();
      const error = new SomeError();
      const ends: unknown[] = [];
      startGreenlet(() => ends.push(thrownBy(() => result.get())));
      startGreenlet(() => ends.push(result.wait()));
      sleep(0);
      result.setException(error);
      sleep(0);
      expect(ends).to.have.ordered.members([error, undefined]);
    }),
  );

  it(
    'throws a Timeout from get when the time is over, with the stack of the caller',
    inGreenlet(() => {
      const result = new AsyncResult();
      const caller = (): unknown => result.get({ timeout: 2 });
      const thrown = thrownBy(caller) as Timeout;
      expect(thrown).to.be.an.instanceOf(Timeout).and.include({ milliseconds: 2, message: '2 milliseconds' });
      expect(thrown.stack).to.match(/^Timeout: 2 milliseconds\n    at caller /);
      expect(result.linkCount).to.equal(0);
    }),
  );

  it(
    'throws a Timeout at once from get if it may not block, and from getNowait',
    inGreenlet(() => {
      const result = new AsyncResult();
      let others = 0;
      startGreenlet(() => others++);
      for (const get of [() => result.get({ block: false, timeout: 1000 }), () => result.getNowait()]) {
        expect(thrownBy(get)).to.be.an.instanceOf(Timeout).and.include({ milliseconds: null, message: '' });
      }
      expect(others).to.equal(0);
      sleep(0);
    }),
  );

  it(
    'leaves a timeout around get to its owner',
    inGreenlet(() => {
      const result = new AsyncResult<string>();
      expect(withTimeout({ milliseconds: 2, timeoutValue: 'over' }, () => result.get())).to.equal('over');
      const error = new SomeError();
      Timeout.startNew(2, error);
      expect(thrownBy(() => result.get({ timeout: 1000 }))).to.equal(error);
    }),
  );

  it('takes over a value or an exception', () => {
    const source = new AsyncResult<number>();
    const [value, failure] = [new AsyncResult<number>(), new AsyncResult<number>()];
    source.set(1);
    value.setFrom(source);
    expect(value.get()).to.equal(1);
    const error = new SomeError();
    const failed = new AsyncResult<number>();
    failed.setException(error);
    failure.setFrom(failed);
    expect(failure.exception).to.equal(error);
  });

  it(
    'has the names of a future as well',
    inGreenlet(() => {
      const result = new AsyncResult<number>();
      expect([result.done(), result.cancel(), result.cancelled()]).to.deep.equal([false, false, false]);
      expect(thrownBy(() => result.result(1)))
        .to.be.an.instanceOf(Timeout)
        .and.include({ milliseconds: 1 });
      result.setResult(3);
      expect([result.done(), result.result()]).to.deep.equal([true, 3]);
    }),
  );

  const mistakes: ReadonlyArray<readonly [options: unknown, code: string]> = [
    [false, 'ERR_INVALID_ARG_TYPE'],
    [100, 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [{ block: 0 }, 'ERR_INVALID_ARG_TYPE'],
    [{ timeout: '1' }, 'ERR_INVALID_ARG_TYPE'],
    [{ timeout: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ blocking: false }, 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [options, code] of mistakes) {
    it(`refuses get(${JSON.stringify(options)}) with ${code}, ready or not`, () => {
      const result = new AsyncResult();
      const get = (): unknown => result.get(options as object);
      expect(thrownBy(get)).to.include({ code });
      result.set(1);
      expect(thrownBy(get)).to.include({ code });
    });
  }

  it('shows its state', () => {
    const result = new AsyncResult();
    expect(inspect(result)).to.equal('AsyncResult { unset, links: 0 }');
    result.set('v');
    expect(inspect(result)).to.equal(`AsyncResult { value: 'v', links: 0 }`);
    const failed = new AsyncResult();
    failed.setException(null);
    expect(inspect(failed)).to.equal('AsyncResult { exception: null, links: 0 }');
  });
});
