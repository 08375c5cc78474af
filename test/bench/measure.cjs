// Shared by the trials, which are processes that print one line of JSON, { "value": number }. Runs on Node 14 as well.

'use strict';

const warmUps = 12;
const samples = 60;

/** Of all threads of this process. Unlike the time that passes, it does not count what others do meanwhile. */
function processorNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/**
 * Nanoseconds of processor time per operation: the best of many short samples, since disturbance only makes one slower.
 * `run` is called with the number of operations, a quarter of the given one.
 */
function nanosecondsPerOperation(operations, run) {
  operations /= 4;
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
