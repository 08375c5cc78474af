// Several threads with greenlets at once, the main thread among them. Workers end in every way a worker can: by running to
// their end with and without suspended greenlets, by process.exit inside a greenlet, and by being terminated while they
// switch or sleep.

'use strict';

const { once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const unblock = require('../../dist/src/index.js');
const { Population } = require('./population.cjs');
const { Program } = require('./program.cjs');

const atOnce = 4;
const greenletLimit = 100;
const switchesOfWorker = 5_000;
const ownExitCode = 7;

const endings = {
  finishes: { exitCode: 0, end: (population) => population.finishAll() },
  'leaves greenlets suspended': { exitCode: 0, end: () => undefined },
  'exits inside a greenlet': {
    exitCode: ownExitCode,
    end: () => new unblock.RawGreenlet(() => process.exit(ownExitCode)).switch(),
  },
  'is terminated while switching': { exitCode: 1, terminated: true, end: (population) => population.run(Infinity) },
  'is terminated while idle': { exitCode: 1, terminated: true, end: () => setInterval(() => undefined, 1_000) },
};

function runWorker({ ending, seed }) {
  const program = new Program(ending, { rounds: switchesOfWorker, seed });
  const population = new Population(unblock, program, greenletLimit);
  population.run(program.rounds);
  parentPort.postMessage(program.failures);
  endings[ending].end(population);
}

async function watchWorker(program, ending) {
  const worker = new Worker(__filename, { workerData: { ending, seed: program.random(1e6) } });
  worker.on('error', (error) => program.unexpected(error, `a worker that ${ending}`));
  const exited = once(worker, 'exit');
  const [failures] = await Promise.race([once(worker, 'message'), exited.then(() => [['ended before its report']])]);
  for (const claim of failures) program.check(false, `a worker that ${ending}: ${claim}`);
  if (endings[ending].terminated) {
    await delay(program.random(30));
    await worker.terminate();
  }
  const [exitCode] = await exited;
  program.check(exitCode === endings[ending].exitCode, `a worker that ${ending}: exit code ${exitCode}`);
}

async function main() {
  const program = Program.start('workers', 20);
  const population = new Population(unblock, program, greenletLimit);
  const names = Object.keys(endings);
  let started = 0;
  let running = atOnce;
  const keepStarting = async () => {
    while (started < program.rounds) await watchWorker(program, names[started++ % names.length]);
    running--;
  };
  const all = Promise.all(Array.from({ length: atOnce }, keepStarting));
  while (running > 0) {
    population.run(100);
    await delay(1);
  }
  await all;
  population.finishAll();
  program.finish({ workers: started, 'greenlets beside them': population.finished });
}

if (isMainThread) main();
else runWorker(workerData);
