// Removes what a build made. The fetched Node lines stay in .cache/node.

import fs from 'node:fs';
import path from 'node:path';
import { root } from './node-lines.mjs';

for (const made of ['dist', 'prebuilds', '.cache/build']) {
  fs.rmSync(path.join(root, made), { recursive: true, force: true });
}
