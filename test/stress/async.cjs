// Under the loader: hundreds of jobs in which async functions, promise callbacks, ticks, timers and greenlets block after
// and between awaits, each in an AsyncLocalStorage store of its own that is checked after every step. Even this module's
// top level blocks.
//
//   node --import ./loader.mjs test/stress/async.cjs [jobs] [seed]

'use strict';

const { AsyncLocalStorage, AsyncResource, executionAsyncId, triggerAsyncId } = require('node:async_hooks');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const { getCurrent, getMain, sleep, spawnRaw, wait } = require('../../dist/src/index.js');
const { constructs } = require('./constructs.cjs');
const { Program } = require('./program.cjs');

const atOnce = 200;
const settleMs = 50;

const program = Program.start('async', 2_000);
const { random } = program;
const storage = new AsyncLocalStorage();
const expectedErrors = { uncaughtException: 0, unhandledRejection: 0 };
const seenErrors = { uncaughtException: 0, unhandledRejection: 0 };
let blocks = 0;
let ticks = 0;

class ExpectedError extends Error {}

/** Blocks for a moment and checks that nothing of the surroundings was exchanged meanwhile. */
function block(where) {
  const store = storage.getStore();
  const [greenlet, asyncId, triggerId] = [getCurrent(), executionAsyncId(), triggerAsyncId()];
  const local = { where };
  if (random(3) === 0) program.check(wait(delayed(random(4), local)) === local, `${where}: value of the promise`);
  else sleep(random(4));
  if (random(50) === 0) program.gc({ type: 'minor' });
  if (random(1_000) === 0) program.gc();
  blocks++;
  program.check(storage.getStore() === store, `${where}: store after blocking`);
  program.check(getCurrent() === greenlet && greenlet !== getMain(), `${where}: greenlet after blocking`);
  program.check(executionAsyncId() === asyncId, `${where}: executionAsyncId after blocking`);
  program.check(triggerAsyncId() === triggerId, `${where}: triggerAsyncId after blocking`);
}

function delayed(ms, value) {
  return new Promise((resolve) => setTimeout(resolve, ms, value));
}

/** Blocks inside a callback that `start` arranges; resolves when that is over. */
function blockInCallback(store, where, start) {
  return new Promise((resolve) => {
    start(() => {
      program.check(storage.getStore() === store, `${where}: store at the start`);
      block(where);
      resolve();
    });
  });
}

const callbacks = {
  'timer callback': (run) => setTimeout(run, random(3)),
  'immediate callback': (run) => setImmediate(run),
  tick: (run) => process.nextTick(run),
  microtask: (run) => queueMicrotask(run),
  'promise callback': (run) => Promise.resolve().then(run),
  'file system callback': (run) => fs.stat(__filename, run),
  greenlet: (run) => spawnRaw(run),
};

const steps = {
  async callback(store) {
    for (const [where, start] of Object.entries(callbacks)) {
      if (random(2)) await blockInCallback(store, where, start);
    }
  },

  async chain(store) {
    const values = await Promise.resolve(1)
      .then((value) => (block('then'), value + 1))
      .then(async (value) => {
        await null;
        block('async function in then');
        return [value, storage.getStore()];
      });
    program.check(values[0] === 2 && values[1] === store, 'chain: value and store');
  },

  async rejection() {
    const error = new ExpectedError('thrown by wait');
    try {
      wait(delayed(1).then(() => Promise.reject(error)));
      program.check(false, 'wait throws the rejection');
    } catch (caught) {
      program.check(caught === error, 'wait throws the same error');
    }
    await Promise.reject(error).catch((caught) => {
      block('catch');
      program.check(caught === error, 'catch: same error');
    });
  },

  async nestedStores(store) {
    const inner = { inner: store };
    await storage.run(inner, async () => {
      block('run');
      await null;
      program.check(storage.getStore() === inner, 'run: store after an await');
      storage.exit(() => {
        block('exit');
        program.check(storage.getStore() === undefined, 'exit: no store');
      });
      program.check(storage.getStore() === inner, 'run: store after exit');
    });
    program.check(storage.getStore() === store, 'run: outer store afterwards');
  },

  async enteredStore(store) {
    await blockInCallback(store, 'enterWith', (run) =>
      setTimeout(() => {
        run();
        const entered = { entered: store };
        storage.enterWith(entered);
        block('enterWith');
        program.check(storage.getStore() === entered, 'enterWith: store');
      }, 1),
    );
    program.check(storage.getStore() === store, 'enterWith: does not leak to others');
  },

  async insideBuiltins() {
    const pause = () => random(4) === 0 && block('inside a builtin');
    constructs[random(constructs.length)](pause, random, (holds, claim) => program.check(holds, claim));
  },

  async request(store) {
    const response = await new Promise((resolve, reject) => {
      http.get({ port, path: `/${store.number}`, agent: false }, resolve).on('error', reject);
    });
    program.check(storage.getStore() === store, 'request: store at the response');
    let text = '';
    for await (const chunk of response) {
      block('body of a response');
      text += chunk;
    }
    program.check(text === `answer to /${store.number}`, 'request: text of the answer');
  },

  async resource() {
    const outside = executionAsyncId();
    const resource = new AsyncResource('STRESS');
    resource.runInAsyncScope(() => {
      program.check(executionAsyncId() === resource.asyncId(), 'runInAsyncScope: id at the start');
      block('runInAsyncScope');
      program.check(executionAsyncId() === resource.asyncId(), 'runInAsyncScope: id after blocking');
    });
    program.check(executionAsyncId() === outside, 'runInAsyncScope: id afterwards');
  },

  async errorsNobodyHandles() {
    if (random(20) > 0) return;
    const throws = () => {
      block('before an error');
      throw new ExpectedError('nobody handles this');
    };
    const start = [setImmediate, process.nextTick, (run) => setTimeout(run, 1), queueMicrotask][random(4)];
    if (random(2)) {
      expectedErrors.uncaughtException++;
      start(throws);
    } else {
      expectedErrors.unhandledRejection++;
      start(async () => throws());
    }
  },
};

async function runJob(number) {
  const store = { number };
  await storage.run(store, async () => {
    block('job before an await');
    for (let count = 1 + random(4); count > 0; count--) {
      await null;
      program.check(storage.getStore() === store, 'job: store after an await');
      const names = Object.keys(steps);
      await steps[names[random(names.length)]](store);
      program.check(storage.getStore() === store, 'job: store after a step');
      block('job between awaits');
    }
  });
  program.check(storage.getStore() === undefined, 'job: no store afterwards');
}

for (const event of Object.keys(seenErrors)) {
  process.on(event, (error) => {
    seenErrors[event]++;
    if (!(error instanceof ExpectedError)) program.unexpected(error, event);
  });
}

const server = http.createServer((request, response) => {
  const store = { request: request.url };
  storage.run(store, () => {
    block('request handler');
    request.on('end', () => {
      program.check(storage.getStore() === store, 'end of a request: store');
      block('end of a request');
      response.end(`answer to ${request.url}`);
    });
    request.resume();
  });
});
server.listen(0);
wait(once(server, 'listening'));
const { port } = server.address();

const ticker = setInterval(() => ticks++, 1);
let started = 0;
const keepRunning = async () => {
  while (started < program.rounds) await runJob(started++);
};
wait(Promise.all(Array.from({ length: atOnce }, keepRunning)));
sleep(settleMs);
clearInterval(ticker);
server.close();
program.check(ticks > 0, 'the loop turns while this module blocks');
for (const [event, expected] of Object.entries(expectedErrors)) {
  program.check(seenErrors[event] === expected, `${event}: ${expected} expected, ${seenErrors[event]} seen`);
}
program.finish({ jobs: started, blocks, ...seenErrors });
