// Nanoseconds of processor time per sleep, with so many greenlets that sleep again and again: node sleep.cjs <sleepers>

'use strict';

const { sleep } = require('../../dist/src/core/waiting/sleep.js');
const { spawn } = require('../../dist/src/core/greenlets/spawn.js');
const { report } = require('./measure.cjs');

const sleepers = Number(process.argv[2]);
// So that all of them together sleep as often whatever their number.
const milliseconds = sleepers / 50;
const samples = 9;

let slept = 0;
for (let index = 0; index < sleepers; index++) {
  spawn(() => {
    // Each at a moment of its own.
    sleep((index / sleepers) * milliseconds);
    for (;;) {
      sleep(milliseconds);
      slept++;
    }
  });
}

spawn(() => {
  sleep(2 * milliseconds);
  let best = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const before = process.cpuUsage();
    const sleptBefore = slept;
    sleep(Math.max(milliseconds, 100));
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / (slept - sleptBefore));
  }
  report(best);
  process.exit();
});
