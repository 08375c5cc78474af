// Nanoseconds per greenlet or promise: node spawn.cjs join | join-all | raw | promise | promise-all

'use strict';

const { joinAll } = require('../../dist/src/core/wait.js');
const { sleep } = require('../../dist/src/core/sleep.js');
const { spawn, spawnRaw } = require('../../dist/src/core/spawn.js');
const { nanosecondsPerOperation, report } = require('./measure.cjs');

const greenlets = 30_000;
const batch = 100;

function nothing() {}
async function nothingAsync() {}

const drivers = {
  join(count) {
    for (let index = 0; index < count; index++) spawn(nothing).join();
  },
  'join-all'(count) {
    for (let index = 0; index < count; index += batch) joinAll(Array.from({ length: batch }, () => spawn(nothing)));
  },
  raw(count) {
    for (let index = 0; index < count; index++) {
      spawnRaw(nothing);
      sleep(0);
    }
  },
};

const asyncDrivers = {
  async promise(count) {
    for (let index = 0; index < count; index++) await nothingAsync();
  },
  async 'promise-all'(count) {
    for (let index = 0; index < count; index += batch) await Promise.all(Array.from({ length: batch }, nothingAsync));
  },
};

/** As `nanosecondsPerOperation`, for what is asynchronous. */
async function measureAsync(run) {
  let best = Infinity;
  for (let sample = 0; sample < 12; sample++) {
    const before = process.cpuUsage();
    await run(greenlets);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / greenlets);
  }
  return best;
}

const [driver] = process.argv.slice(2);
if (driver in drivers) spawn(() => report(nanosecondsPerOperation(greenlets, drivers[driver])));
else measureAsync(asyncDrivers[driver]).then(report);
