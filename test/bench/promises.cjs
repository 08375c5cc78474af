// Nanoseconds of processor time per operation with promises, in the words of vocabulary.cjs:
// node promises.cjs join | frames | buffered | unbounded | pool <path of the p-limit package>

'use strict';

const { pathToFileURL } = require('node:url');
const { report } = require('./measure.cjs');

const operations = 10_000;
const samples = 60;
const limit = 10;

async function nothing() {}

async function throughFrames(frames) {
  return frames === 0 ? await null : await throughFrames(frames - 1);
}

/** What programs without a queue of their own write: the items, and who waits for one. */
class AsyncQueue {
  #items = [];
  #getters = [];

  put(item) {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  get() {
    return this.#items.length > 0
      ? Promise.resolve(this.#items.shift())
      : new Promise((resolve) => this.#getters.push(resolve));
  }
}

/** The same with a bound: who puts waits until there is room. */
class BoundedAsyncQueue extends AsyncQueue {
  #room;
  #putters = [];

  constructor(size) {
    super();
    this.#room = size;
  }

  async put(item) {
    if (this.#room === 0) await new Promise((resolve) => this.#putters.push(resolve));
    else this.#room--;
    super.put(item);
  }

  async get() {
    const item = await super.get();
    const putter = this.#putters.shift();
    if (putter === undefined) this.#room++;
    else putter();
    return item;
  }
}

const drivers = {
  async join(count) {
    for (let index = 0; index < count; index++) await nothing();
  },
  async frames(count) {
    const half = async () => {
      for (let index = 0; index < count / 2; index++) await throughFrames(10);
    };
    await Promise.all([half(), half()]);
  },
  async buffered(count) {
    const queue = new BoundedAsyncQueue(100);
    const putter = (async () => {
      for (let item = 0; item < count; item++) await queue.put(item);
    })();
    for (let item = 0; item < count; item++) await queue.get();
    await putter;
  },
  async unbounded(count) {
    const queue = new AsyncQueue();
    const putter = (async () => {
      for (let item = 0; item < count; item++) {
        queue.put(item);
        await null;
      }
    })();
    for (let item = 0; item < count; item++) await queue.get();
    await putter;
  },
  async pool(count, packagePath) {
    const { default: pLimit } = await import(pathToFileURL(packagePath).href);
    const limited = pLimit(limit);
    await Promise.all(Array.from({ length: count }, () => limited(async () => await null)));
  },
};

async function measure(name, packagePath) {
  let best = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const before = process.cpuUsage();
    await drivers[name](operations, packagePath);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / operations);
  }
  report(best);
}

measure(...process.argv.slice(2));
