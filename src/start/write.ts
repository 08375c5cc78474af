/**
 * Writes the packs for the Node that runs this, so that programs start faster:
 *
 *   node dist/src/start/write.js
 *
 * Where the package cannot work there is nothing to write.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { whyNoBinary, whyUnsupported } from '../core/support';

const why = whyUnsupported() ?? whyNoBinary();
if (why === undefined) {
  // The environment of whoever installs is not that of the programs: V8 takes code only with the flags that made it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE|UNBLOCK)_/.test(name)));
  process.exitCode =
    spawnSync(process.execPath, [path.join(__dirname, 'record.js')], { env, stdio: 'inherit' }).status ?? 1;
} else {
  console.log(`unblock: programs will start more slowly, ${why}`);
}
