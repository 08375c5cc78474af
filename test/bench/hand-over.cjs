// Nanoseconds of processor time per sleep(0) of two greenlets that take turns: node hand-over.cjs direct | detour

'use strict';

const { getHub } = require('../../dist/src/core/hub/hub.js');
const { sleep } = require('../../dist/src/core/waiting/sleep.js');
const { spawn } = require('../../dist/src/core/greenlets/spawn.js');
const { nanosecondsPerOperation, report } = require('./measure.cjs');

const sleeps = 100_000;

// The hub then has to switch each of them in itself.
if (process.argv[2] === 'detour') getHub().takeNext = () => undefined;

function takeTurns(count) {
  for (let turn = 0; turn < count / 2; turn++) sleep(0);
}

spawn(() =>
  report(
    nanosecondsPerOperation(sleeps, (count) => {
      const other = spawn(takeTurns, count);
      takeTurns(count);
      other.join();
    }),
  ),
);
