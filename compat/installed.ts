// What is there of what the matrix names: packages and compiled cases.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Entry } from './matrix';

/** What package.json asks for: dependencies are the short form, devDependencies the rest. */
export interface Wanted {
  readonly short: Readonly<Record<string, string>>;
  readonly rest: Readonly<Record<string, string>>;
}

export function readWanted(home: string): Wanted {
  const { dependencies = {}, devDependencies = {} } = readJson(path.join(home, 'package.json')) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  return { short: dependencies, rest: devDependencies };
}

/** What package.json has otherwise than the matrix, in a sentence each. */
export function disagreements(entries: readonly Entry[], { short, rest }: Wanted): string[] {
  return entries
    .filter((entry) => isPackage(entry) && entry.case !== undefined)
    .flatMap((entry) => {
      const asked = (entry.short ? short : { ...rest, ...short })[entry.package];
      if (asked === entry.range) return [];
      const where = entry.short ? 'the dependencies of package.json' : 'package.json';
      return [`${entry.package}: the matrix says ${entry.range}, ${where} ${asked ?? 'nothing'}`];
    });
}

/** The version that is installed; what comes with Node has Node's. Undefined if it is not installed. */
export function versionOf(home: string, entry: Entry): string | undefined {
  if (!isPackage(entry)) return entry.range;
  const { version } = (readJson(path.join(home, 'node_modules', entry.package, 'package.json')) ?? {}) as {
    version?: string;
  };
  return version;
}

/** The compiled program of a case, CommonJS or an ES module; undefined if there is none. */
export function programOf(home: string, name: string): string | undefined {
  return ['.js', '.mjs'].map((ending) => path.join(home, 'dist', 'cases', name + ending)).find(existsSync);
}

function isPackage(entry: Entry): boolean {
  return !entry.package.startsWith('node:');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
