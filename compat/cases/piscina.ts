import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Piscina } from 'piscina';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

const work = `
module.exports = ({ n }) => {
  if (n < 0) throw new RangeError('negative');
  require('node:fs').readFileSync(__filename);
  return n * 2;
};
module.exports.later = async ({ n }) => { await new Promise(setImmediate); return n * 3; };`;

scenario(
  () =>
    inScratchFolder(async (folder) => {
      const filename = path.join(folder, 'work.js');
      writeFileSync(filename, work);
      const pool = new Piscina({ filename, minThreads: 1, maxThreads: 2 });
      const doubled = await Promise.all(
        [1, 2, 3, 4].map(async (n) => {
          const result = (await pool.run({ n })) as number;
          block();
          return result;
        }),
      );
      assert.deepEqual(doubled, [2, 4, 6, 8]);
      assert.equal(await pool.run({ n: 2 }, { name: 'later' }), 6);
      await assert.rejects(pool.run({ n: -1 }), RangeError);
      await pool.destroy();
    }),
  { crowd: 3 },
);
