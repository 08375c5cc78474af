// Greenlets below and beside calls of WebAssembly.promising: stacks that V8 makes for WebAssembly and keeps for the isolate,
// not for each greenlet. Imports suspend them, block, or call into WebAssembly again; greenlets are killed meanwhile.

'use strict';

const fs = require('node:fs');
const { GreenletExit, joinAll, sleep, spawn, wait } = require('../../dist/src/index.js');
const { Program } = require('./program.cjs');
const { wasmBytes } = require('./wasm-module.cjs');

const population = 12;
const mostDelay = 4;

const program = Program.start('promising', 400);
const { random } = program;
const check = (holds, claim) => program.check(holds, claim);
let left = program.rounds;
let blocked = 0;
let refused = 0;
let suspended = 0;
let nested = 0;
let killed = 0;
const running = new Set();
const inner = [];

const delayed = (value) => new Promise((resolve) => setTimeout(resolve, random(mostDelay), value));

function block() {
  try {
    if (random(2) === 0) fs.readFileSync('/proc/self/stat');
    else if (random(2) === 0) sleep(random(mostDelay));
    else wait(delayed());
    blocked++;
  } catch (error) {
    if (error.code !== 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT') throw error;
    refused++;
  }
}

// An argument of WebAssembly's `sum`, now or later.
function pause(value) {
  program.collectSometimes();
  if (random(3) === 0) block();
  if (random(8) === 0) {
    nested++;
    inner.push(call(random(4)));
  }
  if (random(3) > 0) return value;
  suspended++;
  return delayed(value);
}

function instance(salt) {
  const imports = { host: { pause: new WebAssembly.Suspending(pause) } };
  return new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(salt)), imports);
}

async function call(n) {
  const salt = random(1e6);
  const sum = WebAssembly.promising(instance(salt).exports.sum);
  check((await sum(n)) === (n * (n + 1)) / 2 + salt, 'sum: value');
}

function work() {
  while (left-- > 0) {
    wait(call(random(10)));
    if (random(3) === 0) sleep(random(mostDelay));
  }
}

function start() {
  const greenlet = spawn(work);
  running.add(greenlet);
  greenlet.link(() => {
    running.delete(greenlet);
    if (!greenlet.successful()) program.unexpected(greenlet.exception, 'a greenlet');
  });
}

function killSome() {
  while (left > 0) {
    sleep(random(20));
    const victim = [...running][random(running.size)];
    if (victim === undefined) continue;
    victim.kill(GreenletExit, { block: false });
    killed++;
    start();
  }
}

for (let i = 0; i < population; i++) start();
spawn(killSome).join();
while (running.size > 0) joinAll([...running]);
wait(Promise.all(inner));
program.finish({ blocked, refused, suspended, nested, killed });
