// Nanoseconds of processor time per switch after <count> greenlets were suspended at once. They have ended before the
// measurement, or are still suspended during it: node ever-made.cjs <count> ended | suspended

'use strict';

const { RawGreenlet, getMain } = require('../../dist/src/index.js');
const { nanosecondsPerOperation, report } = require('./measure.cjs');

const switches = 100_000;
const [count, state] = process.argv.slice(2);

const main = getMain();
const crowd = Array.from({ length: Number(count) }, () => {
  const greenlet = new RawGreenlet(() => main.switch());
  greenlet.switch();
  return greenlet;
});
if (state === 'ended') for (const greenlet of crowd) greenlet.switch();

const greenlet = new RawGreenlet(() => {
  for (;;) main.switch();
});
report(
  nanosecondsPerOperation(switches, (operations) => {
    for (let turn = 0; turn < operations / 2; turn++) greenlet.switch();
  }),
);
