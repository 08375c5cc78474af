// Shared by the trials, which are processes that print one line of JSON, { "value": number }. Runs on Node 14 as well.

'use strict';

const warmUps = 3;
const samples = 7;

/** Nanoseconds per operation: the best of several samples, since whatever else runs can only make one slower. */
function nanosecondsPerOperation(operations, run) {
  for (let warmUp = 0; warmUp < warmUps; warmUp++) run(operations);
  let best = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const started = process.hrtime.bigint();
    run(operations);
    best = Math.min(best, Number(process.hrtime.bigint() - started) / operations);
  }
  return best;
}

function report(value) {
  console.log(JSON.stringify({ value }));
}

module.exports = { nanosecondsPerOperation, report };
