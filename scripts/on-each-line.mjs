// Runs the compiled tests with mocha on each supported Node line and sums mocha's own counts.
//
//   node scripts/on-each-line.mjs                               every test on every line
//   node scripts/on-each-line.mjs --lines 20,24                 on some lines
//   node scripts/on-each-line.mjs -- dist/test/core/x.test.js   what follows -- goes to mocha instead of every test
//
// A run that ends without counts (a crash, a kill, a hang) is one failure.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { lines, nodeOf, root, versionOf, writePacks } from './node-lines.mjs';

const minutesPerLine = 15;

const mochaMain = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const reporter = path.join(root, 'scripts', 'count-reporter.cjs');

// From the sources, not from dist, where the output of a test that was removed may still lie.
function allTests() {
  return fs
    .readdirSync(path.join(root, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => path.join('dist', 'test', name.replace(/\.ts$/, '.js')));
}

function parseArguments(args) {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const mochaArguments = end === -1 ? [] : args.slice(end + 1);
  const chosen = own.indexOf('--lines');
  return {
    chosenLines: chosen === -1 ? lines : own[chosen + 1].split(','),
    mochaArguments: mochaArguments.length > 0 ? mochaArguments : allTests(),
  };
}

function runLine(line, mochaArguments, countsFile) {
  const started = Date.now();
  const run = spawnSync(
    nodeOf(line),
    [mochaMain, '--reporter', reporter, '--reporter-option', `output=${countsFile}`, ...mochaArguments],
    { cwd: root, stdio: 'inherit', timeout: minutesPerLine * 60_000, killSignal: 'SIGKILL' },
  );
  const seconds = (Date.now() - started) / 1000;
  if (!fs.existsSync(countsFile)) return { passed: 0, failed: 1, skipped: 0, seconds, note: describeEnd(run) };
  const counts = JSON.parse(fs.readFileSync(countsFile, 'utf8'));
  // Mocha's exit code is the number of failures, so anything else than 0 here means that the end of the process failed.
  if (counts.failed === 0 && run.status !== 0) return { ...counts, failed: 1, seconds, note: describeEnd(run) };
  return { ...counts, seconds, note: '' };
}

function describeEnd(run) {
  if (run.error?.code === 'ETIMEDOUT') return `killed after ${minutesPerLine} minutes`;
  if (run.error) return run.error.message;
  return run.signal ? `ended by ${run.signal}` : `exit code ${run.status}`;
}

const { chosenLines, mochaArguments } = parseArguments(process.argv.slice(2));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-counts-'));
const rows = [];
for (const line of chosenLines) {
  const version = versionOf(line);
  if (version === undefined) throw new Error(`Node ${line} is not installed; run: node scripts/node-lines.mjs`);
  console.log(`\n=== Node ${version} ===`);
  writePacks(nodeOf(line));
  rows.push({ version, ...runLine(line, mochaArguments, path.join(scratch, `${line}.json`)) });
}
fs.rmSync(scratch, { recursive: true });

const sum = (count) => rows.reduce((total, row) => total + row[count], 0);
console.log(`\n${'Node'.padEnd(12)}${['passed', 'failed', 'skipped', 'seconds'].map((s) => s.padStart(9)).join('')}`);
for (const { version, passed, failed, skipped, seconds, note } of rows) {
  const cells = [passed, failed, skipped, seconds.toFixed(1)].map((cell) => String(cell).padStart(9));
  console.log(`${version.padEnd(12)}${cells.join('')}${note && `  ${note}`}`);
}
const skipped = sum('skipped');
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
