// Resident bytes per suspended greenlet: node --expose-gc memory.cjs <count> [spawn]

'use strict';

const { Event, RawGreenlet, getMain, sleep, spawn } = require('../../dist/src/index.js');
const { report } = require('./measure.cjs');

const count = Number(process.argv[2]);
const main = getMain();
const event = new Event();

function suspendRaw() {
  const greenlet = new RawGreenlet(() => main.switch());
  greenlet.switch();
  return greenlet;
}

const spawnOne = () => spawn(() => event.wait());

/**
 * Makes ten thousand, and then so many more; both are suspended when `settle` returns. V8 enlarges its young generation by
 * some 8 to 16 MB while the first are made, as it does once in any program: that is not what a greenlet costs.
 */
function measure(make, settle) {
  const first = Array.from({ length: 10_000 }, make);
  settle();
  globalThis.gc();
  const before = process.memoryUsage.rss();
  const greenlets = Array.from({ length: count }, make);
  settle();
  globalThis.gc();
  report((process.memoryUsage.rss() - before) / count);
  return [...first, ...greenlets];
}

if (process.argv[3] === 'spawn') {
  spawn(() => {
    measure(spawnOne, () => sleep(0));
    event.set();
  });
} else {
  for (const greenlet of measure(suspendRaw, () => undefined)) greenlet.switch();
}
