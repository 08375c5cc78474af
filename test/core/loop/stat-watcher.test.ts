import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import '../../../src/core/loop/loop';
import { getCurrent, getHub } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { until } from '../../support/until';

const { loop } = getHub();

describe('a stat watcher', () => {
  let directory: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-stat-'));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  it(
    'fires on the hub when a file is made, changed and removed, with its status before and now',
    inGreenlet(() => {
      const file = path.join(directory, 'file');
      fs.writeFileSync(file, 'a');
      const seen: unknown[] = [];
      using watcher = loop.stat(file, 5);
      watcher.start(() => {
        expect(getCurrent()).to.equal(getHub().greenlet);
        seen.push([watcher.prev?.size, watcher.attr?.size]);
      });
      expect([watcher.attr, watcher.prev]).to.deep.equal([undefined, undefined]);
      // Again and again, since the first look at the file may come after the first time.
      until(() => {
        fs.appendFileSync(file, 'b');
        return seen.length > 0;
      });
      fs.rmSync(file);
      until(() => watcher.attr === undefined);
      expect(watcher.prev?.size).to.be.at.least(2);
      fs.writeFileSync(file, 'abc');
      until(() => watcher.attr?.size === 3);
    }),
  );

  it('looks every five seconds unless told otherwise', () => {
    using watcher = loop.stat(directory);
    expect([watcher.path, watcher.interval]).to.deep.equal([directory, 5000]);
  });

  for (const [file, interval, code] of [
    [5, 0, 'ERR_INVALID_ARG_TYPE'],
    ['/', '5', 'ERR_INVALID_ARG_TYPE'],
    ['/', -1, 'ERR_OUT_OF_RANGE'],
    ['/', NaN, 'ERR_OUT_OF_RANGE'],
    ['/', 2 ** 32, 'ERR_OUT_OF_RANGE'],
  ] as const) {
    it(`refuses ${JSON.stringify([file, interval])} with ${code}`, () => {
      expect(thrownBy(() => loop.stat(file as string, interval as number))).to.include({ code });
    });
  }
});
