// The Node lines the project supports, one installation each in .cache/node/<line> (bin/node, include/node).
//
//   node scripts/node-lines.mjs   fetches what is missing and prints each line's exact version
//
// The line of the Node that runs this file is a link to that Node; the others are npm packages.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const lines = ['20', '22', '24', '26'];

const cache = path.join(root, '.cache', 'node');

export function nodeOf(line) {
  return path.join(cache, line, 'bin', 'node');
}

export function versionOf(line) {
  try {
    return execFileSync(nodeOf(line), ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Has what a start needs compiled for a Node, as whoever installs the package has it. Without, all works, only later. */
export function writePacks(node) {
  spawnSync(node, [path.join(root, 'dist', 'src', 'start', 'write.js')], { stdio: 'inherit' });
}

export function ensureLines(wanted = lines) {
  for (const line of wanted) {
    if (isRunning(line)) linkRunningNode(line);
    else if (!versionOf(line)?.startsWith(`v${line}.`)) fetchLine(line);
  }
}

function isRunning(line) {
  const prefix = runningPrefix();
  return process.versions.node.startsWith(`${line}.`) && fs.existsSync(path.join(prefix, 'bin', 'node'));
}

function runningPrefix() {
  return path.dirname(path.dirname(fs.realpathSync(process.execPath)));
}

function linkRunningNode(line) {
  const place = path.join(cache, line);
  if (fs.existsSync(place) && fs.realpathSync(place) === runningPrefix()) return;
  replaceLink(place, runningPrefix());
}

function fetchLine(line) {
  const packageName = `node-linux-${process.arch}`;
  const project = path.join(cache, 'packages', line);
  console.log(`fetching Node ${line} (npm package ${packageName}@${line})...`);
  fs.mkdirSync(project, { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  execFileSync(
    'npm',
    [
      'install',
      '--no-save',
      '--no-package-lock',
      '--no-bin-links',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ].concat('--loglevel=error', '--prefix', project, `${packageName}@${line}`),
    { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  replaceLink(path.join(cache, line), path.join(project, 'node_modules', packageName));
  if (versionOf(line) === undefined) throw new Error(`the fetched Node ${line} does not run: ${nodeOf(line)}`);
}

function replaceLink(place, target) {
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.rmSync(place, { force: true, recursive: true });
  fs.symlinkSync(target, place);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureLines();
  for (const line of lines) console.log(`${line}  ${versionOf(line)}  ${path.relative(root, nodeOf(line))}`);
}
