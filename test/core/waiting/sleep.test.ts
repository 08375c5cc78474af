import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { sleep } from '../../../src/core/waiting/sleep';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('sleep', () => {
  for (const milliseconds of [0.1, 1, 10]) {
    it(
      `of ${milliseconds} ms takes no less`,
      inGreenlet(() => {
        const began = performance.now();
        sleep(milliseconds);
        expect(performance.now() - began).to.be.at.least(milliseconds);
      }),
    );
  }

  for (const milliseconds of [undefined, 0, -1, -Infinity]) {
    it(
      `of ${milliseconds} ms lets all that is ready run once`,
      inGreenlet(() => {
        const steps: string[] = [];
        spawn(() => {
          steps.push('other');
          sleep(0);
          steps.push('other again');
        });
        sleep(milliseconds);
        expect(steps).to.deep.equal(['other']);
        sleep(milliseconds);
        expect(steps).to.deep.equal(['other', 'other again']);
      }),
    );
  }

  it(
    'lets a thousand sleep at once, each as long as it wants',
    inGreenlet(() => {
      const greenlets = Array.from({ length: 1000 }, (_, index) =>
        spawn(() => {
          const time = (index * 7919) % 50;
          const began = performance.now();
          sleep(time);
          return performance.now() - began - time;
        }),
      );
      for (const greenlet of greenlets) expect(greenlet.get()).to.be.at.least(0);
    }),
  );

  for (const milliseconds of ['1', null, NaN, {}]) {
    it(
      `refuses ${String(milliseconds)}`,
      inGreenlet(() => {
        expect(thrownBy(() => sleep(milliseconds as number))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
      }),
    );
  }

  it(
    'refuses options that do not exist, and a ref that is no boolean',
    inGreenlet(() => {
      expect(thrownBy(() => sleep(1, { reff: false } as object))).to.include({ code: 'ERR_INVALID_ARG_VALUE' });
      expect(thrownBy(() => sleep(1, { ref: 0 as never }))).to.include({ code: 'ERR_INVALID_ARG_TYPE' });
    }),
  );
});
