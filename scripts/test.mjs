// `npm test`: fetches the Node lines, compiles, builds the add-on for each, and runs every test on every line.
// Arguments go to on-each-line.mjs: `npm test -- --lines 20`.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { ensureLines, lines, root, versionOf } from './node-lines.mjs';

const inRoot = (...parts) => path.join(root, ...parts);

function step(name, ...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) stop(`${name} failed`);
}

// The last line is the same for every outcome, so that whoever reads it needs no second rule.
function stop(reason) {
  console.error(`npm test: ${reason}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

try {
  ensureLines();
} catch (error) {
  stop(`a Node line could not be installed: ${error.message}`);
}
console.log(`Node lines: ${lines.map(versionOf).join(', ')}`);
step('the TypeScript compiler', inRoot('node_modules', 'typescript', 'bin', 'tsc'));
for (const line of lines) step(`the build for Node ${line}`, inRoot('native', 'install.mjs'), '--line', line);

const run = spawnSync(process.execPath, [inRoot('scripts', 'on-each-line.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
