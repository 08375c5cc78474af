// Finds what the benchmarks compare with. Each rival is optional: without it its rows are left out.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Rivals {
  /** node-fibers, whose last release runs on Node 14 at most. */
  readonly fibers?: { readonly node: string; readonly packagePath: string };
  /** A python that has the greenlet module. */
  readonly python?: string;
  /** A python that has gevent. */
  readonly gevent?: string;
  /** The main file of p-limit. */
  readonly limitPath?: string;
}

const fibersVersion = '5.0.3';
const limitVersion = '6.2.0';

/** `cache` is a directory that git ignores; `node14` a Node 14 binary, if there is one. */
export function findRivals(cache: string, node14: string | undefined): Rivals {
  const packagePath = node14 === undefined ? undefined : ensurePackage(cache, 'fibers', fibersVersion);
  const limitPackage = ensurePackage(cache, 'p-limit', limitVersion);
  return {
    fibers: node14 === undefined || packagePath === undefined ? undefined : { node: node14, packagePath },
    python: pythonWith('greenlet'),
    gevent: pythonWith('gevent'),
    limitPath: limitPackage === undefined ? undefined : path.join(limitPackage, 'index.js'),
  };
}

function pythonWith(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => succeeds(python, ['-c', `import ${module}`]));
}

// Each has a directory of its own: npm takes away what it has not been told of.
function ensurePackage(cache: string, name: string, version: string): string | undefined {
  const prefix = path.join(cache, name);
  const packagePath = path.join(prefix, 'node_modules', name);
  if (fs.existsSync(packagePath)) return packagePath;
  fs.mkdirSync(prefix, { recursive: true });
  fs.writeFileSync(path.join(prefix, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  // The packages carry their binaries; an install script would only try them.
  const args = ['install', '--ignore-scripts', ...quiet, '--prefix', prefix, `${name}@${version}`];
  return succeeds('npm', args, prefix) ? packagePath : undefined;
}

function succeeds(command: string, args: readonly string[], cwd?: string): boolean {
  try {
    execFileSync(command, args, { cwd, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
