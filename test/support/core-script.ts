import path from 'node:path';

import { repoRoot } from './spawn-script';

/** Declares, in a script that runs as a process of its own, `core('waiting/sleep')`, which loads a file of the core. */
export const declareCore = `const core = (name) => require(${JSON.stringify(path.join(repoRoot, 'dist', 'src', 'core'))} + '/' + name + '.js');`;
