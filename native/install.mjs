// Builds the add-on for one Node ABI and places it in prebuilds/, unless an up-to-date one is there already, and has what
// programs need at their start compiled beforehand (src/start/), unless it is a checkout that has nothing compiled yet.
//
//   node native/install.mjs             for the Node that runs this file
//   node native/install.mjs --line 22   for the Node in .cache/node/22 (see scripts/node-lines.mjs)

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const nativeDir = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(nativeDir);
const abi = process.versions.modules;
const binary = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`, `node.abi${abi}.node`);
const shownBinary = path.relative(root, binary);

function say(message) {
  console.log(`unblock: ${message}`);
}

function buildInputs() {
  return fs
    .readdirSync(nativeDir, { recursive: true })
    .filter((name) => /\.(cc|h|S|gyp)$/.test(name) && !name.startsWith('test' + path.sep))
    .map((name) => path.join(nativeDir, name));
}

function isUpToDate() {
  const built = fs.statSync(binary, { throwIfNoEntry: false });
  // Equal times count as fresh: npm gives every file of a package the same one.
  return built !== undefined && buildInputs().every((file) => fs.statSync(file).mtimeMs <= built.mtimeMs);
}

function nodeGyp() {
  const besideNpm = (npmCli) => path.join(path.dirname(npmCli), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const candidates = [
    process.env.npm_config_node_gyp,
    process.env.npm_execpath && besideNpm(process.env.npm_execpath),
    ...(process.env.PATH ?? '').split(path.delimiter).map((dir) => {
      const npm = path.join(dir, 'npm');
      return fs.existsSync(npm) ? besideNpm(fs.realpathSync(npm)) : undefined;
    }),
  ];
  return candidates.find((file) => file && fs.existsSync(file));
}

// A directory per ABI, so that building for one Node leaves the objects of the others alone. The sources are linked
// rather than copied: make then sees their own times and rebuilds only what changed.
function prepareBuildDir() {
  const buildDir = path.join(root, '.cache', 'build', `abi${abi}`);
  fs.mkdirSync(buildDir, { recursive: true });
  for (const name of fs.readdirSync(buildDir)) {
    if (name !== 'build') fs.rmSync(path.join(buildDir, name));
  }
  for (const name of fs.readdirSync(nativeDir)) {
    if (/\.(cc|h|gyp)$/.test(name) || name === 'platform') {
      fs.symlinkSync(path.join(nativeDir, name), path.join(buildDir, name));
    }
  }
  return buildDir;
}

// The directory to build against, if headers of exactly this Node are at hand: beside it, or where npm is told to look.
// Anything else is no option: headers of another Node compile, and crash at run time.
function findHeaders() {
  const beside = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  return [beside, process.env.npm_config_nodedir].find((dir) => dir && headerVersion(dir) === process.version);
}

function headerVersion(dir) {
  const files = ['include/node/node_version.h', 'src/node_version.h'].map((name) => path.join(dir, name));
  const found = files.find((file) => fs.existsSync(file));
  if (found === undefined) return undefined;
  const text = fs.readFileSync(found, 'utf8');
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`;
}

// node-gyp lets npm_config_nodedir win over its own option, so the choice has to be made there. Unset, it downloads.
function gypEnvironment() {
  const { npm_config_nodedir: _, ...env } = process.env;
  const headers = findHeaders();
  if (headers !== undefined) env.npm_config_nodedir = headers;
  // binding.gyp runs `node`, which must exist and be this one.
  env.PATH = path.dirname(process.execPath) + path.delimiter + env.PATH;
  return env;
}

function fail(reason) {
  say(`could not build the native add-on for Node ${process.version} (ABI ${abi}): ${reason}
  The build needs a C++20 compiler (g++ 11 or clang 14, or newer), make, python3, and the headers of this Node:
  node-gyp downloads them, unless they are installed beside Node or npm_config_nodedir says where they are.
  On Debian and Ubuntu: apt-get install g++ make python3. Then run: npm rebuild unblock (or: npm run build)`);
  process.exit(1);
}

function build() {
  const gyp = nodeGyp();
  if (gyp === undefined) fail('node-gyp was not found; it comes with npm.');
  say(`building the native add-on for Node ${process.version} (ABI ${abi})...`);
  const buildDir = prepareBuildDir();
  const result = spawnSync(process.execPath, [gyp, 'configure', 'build', '--jobs', 'max', '-C', buildDir], {
    encoding: 'utf8',
    env: gypEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = `${result.stdout}${result.stderr}`;
  if (result.status !== 0) {
    console.error(output);
    fail(`node-gyp failed (${result.error?.message ?? `exit code ${result.status}`}); its output is above.`);
  }
  const warnings = output.split('\n').filter((line) => line.includes(': warning:'));
  if (warnings.length > 0) console.error(warnings.join('\n'));
  place(path.join(buildDir, 'build', 'Release', 'unblock.node'));
  say(`built ${shownBinary}`);
}

// By rename: a process that has the old binary loaded keeps its file.
function place(built) {
  fs.mkdirSync(path.dirname(binary), { recursive: true });
  const temporary = `${binary}.${process.pid}`;
  fs.copyFileSync(built, temporary);
  fs.renameSync(temporary, binary);
}

// Without packs all works as well, only later, so nothing fails for the want of them.
function writePacks() {
  const writer = path.join(root, 'dist', 'src', 'start', 'write.js');
  if (fs.existsSync(writer)) spawnSync(process.execPath, [writer], { stdio: 'inherit' });
}

function buildForLine(line) {
  const node = path.join(root, '.cache', 'node', line, 'bin', 'node');
  if (!fs.existsSync(node)) {
    say(`Node ${line} is not in ${path.relative(root, node)}; fetch it with: node scripts/node-lines.mjs`);
    process.exit(1);
  }
  process.exit(spawnSync(node, [fileURLToPath(import.meta.url)], { stdio: 'inherit' }).status ?? 1);
}

const lineOption = process.argv.indexOf('--line');
if (lineOption !== -1) {
  buildForLine(process.argv[lineOption + 1]);
} else if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
  say(
    `there is no port to ${process.platform} ${process.arch} yet, so nothing is built; loading unblock here reports it.`,
  );
} else {
  if (isUpToDate()) say(`${shownBinary} is up to date`);
  else build();
  writePacks();
}
