// One call of fs about what is cached: node files.cjs <call> [alone | server | greenlets | promises]
//
// alone: from the top level, with nothing else to do; server: from a callback, while a server listens; greenlets and
// promises: 64 at a time, by greenlets that call it and by fs.promises.

'use strict';

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { nanosecondsPerOperation, report } = require('./measure.cjs');

const [name, how = 'alone'] = process.argv.slice(2);
const operations = 20_000;
const inFlight = 64;
const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-bench-')), 'file');
fs.writeFileSync(file, 'x'.repeat(4096));

const calls = {
  readFileSync: () => fs.readFileSync(file),
  readText: () => fs.readFileSync(file, 'utf8'),
  statSync: () => fs.statSync(file),
  existsSync: () => fs.existsSync(file),
  openClose: () => fs.closeSync(fs.openSync(file)),
};
const call = calls[name];

function many(count) {
  for (let index = 0; index < count; index++) call();
}

function end(value) {
  fs.rmSync(path.dirname(file), { recursive: true });
  report(value);
}

// The best of some samples, each of the time that all of the operations take.
async function bestOf(run) {
  let best = Infinity;
  for (let sample = 0; sample < 12; sample++) {
    const started = process.hrtime.bigint();
    await run();
    best = Math.min(best, Number(process.hrtime.bigint() - started) / operations);
  }
  return best;
}

function byGreenlets() {
  const { joinAll, spawn } = require('../../dist/src/index.js');
  const greenlets = Array.from({ length: inFlight }, () => spawn(many, operations / inFlight));
  joinAll(greenlets);
}

async function byPromises() {
  const one = async () => {
    for (let index = 0; index < operations / inFlight; index++) await fs.promises.readFile(file);
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}

function main() {
  if (how === 'alone') return end(nanosecondsPerOperation(operations, many));
  if (how === 'promises') return bestOf(byPromises).then(end);
  const server = http.createServer().listen(0, () => {
    setImmediate(() => {
      const value = how === 'server' ? nanosecondsPerOperation(operations, many) : bestOf(byGreenlets);
      Promise.resolve(value).then((nanoseconds) => {
        server.close();
        end(nanoseconds);
      });
    });
  });
}

main();
