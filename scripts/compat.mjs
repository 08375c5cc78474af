// `npm run compat`: fetches the Node lines, builds for each, installs the packages under test, compiles the cases, and
// runs them. Arguments go to compat/run.ts: `npm run compat -- --lines 20 --packages express`.
//
//   --protocols  the storms of compat/protocols.ts instead, to which the other arguments go
//   --no-build   the Node lines, the add-on and dist/ are there already

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureLines, lines, nodeOf, root } from './node-lines.mjs';

const home = path.join(root, 'compat');
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const args = process.argv.slice(2).filter((arg) => !['--no-build', '--protocols'].includes(arg));
const program = process.argv.includes('--protocols') ? 'protocols.js' : 'run.js';
const isShort = args.includes('--short');
const isHelp = args.includes('--help');
const chosen = args.includes('--lines') ? (args[args.indexOf('--lines') + 1] ?? '').split(',') : lines;
const unknown = chosen.filter((line) => !lines.includes(line));
must(`--lines: not known: ${unknown.join(', ')}; there are ${lines.join(', ')}`, unknown.length === 0);

function run(command, commandArgs, cwd = root) {
  return spawnSync(command, commandArgs, { cwd, stdio: 'inherit' }).status === 0;
}

function must(what, isDone) {
  if (isDone) return;
  console.error(`npm run compat: ${what}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

function build() {
  ensureLines(chosen);
  must('the TypeScript compiler failed', run(process.execPath, [compiler]));
  for (const line of chosen) {
    must(`the build for Node ${line} failed`, run(nodeOf(line), [path.join(root, 'native', 'install.mjs')]));
  }
}

// The short form are the dependencies, the rest the devDependencies. What cannot be installed is told of by the run,
// package by package: it goes on with what there is.
function install() {
  const lock = fs.readFileSync(path.join(home, 'package-lock.json'), 'utf8');
  const mark = path.join(home, 'node_modules', '.installed');
  const installed = fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '';
  if (installed === `all\n${lock}` || (isShort && installed === `short\n${lock}`)) return;
  console.log(`installing the packages under test (${isShort ? 'short form' : 'all'})...`);
  const options = ['--ignore-scripts', '--loglevel=error', ...(isShort ? ['--omit=dev'] : [])];
  if (run('npm', ['ci', ...options], home)) fs.writeFileSync(mark, `${isShort ? 'short' : 'all'}\n${lock}`);
  else console.error('npm run compat: npm ci failed in compat/');
}

// The short form is installed without types. What does not compile is told of by the run as well.
function compile() {
  fs.rmSync(path.join(home, 'dist'), { recursive: true, force: true });
  const isDone = run(process.execPath, [compiler, '-p', home, ...(isShort ? ['--noCheck'] : [])]);
  if (!isDone) console.error('npm run compat: not all cases compile');
}

const compiled = path.join(root, 'dist', 'compat', program);
if (!process.argv.includes('--no-build') && !(isHelp && fs.existsSync(compiled))) build();
if (!isHelp) {
  install();
  compile();
}
if (!isShort && !isHelp) {
  for (const line of chosen) run(nodeOf(line), [path.join(root, 'scripts', 'compat-native.mjs')]);
}
process.exitCode = run(process.execPath, [compiled, ...args]) ? 0 : 1;
