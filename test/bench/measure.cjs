// Shared by the trials, which are processes that print one line of JSON, { "value": number }. Runs on Node 14 as well.

'use strict';

const warmUps = 3;
const samples = 9;

/** Of all threads of this process. Unlike the time that passes, it does not count what others do meanwhile. */
function processorNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Nanoseconds of processor time per operation: the best of several samples, since disturbance only makes one slower. */
function nanosecondsPerOperation(operations, run) {
  for (let warmUp = 0; warmUp < warmUps; warmUp++) run(operations);
  let best = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const started = processorNanoseconds();
    run(operations);
    best = Math.min(best, (processorNanoseconds() - started) / operations);
  }
  return best;
}

function report(value) {
  console.log(JSON.stringify({ value }));
}

module.exports = { nanosecondsPerOperation, report };
