import { expect } from 'chai';

import '../../../src/core/loop/loop';
import { countDeadlines } from '../../../src/core/waiting/deadlines';
import { getHub, sleep } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { until } from '../../support/until';

const { loop } = getHub();

describe('a timer of the loop', () => {
  it(
    'fires once, not before its time, and is not active then',
    inGreenlet(() => {
      const calls: number[] = [];
      const began = performance.now();
      using timer = loop.timer(5);
      timer.start(() => calls.push(performance.now() - began));
      sleep(30);
      expect(calls).to.have.length(1);
      expect(calls[0]).to.be.at.least(5);
      expect([timer.active, timer.pending, timer.callback, timer.args]).to.deep.equal([
        ...[false, false],
        ...[undefined, undefined],
      ]);
    }),
  );

  it(
    'can be started again, in its own function too',
    inGreenlet(() => {
      let count = 0;
      using timer = loop.timer(1);
      const again = (): void => {
        if (++count < 3) timer.start(again);
      };
      timer.start(again);
      while (count < 3) sleep(1);
      sleep(5);
      expect([count, timer.active]).to.deep.equal([3, false]);
      timer.start(again);
      while (count < 4) sleep(1);
    }),
  );

  it(
    'of 0 ms fires when all that is ready has run',
    inGreenlet(() => {
      const order: string[] = [];
      using timer = loop.timer(0);
      timer.start(() => order.push('timer'));
      sleep(0);
      order.push('sleep(0)');
      sleep(1);
      expect(order).to.deep.equal(['sleep(0)', 'timer']);
    }),
  );

  it(
    'repeats by the clock until it is stopped, in its own function too',
    inGreenlet(() => {
      const calls: number[] = [];
      const began = performance.now();
      using timer = loop.timer(2, 4);
      timer.start(() => {
        calls.push(performance.now() - began);
        if (calls.length === 5) timer.stop();
      });
      while (timer.active) sleep(1);
      sleep(20);
      expect(calls).to.have.length(5);
      calls.forEach((call, index) => expect(call).to.be.at.least(2 + 4 * index));
    }),
  );

  it(
    'does not make up for repetitions that it has missed',
    inGreenlet(() => {
      const calls: number[] = [];
      using timer = loop.timer(1, 1);
      timer.start(() => calls.push(performance.now()));
      const end = performance.now() + 30;
      while (performance.now() < end);
      until(() => calls.length >= 4);
      // The first is late, the second is the one that was due meanwhile.
      expect(calls[3]! - calls[1]!).to.be.at.least(1);
    }),
  );

  it(
    'starts with its repeat by `again`, anew each time',
    inGreenlet(() => {
      using timer = loop.timer(1, 10);
      timer.again((...args: unknown[]) => args, timer);
      expect([timer.active, timer.args]).to.deep.equal([true, [timer]]);
      sleep(5);
      const began = performance.now();
      let ended = 0;
      timer.again((isSecond: boolean) => {
        ended = performance.now();
        expect(isSecond).to.equal(true);
        timer.stop();
      }, true);
      until(() => ended > 0);
      expect(ended - began).to.be.at.least(10);
    }),
  );

  it(
    'is stopped by `again` if it has no repeat',
    inGreenlet(() => {
      using timer = loop.timer(1);
      timer.start(() => undefined);
      timer.again(() => undefined);
      expect([timer.active, timer.callback]).to.deep.equal([false, undefined]);
    }),
  );

  it(
    'keeps its time when its ref is changed',
    inGreenlet(() => {
      const order: string[] = [];
      using timer = loop.timer(20, 0, { ref: false });
      using later = loop.timer(25);
      timer.start(() => order.push('first'));
      later.start(() => order.push('second'));
      sleep(10);
      timer.ref = true;
      until(() => order.length === 2);
      expect(order).to.deep.equal(['first', 'second']);
    }),
  );

  it(
    'leaves nothing armed when it is stopped',
    inGreenlet(() => {
      const before = countDeadlines();
      using timer = loop.timer(1000, 1000);
      timer.start(() => undefined);
      expect(countDeadlines()).to.equal(before + 1);
      timer.stop();
      expect(countDeadlines()).to.equal(before);
    }),
  );

  for (const [after, repeat, code] of [
    ['1', 0, 'ERR_INVALID_ARG_TYPE'],
    [1, '1', 'ERR_INVALID_ARG_TYPE'],
    [undefined, 0, 'ERR_INVALID_ARG_TYPE'],
    [-1, 0, 'ERR_OUT_OF_RANGE'],
    [1, -1, 'ERR_OUT_OF_RANGE'],
    [NaN, 0, 'ERR_OUT_OF_RANGE'],
    [1, NaN, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`refuses the times ${JSON.stringify([after, repeat])} with ${code}`, () => {
      expect(thrownBy(() => loop.timer(after as number, repeat as number))).to.include({ code });
    });
  }
});
