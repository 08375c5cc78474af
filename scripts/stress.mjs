// Runs the stress programs (test/stress) under V8's stress flags and prints a matrix of program, flag and Node line.
//
//   node scripts/stress.mjs                    every program and flag, full size, on the running Node
//   node scripts/stress.mjs --short            a few seconds per run
//   node scripts/stress.mjs --lines 20,22      on these lines (see node-lines.mjs)
//   node scripts/stress.mjs --programs wasm --flags none,compaction    by (parts of) their names
//   node scripts/stress.mjs --minutes 30       pass after pass, each with another seed, until the time is over
//   node scripts/stress.mjs --seed 7           the same seed as last time

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { nodeOf, root, versionOf } from './node-lines.mjs';

const require = createRequire(import.meta.url);
const { flagName, flagsOf, lineOf, programs } = require('../dist/test/stress/matrix.js');
const { isFailure, runProgram } = require('../dist/test/stress/run-program.js');
const { failuresText, matrixHtml, matrixText } = require('../dist/test/stress/report.js');

const page = path.join(root, '.cache', 'stress', 'matrix.html');

const { values: chosen } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    lines: { type: 'string' },
    programs: { type: 'string' },
    flags: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string' },
  },
});
const deadline = Date.now() + Number(chosen.minutes) * 60_000;
const firstSeed = Number(chosen.seed ?? Date.now() % 100_000);

function isChosen(name, list) {
  return list === undefined || list.split(',').some((part) => name.includes(part));
}

function chosenNodes() {
  if (chosen.lines === undefined) {
    return [{ node: process.execPath, version: process.version, line: lineOf(process.version) }];
  }
  return chosen.lines.split(',').map((line) => {
    const version = versionOf(line);
    if (version === undefined) throw new Error(`Node ${line} is not installed; run: node scripts/node-lines.mjs`);
    return { node: nodeOf(line), version, line };
  });
}

function plannedCells() {
  return chosenNodes().flatMap((node) =>
    programs
      .filter((program) => isChosen(program.name, chosen.programs))
      .flatMap((program) =>
        flagsOf(program)
          .filter((flag) => isChosen(flagName(flag), chosen.flags))
          .map((flag) => ({ ...node, program, flag, outcomes: [] })),
      ),
  );
}

const cells = plannedCells();
let done = 0;
for (let seed = firstSeed; seed === firstSeed || Date.now() < deadline; seed++) {
  for (const cell of cells) {
    const { node, line, version, program, flag, outcomes } = cell;
    const size = chosen.short ? 'short' : 'full';
    const outcome = await runProgram({
      ...{ node, line, program, flag, size, seed },
      timeoutMs: (chosen.short ? 1 : 5) * 60_000,
    });
    outcomes.push(outcome);
    const place = `[${++done}/${cells.length}]`;
    const name = `${version} ${program.name} ${flagName(flag)}`;
    console.log(`${place.padEnd(10)}${name.padEnd(72)} ${outcome.verdict} ${outcome.seconds.toFixed(1)} s`);
    if (isFailure(outcome)) console.log(failuresText([outcome]));
  }
}

const shown = cells.map(({ program, flag, version, outcomes }) => ({
  ...{ program: program.name, flag: flagName(flag), version, outcomes },
}));
fs.mkdirSync(path.dirname(page), { recursive: true });
fs.writeFileSync(page, matrixHtml(shown));
const outcomes = cells.flatMap((cell) => cell.outcomes);
const failures = outcomes.filter(isFailure);
console.log(`\n${matrixText(shown)}\n${failuresText(failures)}`);
console.log(`\n${outcomes.length} runs, ${failures.length} failed, first seed ${firstSeed}`);
console.log(`page: ${path.relative(process.cwd(), page)}`);
process.exitCode = failures.length > 0 ? 1 : 0;
