import { expect } from 'chai';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnLater, spawnRaw } from '../../../src/core/greenlets/spawn';
import { getCurrent, getHub, sleep } from '../../../src/index';
import { declareCore } from '../../support/core-script';
import { inGreenlet } from '../../support/in-greenlet';
import { spawnSource } from '../../support/spawn-script';

describe('spawn', () => {
  it(
    'starts a Greenlet with the arguments',
    inGreenlet(() => {
      const greenlet = spawn((a: number, b: string) => `${b}${a}`, 1, 'b');
      expect(greenlet).to.be.an.instanceOf(Greenlet);
      expect(greenlet.get()).to.equal('b1');
    }),
  );

  it('works on the hub, and the process lives until the greenlet has run', async () => {
    const script = `
      ${declareCore}
      const [{ spawn }, { sleep }] = [core('greenlets/spawn'), core('waiting/sleep')];
      spawn(() => { sleep(5); console.log('done'); });
    `;
    expect((await spawnSource(script)).stdout).to.equal('done\n');
  });

  it('does not end the process when the greenlet fails: it tells of it on standard error', async () => {
    const script = `
      ${declareCore}
      const [{ spawn }, { sleep }] = [core('greenlets/spawn'), core('waiting/sleep')];
      spawn(function careless() { throw new RangeError('told'); });
      spawn(() => { sleep(5); console.log('done'); });
    `;
    const { code, stdout, stderr } = await spawnSource(script);
    expect([code, stdout]).to.deep.equal([0, 'done\n']);
    expect(stderr).to.match(/^RangeError: told\n {4}at careless /);
    expect(stderr).to.match(/Greenlet \{ .*careless.* \} failed with RangeError\n$/);
  });

  it('refuses what is no function', () => {
    for (const wrong of [1, undefined, null, {}]) {
      expect(() => spawn(wrong as unknown as () => void)).to.throw(TypeError, '"run"');
      expect(() => spawnRaw(wrong as unknown as () => void)).to.throw(TypeError, '"run"');
      expect(() => spawnLater(1, wrong as unknown as () => void)).to.throw(TypeError, '"run"');
    }
  });
});

describe('spawnLater', () => {
  it(
    'starts a Greenlet with the arguments, later',
    inGreenlet(() => {
      const begin = performance.now();
      const greenlet = spawnLater(10, (text: string) => `${text}!`, 'late');
      expect(greenlet.get()).to.equal('late!');
      expect(performance.now() - begin).to.be.at.least(9);
    }),
  );

  it('keeps the process alive until then', async () => {
    const script = `
      ${declareCore}
      const { spawnLater } = core('greenlets/spawn');
      spawnLater(20, () => console.log('later'));
    `;
    expect((await spawnSource(script)).stdout).to.equal('later\n');
  });

  it('refuses what is no time', () => {
    expect(() => spawnLater(undefined as unknown as number, () => undefined)).to.throw(TypeError, '"milliseconds"');
    for (const wrong of [-1, NaN]) {
      expect(() => spawnLater(wrong, () => undefined)).to.throw(RangeError, '"milliseconds"');
    }
  });
});

describe('spawnRaw', () => {
  it(
    'starts a raw greenlet of the hub with the arguments',
    inGreenlet(() => {
      const seen: unknown[] = [];
      const greenlet = spawnRaw((...args: number[]) => seen.push(...args, getCurrent()), 1, 2);
      expect(seen).to.deep.equal([]);
      sleep(0);
      expect(seen).to.deep.equal([1, 2, greenlet]);
      expect(greenlet.dead).to.equal(true);
      expect(greenlet).not.to.be.an.instanceOf(Greenlet);
      expect(greenlet.parent).to.equal(getHub().greenlet);
    }),
  );

  it(
    'leaves one alone that somebody else has started or ended meanwhile',
    inGreenlet(() => {
      let runs = 0;
      const here = getCurrent();
      const greenlet = spawnRaw(() => {
        runs++;
        here.switch();
      });
      greenlet.switch();
      sleep(1);
      expect([runs, greenlet.active]).to.deep.equal([1, true]);
      getHub().wake({ greenlet });
      sleep(0);
    }),
  );
});
