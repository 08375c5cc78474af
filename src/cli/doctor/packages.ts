import fs from 'node:fs';
import path from 'node:path';

import type { Finding } from './finding';
import { type Manifest, ManifestError, readManifest } from './manifest';

/** A package that the application has, at one place. */
export interface InstalledPackage {
  readonly name: string;
  /** The real directory, links followed. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** The names of the packages by which it came in, the application's own dependency first, itself last. */
  readonly chain: readonly string[];
}

interface Wanted {
  readonly name: string;
  readonly from: string;
  readonly chain: readonly string[];
  readonly isOptional: boolean;
}

/**
 * Finds all packages that an application depends on, through whatever layout: each is looked for as Node would from
 * where it is required, and taken once.
 *
 * @param root the application's directory
 * @param direct the names of its own dependencies -> whether each may be missing
 * @param note is told of what is missing, or cannot be read
 */
export function installedPackages(
  root: string,
  direct: ReadonlyMap<string, boolean>,
  note: (finding: Finding) => void,
): InstalledPackage[] {
  const found: InstalledPackage[] = [];
  const seen = new Set<string>();
  const queue: Wanted[] = [...direct].map(([name, isOptional]) => ({ name, from: root, chain: [name], isOptional }));
  for (const wanted of queue) {
    const directory = locatePackage(wanted.name, wanted.from);
    if (directory === undefined) {
      if (!wanted.isOptional) note(missing(wanted));
      continue;
    }
    if (seen.has(directory)) continue;
    seen.add(directory);
    const manifest = manifestOf(directory, wanted, note);
    if (manifest === undefined) continue;
    found.push({ name: wanted.name, directory, manifest, chain: wanted.chain });
    for (const [name, isOptional] of dependenciesOf(manifest)) {
      queue.push({ name, from: directory, chain: [...wanted.chain, name], isOptional });
    }
  }
  return found;
}

/** The names that a package depends on -> whether each may be missing. */
export function dependenciesOf(manifest: Manifest): Map<string, boolean> {
  const names = new Map<string, boolean>();
  for (const name of Object.keys(manifest.peerDependencies)) names.set(name, true);
  for (const name of Object.keys(manifest.dependencies)) names.set(name, false);
  for (const name of Object.keys(manifest.optionalDependencies)) names.set(name, true);
  return names;
}

function locatePackage(name: string, from: string): string | undefined {
  // A name is a part of a path: one with dots in it would lead elsewhere.
  if (!/^(@[^/.][^/]*\/)?[^/.@][^/]*$/.test(name)) return undefined;
  for (let directory = from; ; directory = path.dirname(directory)) {
    const candidate = path.join(directory, 'node_modules', name);
    if (path.basename(directory) !== 'node_modules' && fs.existsSync(candidate)) return realPath(candidate);
    if (directory === path.dirname(directory)) return undefined;
  }
}

function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function manifestOf(directory: string, wanted: Wanted, note: (finding: Finding) => void): Manifest | undefined {
  try {
    const manifest = readManifest(directory);
    if (manifest === undefined && !wanted.isOptional) note(missing(wanted));
    return manifest;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    note({
      code: 'unreadable-package',
      severity: 'warning',
      where: wanted.chain.join(' > '),
      what: `${error.message}; neither it nor what it depends on was looked at`,
      advice: 'Install it again: npm install.',
    });
    return undefined;
  }
}

function missing({ chain }: Wanted): Finding {
  return {
    code: 'missing-package',
    severity: 'warning',
    where: chain.join(' > '),
    what: 'is not installed; neither it nor what it depends on was looked at',
    advice: 'Run npm install, then the doctor again.',
  };
}
