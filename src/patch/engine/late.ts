import path from 'node:path';

import { queueWarning } from './warnings';

const MOST_NAMED = 5;
// Where our own compiled files are; the packages of a checkout lie beside it.
const OURS = path.resolve(__dirname, '..', '..', '..') + path.sep;

/**
 * Notes a warning if the program has loaded modules already: a function that one of them has taken out of a module of
 * Node's (`const { execSync } = require('child_process')`) stays the one that it was.
 *
 * @param evaluated the ES modules
 *
 * Source: the warning of `gevent.monkey.patch_all` about an `ssl` that was imported before.
 */
export function warnOfEarlyModules(evaluated: readonly string[]): void {
  const loaded = Object.keys(require.cache).filter((file) => require.cache[file] !== require.main);
  const early = [...new Set([...loaded, ...evaluated])].filter((file) => !file.startsWith(OURS));
  if (early.length === 0) return;
  const named = early.slice(0, MOST_NAMED).join(', ');
  const more = early.length > MOST_NAMED ? `, and ${early.length - MOST_NAMED} more` : '';
  queueWarning(
    'UNBLOCK_LATE_PATCH',
    `${early.length === 1 ? 'A module was' : `${early.length} modules were`} loaded before Node was made cooperative: ` +
      `what was taken out of Node's modules by then may still block the process (${named}${more}). Start with "node --import unblock/loader".`,
  );
}
