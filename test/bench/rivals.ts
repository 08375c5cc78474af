// Finds what the benchmarks compare with. Each rival is optional: without it its rows are left out.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Rivals {
  /** node-fibers, whose last release runs on Node 14 at most. */
  readonly fibers?: { readonly node: string; readonly packagePath: string };
  /** A python that has the greenlet module. */
  readonly python?: string;
}

const fibersVersion = '5.0.3';

/** `cache` is a directory that git ignores; `node14` a Node 14 binary, if there is one. */
export function findRivals(cache: string, node14: string | undefined): Rivals {
  const packagePath = node14 === undefined ? undefined : ensureFibers(cache);
  return {
    fibers: node14 === undefined || packagePath === undefined ? undefined : { node: node14, packagePath },
    python: ['python3', '/usr/bin/python3'].find((python) => succeeds(python, ['-c', 'import greenlet'])),
  };
}

function ensureFibers(cache: string): string | undefined {
  const packagePath = path.join(cache, 'node_modules', 'fibers');
  if (fs.existsSync(packagePath)) return packagePath;
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(path.join(cache, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  // The package carries its binaries; its install script would only try them.
  const args = ['install', '--ignore-scripts', ...quiet, '--prefix', cache, `fibers@${fibersVersion}`];
  return succeeds('npm', args, cache) ? packagePath : undefined;
}

function succeeds(command: string, args: readonly string[], cwd?: string): boolean {
  try {
    execFileSync(command, args, { cwd, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
