// Runs the benchmarks (test/bench): interleaved rounds of one process per trial, best and median of each.
//
//   node scripts/bench.mjs                     every topic on the running Node
//   node scripts/bench.mjs switch create       some topics: switch, create, ever-made, memory, http, join, ...
//   node scripts/bench.mjs --lines             on every Node line; --lines=20,24 on some
//   node scripts/bench.mjs --rounds 9
//
// Prints a table per topic; writes .cache/bench/results.json and a page of bar charts beside it.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { ensureLines, lines, nodeOf, root, versionOf, writePacks } from './node-lines.mjs';

const require = createRequire(import.meta.url);
const { chartPage } = require('../dist/test/bench/chart.js');
const { resultText, summarize } = require('../dist/test/bench/results.js');
const { findRivals } = require('../dist/test/bench/rivals.js');
const { topicsFor } = require('../dist/test/bench/topics.js');

const cache = path.join(root, '.cache', 'bench');
const trialTimeoutMs = 5 * 60_000;

function parseArguments(args) {
  const chosen = { topics: [], lines: undefined, rounds: 5 };
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '--lines') chosen.lines = lines;
    else if (args[index].startsWith('--lines=')) chosen.lines = args[index].slice('--lines='.length).split(',');
    else if (args[index] === '--rounds') chosen.rounds = Number(args[++index]);
    else chosen.topics.push(args[index]);
  }
  return chosen;
}

function chosenNodes(chosenLines) {
  if (chosenLines === undefined) return [{ node: process.execPath, version: process.version }];
  ensureLines(chosenLines);
  return chosenLines.map((line) => ({ node: nodeOf(line), version: versionOf(line) }));
}

function node14() {
  try {
    ensureLines(['14']);
    return nodeOf('14');
  } catch (error) {
    console.log(`without node-fibers: ${error.message}`);
    return undefined;
  }
}

async function measure({ file, args, env }) {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: root,
    env: { ...process.env, ...env },
    timeout: trialTimeoutMs,
    killSignal: 'SIGKILL',
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)).value;
}

async function runTopic(topic, rounds) {
  const values = new Map(topic.trials.map((trial) => [trial.name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const trial of topic.trials) {
      try {
        values.get(trial.name).push(await measure(trial));
      } catch (error) {
        failures.push(`${topic.name}, ${trial.name}: ${error.message}`);
        console.log(failures.at(-1));
      }
    }
    console.error(`${topic.name}: round ${round} of ${rounds}`);
  }
  return summarize(topic, values);
}

const chosen = parseArguments(process.argv.slice(2));
const failures = [];
const nodes = chosenNodes(chosen.lines);
for (const { node } of nodes) writePacks(node);
const topics = topicsFor(nodes, findRivals(cache, node14()));
const unknown = chosen.topics.filter((name) => !topics.some((topic) => topic.name === name));
if (unknown.length > 0) {
  console.error(`No such topic: ${unknown.join(', ')}. There are ${topics.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const results = [];
for (const topic of topics) {
  if (chosen.topics.length > 0 && !chosen.topics.includes(topic.name)) continue;
  results.push(await runTopic(topic, Math.min(chosen.rounds, topic.rounds ?? Infinity)));
  console.log(`\n${resultText(results.at(-1))}\n`);
}

const machine = `${os.cpus().length} x ${os.cpus()[0].model}, ${os.type()} ${os.release()}, ${process.arch}`;
fs.mkdirSync(cache, { recursive: true });
const page = path.join(cache, 'bench.html');
fs.writeFileSync(path.join(cache, 'results.json'), JSON.stringify({ machine, results }, null, 2));
fs.writeFileSync(page, chartPage(results, machine));
console.log(`${machine}\npage: ${path.relative(process.cwd(), page)}`);
const missed = results.flatMap((result) => result.verdicts).filter((verdict) => verdict.met === false);
console.log(`${missed.length} targets missed, ${failures.length} trials failed`);
process.exitCode = missed.length + failures.length > 0 ? 1 : 0;
