// Greenlets that are suspended with WebAssembly frames on their stacks, while modules are compiled, tiered up, dropped and
// collected. V8 aborts when its collector of wasm code meets a greenlet; the package turns that collector off.

'use strict';

const { RawGreenlet, getCurrent, getMain, GreenletExit } = require('../../dist/src/index.js');
const { Program } = require('./program.cjs');
const { wasmBytes } = require('./wasm-module.cjs');

const greenletLimit = 50;
const moduleLimit = 8;
const suspendedAtExit = 5;

class Sent extends Error {}

const program = Program.start('wasm', 400);
const { random, gc } = program;
const check = (holds, claim) => program.check(holds, claim);
const instances = [];
let compiled = 0;
let switches = 0;

function pause(value) {
  if (random(3) === 0 && getCurrent() !== getMain()) {
    const me = getCurrent();
    switches++;
    getMain().switch();
    check(getCurrent() === me, 'current is again what it was');
  }
  return value;
}

function add(module, salt) {
  compiled++;
  const { exports } = new WebAssembly.Instance(module, { host: { pause } });
  if (instances.length < moduleLimit) instances.push({ exports, salt });
  else instances[random(moduleLimit)] = { exports, salt };
}

function addSync() {
  const salt = random(1e6);
  add(new WebAssembly.Module(wasmBytes(salt)), salt);
}

async function addAsync() {
  const salt = random(1e6);
  add(await WebAssembly.compile(wasmBytes(salt)), salt);
}

function callWasm() {
  // Each greenlet its own instance: the sum is kept in the instance's memory.
  const salt = random(1e6);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(salt)), { host: { pause } });
  compiled++;
  const n = random(40);
  check(exports.sum(n) === (n * (n + 1)) / 2 + salt, 'sum: value');
  check(new Int32Array(exports.memory.buffer)[0] === (n * (n + 1)) / 2 + salt, 'sum: memory');
  check(exports.deep(n) === n, 'deep: value');
}

function callShared() {
  const { exports } = instances[random(instances.length)];
  check(exports.deep(20) === 20, 'deep: value in a shared instance');
  try {
    exports.trap(1);
    check(false, 'trap: throws');
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  }
}

function body() {
  for (let turn = random(4); turn >= 0; turn--) {
    try {
      if (random(2)) callWasm();
      else callShared();
      if (random(10) === 0) gc();
    } catch (error) {
      if (error instanceof GreenletExit) throw error;
      check(error instanceof Sent, `an error of ours crosses wasm frames: ${error.stack}`);
    }
  }
  return 'done';
}

function runGreenlets(rounds) {
  const live = [];
  let finished = 0;
  for (let round = 0; round < rounds || live.length > 0; round++) {
    if (round < rounds && live.length < greenletLimit) live.push(new RawGreenlet(body));
    const index = random(live.length);
    const greenlet = live[index];
    const throws = greenlet.active && random(30) === 0;
    const result = throws ? greenlet.throw(random(2) ? new Sent() : new GreenletExit()) : greenlet.switch();
    if (!greenlet.dead) continue;
    check(result === 'done' || result instanceof GreenletExit, 'a finished greenlet returns its result');
    finished++;
    live.splice(index, 1);
  }
  return finished;
}

async function main() {
  addSync();
  let finished = 0;
  for (let round = 0; round < program.rounds; round += 100) {
    const loading = [addAsync(), addAsync()];
    addSync();
    finished += runGreenlets(100);
    await Promise.all(loading);
    for (const { exports } of instances) check(exports.deep(1_000) === 1_000, 'deep: value in the main greenlet');
    gc();
  }
  for (let index = 0; index < suspendedAtExit; index++) {
    new RawGreenlet(() => instances[0].exports.sum(100)).switch();
  }
  gc();
  program.finish({ switches, modules: compiled, finished });
}

main().catch((error) => {
  program.unexpected(error, 'main');
  program.finish({});
});
