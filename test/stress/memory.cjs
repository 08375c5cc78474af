// Memory that greenlets take is given back: a million short-lived ones leave the resident size where it was, and so does a
// crowd that was suspended at once, whether its greenlets run to their end or are abandoned.

'use strict';

const { setImmediate: nextTurn } = require('node:timers/promises');
const { binding } = require('../../dist/src/core/binding.js');
const { RawGreenlet, getMain } = require('../../dist/src/index.js');
const { Program } = require('./program.cjs');

const megabyte = 2 ** 20;
const churnAllowance = 32 * megabyte;
const crowdAllowance = 24 * megabyte;
const crowdKeptShare = 0.25;
const patience = 5;
const abandonments = 4;

const program = Program.start('memory', 1_000_000);
const crowdSize = Math.min(10_000, Math.ceil(program.rounds / 100));

/** Resident bytes once weak callbacks and finalizers have run, and the stacks that are not needed are given back. */
async function residentBytes() {
  let idle;
  do {
    ({ idle } = binding.counts());
    for (let turn = 0; turn < 5; turn++) {
      program.gc();
      await nextTurn();
    }
  } while (binding.counts().idle < idle);
  return process.memoryUsage.rss();
}

function churn(count) {
  const main = getMain();
  for (let index = 0; index < count; index++) {
    const switches = index % 10 === 0;
    const greenlet = new RawGreenlet((value) => (switches ? main.switch(value) : value));
    let result = greenlet.switch(index);
    if (switches) result = greenlet.switch(index);
    program.check(result === index && greenlet.dead, 'a short-lived greenlet returns its value');
  }
}

function suspendCrowd() {
  const main = getMain();
  return Array.from({ length: crowdSize }, (_, index) => {
    const greenlet = new RawGreenlet(() => {
      const local = { index };
      main.switch();
      return local.index;
    });
    greenlet.switch();
    return greenlet;
  });
}

async function crowd() {
  const before = await residentBytes();
  let greenlets = suspendCrowd();
  const peak = await residentBytes();
  greenlets.forEach((greenlet, index) => {
    program.check(greenlet.active && greenlet.switch() === index, 'a greenlet of the crowd returns its value');
  });
  greenlets = undefined;
  const after = await residentBytes();
  const kept = after - before;
  const allowed = crowdAllowance + crowdKeptShare * (peak - before);
  program.check(
    kept <= allowed,
    `after a crowd: ${megabytes(before)} before, ${megabytes(peak)} peak, ${megabytes(after)} after`,
  );
  return { before, peak, after };
}

// A function of its own, so that no frame that waits for the collection refers to the last one.
function suspendAndForget(end) {
  const main = getMain();
  const greenlet = new RawGreenlet(() => {
    try {
      main.switch();
    } finally {
      end();
    }
  });
  greenlet.switch();
}

/** Greenlets that nobody can switch to any more are ended, their finally blocks run, and their stacks are reused. */
async function abandon() {
  let ended = 0;
  for (let index = 0; index < crowdSize; index++) suspendAndForget(() => ended++);
  // Not always by the first collection: one that marks incrementally may have seen them alive.
  let after = await residentBytes();
  for (let turn = 0; turn < patience && ended < crowdSize; turn++) after = await residentBytes();
  program.check(ended === crowdSize, `of ${crowdSize} abandoned greenlets ${ended} were ended`);
  return after;
}

function megabytes(bytes) {
  return `${(bytes / megabyte).toFixed(1)} MB`;
}

async function main() {
  churn(Math.ceil(program.rounds / 10));
  const warm = await residentBytes();
  churn(program.rounds);
  const churned = await residentBytes();
  program.check(
    churned - warm <= churnAllowance,
    `after the churn: ${megabytes(warm)} before, ${megabytes(churned)} after`,
  );

  const first = await crowd();
  const second = await crowd();
  program.check(second.after - first.after <= crowdAllowance, 'a second crowd leaves no more than the first');
  // Again when it is hot: optimised frames keep other values alive than interpreted ones.
  let abandoned = await abandon();
  for (let time = 1; time < abandonments; time++) abandoned = await abandon();
  program.check(abandoned - second.after <= crowdAllowance, 'abandoned greenlets leave no more than the crowd');
  program.finish({
    churned: program.rounds,
    'churn grew by': megabytes(churned - warm),
    crowd: crowdSize,
    'crowd peak': megabytes(first.peak - first.before),
    'kept after one': megabytes(first.after - first.before),
    'after two': megabytes(second.after - first.before),
    'after abandoning one': megabytes(abandoned - first.before),
  });
}

main();
