import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { idle } from '../../../src/core/loop/idle';
import '../../../src/core/loop/loop';
import { countWatchers } from '../../../src/core/loop/watcher';
import { withTimeout } from '../../../src/core/waiting/timeout';
import { getHub, sleep } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('idle', () => {
  it(
    'comes back when all others have done what they had to do',
    inGreenlet(() => {
      const steps: unknown[] = [];
      const busy = spawn(() => {
        for (let round = 0; round < 3; round++) {
          sleep(0);
          steps.push(round);
        }
      });
      idle();
      steps.push('idle');
      busy.join();
      expect(steps).to.deep.equal([0, 1, 2, 'idle']);
    }),
  );

  it(
    'lets those with the highest priority go first, among equals the first to come',
    inGreenlet(() => {
      const order: string[] = [];
      let turn = 0;
      using prepare = getHub().loop.prepare();
      prepare.start(() => turn++);
      const turns = new Map<string, number>();
      const idlers = [
        ['low', -1],
        ['preset', undefined],
        ['high', 2],
        ['0', 0],
        ['as high', 2],
      ] as const;
      const greenlets = idlers.map(([name, priority]) =>
        spawn(() => {
          idle(priority);
          order.push(name);
          turns.set(name, turn);
        }),
      );
      for (const greenlet of greenlets) greenlet.join();
      expect(order).to.deep.equal(['high', 'as high', 'preset', '0', 'low']);
      expect(turns.get('as high')).to.equal(turns.get('high'));
      expect(turns.get('preset')).to.be.above(turns.get('high')!);
      expect(turns.get('low')).to.be.above(turns.get('preset')!);
    }),
  );

  it(
    'can be killed and timed out, and leaves no watcher behind',
    inGreenlet(() => {
      const before = countWatchers();
      const killed = spawn(idle, 1);
      sleep(0);
      killed.kill();
      const endless = spawn(() => {
        for (;;) sleep(0);
      });
      const over = {};
      expect(withTimeout({ milliseconds: 10, timeoutValue: over }, idle)).to.equal(over);
      endless.kill();
      idle();
      expect(countWatchers()).to.equal(before);
    }),
  );

  it(
    'refuses a priority that is no number',
    inGreenlet(() => {
      for (const priority of ['1', null, NaN, {}]) {
        expect(thrownBy(() => idle(priority as number))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }
    }),
  );
});
