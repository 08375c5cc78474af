// Nanoseconds per item, from a greenlet to another: node queue.cjs unbounded | unblocked | bounded [consumers] | channel

'use strict';

const { Channel, Queue, SimpleQueue } = loadQueues();
const { spawn } = require('../../dist/src/core/spawn.js');
const { report } = require('./measure.cjs');

const items = 2_000;
const samples = 100;

function loadQueues() {
  return {
    ...require('../../dist/src/core/queue.js'),
    ...require('../../dist/src/core/channel.js'),
    ...require('../../dist/src/core/simple-queue.js'),
  };
}

/** One greenlet puts, the others get, a share each. */
function handOver(queue, consumers = 1) {
  const share = items / consumers;
  const getters = Array.from({ length: consumers }, () =>
    spawn(() => {
      for (let item = 0; item < share; item++) queue.get();
    }),
  );
  const putter = spawn(() => {
    for (let item = 0; item < items; item++) queue.put(item);
  });
  for (const greenlet of [putter, ...getters]) greenlet.join();
}

const drivers = {
  unblocked() {
    const queue = new Queue();
    for (let item = 0; item < items; item++) {
      queue.put(item);
      queue.get();
    }
  },
  unbounded: () => handOver(new Queue()),
  bounded: (consumers) => handOver(new Queue(1), consumers),
  simple: () => handOver(new SimpleQueue(1)),
  channel: () => handOver(new Channel()),
};

const [driver, consumers] = process.argv.slice(2);
spawn(() => {
  let best = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const started = process.hrtime.bigint();
    drivers[driver](consumers === undefined ? undefined : Number(consumers));
    best = Math.min(best, Number(process.hrtime.bigint() - started) / items);
  }
  report(best);
});
