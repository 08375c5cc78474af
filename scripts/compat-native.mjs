// Builds the packages under test that have add-ons of their own, for one Node: each line has its own ABI, so that what
// is built is put where such packages look for more than one.
//
//   node scripts/compat-native.mjs   for the Node that runs this file

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './node-lines.mjs';

// Package -> what it builds.
const packages = { 'better-sqlite3': 'better_sqlite3.node' };

function nodeGyp() {
  const npm = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((dir) => path.join(dir, 'npm'))
    .find(fs.existsSync);
  return path.join(path.dirname(fs.realpathSync(npm)), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
}

function build(name, binary) {
  const home = path.join(root, 'compat', 'node_modules', name);
  const { version } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
  // Where the package `bindings` looks.
  const place = path.join(home, 'compiled', process.versions.node, process.platform, process.arch, binary);
  const kept = path.join(root, '.cache', 'compat', 'native', `${name}-${version}-abi${process.versions.modules}.node`);
  if (!fs.existsSync(kept)) {
    console.log(`building ${name} for Node ${process.version}...`);
    const headers = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
    const env = { ...process.env, PATH: path.dirname(process.execPath) + path.delimiter + process.env.PATH };
    if (fs.existsSync(path.join(headers, 'include', 'node', 'node.h'))) env.npm_config_nodedir = headers;
    const run = spawnSync(process.execPath, [nodeGyp(), 'rebuild', '--release', '--jobs', 'max'], {
      cwd: home,
      env,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${name} does not build:\n${run.stderr}`);
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.copyFileSync(path.join(home, 'build', 'Release', binary), kept);
    fs.rmSync(path.join(home, 'build'), { recursive: true });
  }
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.copyFileSync(kept, place);
}

for (const [name, binary] of Object.entries(packages)) {
  // What does not build cannot be loaded: the run tells of it.
  try {
    if (fs.existsSync(path.join(root, 'compat', 'node_modules', name))) build(name, binary);
  } catch (error) {
    console.error(error.message);
  }
}
