import { expect } from 'chai';

import { binding } from '../../../src/core/binding';
import { carry, SUSPENDED } from '../../../src/core/hub/carrier';
import { surveyGreenlets } from '../../../src/core/seeing/greenlet-survey';
import { getCurrent, getHub, getMain, GreenletExit, Local, RawGreenlet, setTrace, sleep } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { runInGreenlet } from '../../support/in-greenlet';

const call = (callback: () => unknown): unknown => carry(callback, undefined, []);

describe('a carrier', () => {
  it('calls the callback with its this and its arguments, and returns what it returns', () => {
    const self = {};
    const callback = function (this: unknown, ...args: unknown[]): unknown {
      return [this === self, ...args];
    };
    expect(carry(callback, self, [1, 2])).to.deep.equal([true, 1, 2]);
    expect(carry(callback, self, [3])).to.deep.equal([true, 3]);
  });

  it('throws what the callback throws; a GreenletExit is its value', () => {
    const error = new SomeError();
    const exit = new GreenletExit();
    const raise = (thrown: unknown) => () => {
      throw thrown;
    };
    expect(thrownBy(() => call(raise(error)))).to.equal(error);
    expect(call(raise(exit))).to.equal(exit);
    expect(thrownBy(() => call(raise(undefined)))).to.equal(undefined);
    expect(call(() => 'after that')).to.equal('after that');
  });

  it('says that a callback has blocked, and lets it end later', async () => {
    let end: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const result = call(() => {
      sleep(1);
      end();
    });
    expect(result).to.equal(SUSPENDED);
    await ended;
  });

  it('says that a callback has blocked which switches to the hub by itself', () => {
    let greenlet: RawGreenlet | undefined;
    const result = call(() => {
      greenlet = getCurrent();
      getMain().switch('elsewhere');
    });
    expect(result).to.equal(SUSPENDED);
    greenlet!.switch();
    expect(greenlet!.dead).to.equal(true);
  });

  it('carries callbacks within callbacks', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 'bottom' : call(() => [nest(depth - 1)]));
    expect(nest(3)).to.deep.equal([[['bottom']]]);
    expect(nest(3)).to.deep.equal([[['bottom']]]);
  });

  it('gives control back to the greenlet whose C++ has called, when the callback blocks', async () => {
    const log: string[] = [];
    await runInGreenlet(() => {
      const result = call(() => {
        sleep(1);
        log.push('callback');
      });
      log.push(result === SUSPENDED ? 'caller' : 'too late');
      while (log.length < 2) sleep(1);
    });
    expect(log).to.deep.equal(['caller', 'callback']);
  });

  it('is a greenlet of its own for every callback that asks which one it is', () => {
    const greenlets = [1, 2, 3].map(() => call(() => getCurrent()) as RawGreenlet);
    expect(new Set(greenlets)).to.have.lengthOf(3);
    expect(greenlets.map((greenlet) => greenlet.dead)).to.deep.equal([true, true, true]);
  });

  it('has no values of the callback before', () => {
    const local = new Local(() => 'fresh');
    const values = [1, 2].map(() =>
      call(() => {
        const { value } = local;
        local.value = 'used';
        return value;
      }),
    );
    expect(values).to.deep.equal(['fresh', 'fresh']);
  });

  it('is not the parent of greenlets that an earlier callback has made', () => {
    let child: RawGreenlet | undefined;
    call(() => {
      child = new RawGreenlet(() => 'result');
    });
    const parent = child!.parent!;
    expect(parent.dead).to.equal(true);
    call(() => expect(getCurrent()).to.not.equal(parent));
  });

  it('is not among the living between two callbacks, and has one stack for all', () => {
    call(() => undefined);
    const before = binding.counts().active;
    for (let turn = 0; turn < 10; turn++) call(() => undefined);
    expect(binding.counts().active).to.equal(before);
    expect(surveyGreenlets().filter(({ greenlet }) => greenlet.constructor.name === 'Carrier')).to.deep.equal([]);
  });

  it('is seen by a tracer to begin', () => {
    const seen: string[] = [];
    call(() => undefined);
    setTrace((event, _origin, target) => seen.push(`${event} ${target === getMain() ? 'hub' : 'carrier'}`));
    try {
      call(() => undefined);
    } finally {
      setTrace(undefined);
    }
    expect(seen).to.deep.equal(['switch carrier', 'switch hub']);
  });

  it('survives a tracer that throws', () => {
    const error = new SomeError();
    call(() => undefined);
    setTrace(() => {
      throw error;
    });
    expect(thrownBy(() => call(() => undefined))).to.equal(error);
    expect(call(() => 'the next one')).to.equal('the next one');
  });

  it('leaves what is ready to the hub, once the callback is done', () => {
    const log: string[] = [];
    call(() => {
      getHub().runCallback(() => log.push('hub'));
      log.push('callback');
    });
    expect(log).to.deep.equal(['callback', 'hub']);
  });
});
