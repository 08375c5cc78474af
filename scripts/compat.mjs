// `npm run compat`: fetches the Node lines, builds for each, installs the packages under test, compiles the cases, and
// runs them. Arguments go to compat/run.ts: `npm run compat -- --lines 20 --packages express`.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureLines, lines, root } from './node-lines.mjs';

const home = path.join(root, 'compat');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const args = process.argv.slice(2);
const isShort = args.includes('--short');
const chosen = args.includes('--lines') ? args[args.indexOf('--lines') + 1].split(',') : lines;

function run(command, commandArgs, options = {}) {
  return spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', ...options }).status === 0;
}

function must(what, isDone) {
  if (isDone) return;
  console.error(`npm run compat: ${what} failed`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

// What cannot be installed is told of by the run, package by package: it goes on with what there is.
function install() {
  const lock = fs.readFileSync(path.join(home, 'package-lock.json'), 'utf8') + (isShort ? 'short' : 'all');
  const mark = path.join(home, 'node_modules', '.installed-for');
  const installed = fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '';
  if (installed === lock || (isShort && installed === lock.replace(/short$/, 'all'))) return;
  console.log(`installing the packages under test (${isShort ? 'short form' : 'all'})...`);
  const done = run('npm', ['ci', '--ignore-scripts', '--loglevel=error', ...(isShort ? ['--omit=dev'] : [])], {
    cwd: home,
  });
  if (done) fs.writeFileSync(mark, lock);
  else console.error('npm run compat: npm ci failed in compat/');
}

ensureLines(chosen);
for (const line of chosen) {
  must(`the build for Node ${line}`, run(process.execPath, [path.join(root, 'native', 'install.mjs'), '--line', line]));
}
must('the TypeScript compiler', run(process.execPath, [tsc]));
install();
// The short form is installed without types. What does not compile is told of by the run as well.
if (!run(process.execPath, [tsc, '-p', home, ...(isShort ? ['--noCheck'] : [])])) {
  console.error('npm run compat: not all cases compile');
}
process.exitCode = run(process.execPath, [path.join(root, 'dist', 'compat', 'run.js'), ...args]) ? 0 : 1;
