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

/** Makes ten, and then so many more; both are suspended when `settle` returns. */
function measure(make, settle) {
  const warm = Array.from({ length: 10 }, make);
  settle();
  globalThis.gc();
  const before = process.memoryUsage.rss();
  const greenlets = Array.from({ length: count }, make);
  settle();
  globalThis.gc();
  report((process.memoryUsage.rss() - before) / count);
  return [...warm, ...greenlets];
}

if (process.argv[3] === 'spawn') {
  spawn(() => {
    measure(spawnOne, () => sleep(0));
    event.set();
  });
} else {
  for (const greenlet of measure(suspendRaw, () => undefined)) greenlet.switch();
}
