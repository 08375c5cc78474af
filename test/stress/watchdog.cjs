// The watchdog interrupts greenlets that block the loop in every way they can, while others switch in between: in loops and
// regular expressions, in callbacks of C++, in C++ that does not listen, deep down a recursion. Workers are watched as well,
// and are terminated in the midst of it.

'use strict';

const { pbkdf2Sync } = require('node:crypto');
const { subscribe } = require('node:diagnostics_channel');
const { once } = require('node:events');
const { isMainThread, Worker } = require('node:worker_threads');
const unblock = require('../../dist/src/index.js');
const { observe } = require('../../dist/src/core/seeing/observe.js');
const { Program } = require('./program.cjs');

const greenletLimit = 20;
const period = 5;

function compute(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function descend(depth, milliseconds) {
  if (depth === 0) compute(milliseconds);
  else descend(depth - 1, milliseconds);
}

const blocks = {
  'plain loop': compute,
  'regular expression': (milliseconds) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) /^(a+)+$/.test(`${'a'.repeat(16)}b`);
  },
  'sort comparator': (milliseconds) => {
    [3, 1, 2].sort((a, b) => {
      compute(milliseconds / 2);
      unblock.sleep(0);
      compute(milliseconds / 2);
      return a - b;
    });
  },
  'replace callback': (milliseconds) => {
    'abc'.replace(/./g, (letter) => {
      unblock.sleep(0);
      compute(milliseconds);
      return letter;
    });
  },
  'deaf C++': (milliseconds) => pbkdf2Sync('a', 'b', milliseconds * 1000, 64, 'sha512'),
  recursion: (milliseconds) => descend(2_000, milliseconds),
  'try and finally': (milliseconds) => {
    try {
      try {
        compute(milliseconds);
        throw new Error('expected');
      } finally {
        compute(milliseconds);
        unblock.sleep(0);
      }
    } catch {
      compute(milliseconds);
    }
  },
};

function start() {
  unblock.setConfig({ watchdog: true, maxBlockingTime: period, printBlockingReports: false });
  observe();
}

function watchWorker(program) {
  const worker = new Worker(__filename);
  worker.on('error', (error) => program.unexpected(error, 'a worker'));
  worker.once('message', () => setTimeout(() => worker.terminate(), program.random(30)));
  return once(worker, 'exit');
}

function runWorker() {
  start();
  require('node:worker_threads').parentPort.postMessage('started');
  unblock.spawn(() => {
    for (;;) {
      blocks['regular expression'](10);
      unblock.sleep(1);
    }
  });
}

function main() {
  const program = Program.start('watchdog', 300);
  const names = Object.keys(blocks);
  const kinds = new Set();
  let reports = 0;
  let begun = 0;
  subscribe('unblock:eventLoopBlocked', ({ stack, blockedFor }) => {
    reports++;
    if (stack === undefined) return;
    kinds.add(/ at (\w+)/.exec(stack)?.[1]);
    program.check(blockedFor >= period, `a report of ${blockedFor} ms`);
    program.check(/^ {4}at .+(\n {4}at .+)*$/.test(stack), `a stack that is none: ${stack}`);
  });
  start();
  const work = () => {
    while (begun < program.rounds) {
      const name = names[program.random(names.length)];
      begun++;
      try {
        blocks[name](program.random(3) === 0 ? 3 * period : 1);
        if (program.random(2) === 0) unblock.sleep(program.random(2));
      } catch (error) {
        program.unexpected(error, name);
      }
      program.collectSometimes();
    }
  };
  const workers = [watchWorker(program), watchWorker(program)];
  const greenlets = Array.from({ length: greenletLimit }, () => unblock.spawn(work));
  unblock.spawn(() => {
    unblock.joinAll(greenlets);
    for (const worker of workers) unblock.wait(worker);
    unblock.setConfig({ watchdog: false });
    program.check(reports > program.rounds / 50, `${reports} reports`);
    program.finish({ blocks: begun, reports, 'kinds of stacks': kinds.size });
  });
}

if (isMainThread) main();
else runWorker();
