// Resident bytes per suspended greenlet: node --expose-gc memory.cjs <count>

'use strict';

const { RawGreenlet, getMain } = require('../../dist/src/index.js');
const { report } = require('./measure.cjs');

const count = Number(process.argv[2]);
const main = getMain();

function suspend() {
  const greenlet = new RawGreenlet(() => main.switch());
  greenlet.switch();
  return greenlet;
}

const warm = Array.from({ length: 10 }, suspend);
globalThis.gc();
const before = process.memoryUsage.rss();
const greenlets = Array.from({ length: count }, suspend);
globalThis.gc();
report((process.memoryUsage.rss() - before) / count);
for (const greenlet of [...warm, ...greenlets]) greenlet.switch();
