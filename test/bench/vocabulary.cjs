// Nanoseconds of processor time per operation: node vocabulary.cjs join | yield | bounded | channel | timeout | event |
// frames | buffered | unbounded | pool | consumers <how many>

'use strict';

const { Channel, Event, Pool, Queue, Timeout, sleep, spawn } = require('../../dist/src/index.js');
const { nanosecondsPerOperation, report } = require('./measure.cjs');

const operations = 40_000;
const limit = 10;

function nothing() {}

/** Another greenlet and this one. */
function takeTurns(count, run) {
  const half = () => {
    for (let turn = 0; turn < count / 2; turn++) run();
  };
  const other = spawn(half);
  half();
  other.join();
}

/** One greenlet puts, and does something after each item; this one gets. */
function handOver(queue, count, afterwards = nothing) {
  const putter = spawn(() => {
    for (let item = 0; item < count; item++) {
      queue.put(item);
      afterwards();
    }
  });
  for (let item = 0; item < count; item++) queue.get();
  putter.join();
}

function throughFrames(frames) {
  return frames === 0 ? sleep(0) : throughFrames(frames - 1);
}

/** So many greenlets get from one queue, for ever. */
function consume(consumers) {
  const queue = new Queue();
  let consumed = 0;
  for (let index = 0; index < consumers; index++) {
    spawn(() => {
      for (;;) {
        queue.get();
        consumed++;
        // Or the first one would have all that is there.
        sleep(0);
      }
    });
  }
  sleep(0);
  return (count) => {
    const end = consumed + count;
    for (let item = 0; item < count; item++) queue.put(item);
    while (consumed < end) sleep(0);
  };
}

const drivers = {
  join(count) {
    for (let index = 0; index < count; index++) spawn(nothing).join();
  },
  yield: (count) => takeTurns(count, () => sleep(0)),
  bounded: (count) => handOver(new Queue(1), count),
  buffered: (count) => handOver(new Queue(100), count),
  unbounded: (count) => handOver(new Queue(), count, () => sleep(0)),
  channel: (count) => handOver(new Channel(), count),
  timeout(count) {
    for (let index = 0; index < count; index++) Timeout.startNew(1000).close();
  },
  event(count) {
    const event = new Event();
    const waiter = spawn(() => {
      for (let index = 0; index < count; index++) {
        event.wait();
        event.clear();
      }
    });
    while (!waiter.ready()) {
      event.set();
      sleep(0);
    }
  },
  frames: (count) => takeTurns(count, () => throughFrames(10)),
  pool(count) {
    const pool = new Pool(limit);
    for (let index = 0; index < count; index++) pool.spawn(sleep, 0);
    pool.join();
  },
};

const [name, consumers] = process.argv.slice(2);
spawn(() => {
  const run = name === 'consumers' ? consume(Number(consumers)) : drivers[name];
  report(nanosecondsPerOperation(operations, run));
  process.exit();
});
