import fs from 'node:fs';
import path from 'node:path';

import { ConfigError } from '../../core/errors';
import { nodeCommandsIn } from './command-line';
import type { Finding } from './finding';
import { type Manifest, ManifestError, readManifest } from './manifest';
import { dependenciesOf, type InstalledPackage, installedPackages } from './packages';

/** What the doctor looks at. */
export interface Application {
  readonly root: string;
  /** Undefined for a program without a package.json. */
  readonly manifest: Manifest | undefined;
  /** The program, as far as one can be told. */
  readonly entry: string | undefined;
  readonly packages: readonly InstalledPackage[];
}

const PRESET_ENTRIES = ['index.js', 'index.cjs', 'index.mjs', 'server.js'];

/**
 * Reads an application.
 *
 * @param target a program, a package.json, or the directory of one
 * @param withDevelopment whether `devDependencies` are part of it
 * @param note is told of packages that are missing, or cannot be read
 * @throws {ConfigError} if there is no such thing, or its package.json is none
 */
export function readApplication(
  target: string,
  withDevelopment: boolean,
  note: (finding: Finding) => void,
): Application {
  const place = path.resolve(target);
  const stats = fs.statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) throw new ConfigError(`There is no program, package.json or directory '${target}'`);
  const isProgram = stats.isFile() && path.basename(place) !== 'package.json';
  const start = fs.realpathSync(stats.isDirectory() ? place : path.dirname(place));
  const root = isProgram ? rootAbove(start) : start;
  const manifest = manifestIn(root);
  const entry = isProgram ? fs.realpathSync(place) : entryOf(root, manifest);
  if (manifest === undefined && entry === undefined) {
    throw new ConfigError(`'${target}' has neither a package.json nor a program`);
  }
  const direct = manifest === undefined ? topLevelPackages(root) : dependenciesOf(manifest);
  if (withDevelopment) for (const name of Object.keys(manifest?.devDependencies ?? {})) direct.set(name, false);
  return { root, manifest, entry, packages: installedPackages(root, direct, note) };
}

// As npm finds it: the nearest directory that has one.
function rootAbove(start: string): string {
  for (let directory = start; ; directory = path.dirname(directory)) {
    if (fs.existsSync(path.join(directory, 'package.json'))) return directory;
    if (directory === path.dirname(directory)) return start;
  }
}

function manifestIn(root: string): Manifest | undefined {
  try {
    return readManifest(root);
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigError(error.message);
    throw error;
  }
}

function entryOf(root: string, manifest: Manifest | undefined): string | undefined {
  const started = nodeCommandsIn(manifest?.scripts.start ?? '').map(({ program }) => program);
  return [...started, manifest?.main, ...PRESET_ENTRIES]
    .filter((name): name is string => name !== undefined)
    .flatMap((name) => [name, `${name}.js`, path.join(name, 'index.js')].map((each) => path.resolve(root, each)))
    .find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}

// Without a package.json nobody says what is meant, so all that could be required is.
function topLevelPackages(root: string): Map<string, boolean> {
  const directory = path.join(root, 'node_modules');
  if (!fs.existsSync(directory)) return new Map();
  const names = fs
    .readdirSync(directory)
    .flatMap((name) =>
      name.startsWith('@') ? fs.readdirSync(path.join(directory, name)).map((each) => `${name}/${each}`) : [name],
    );
  return new Map(names.filter((name) => !name.startsWith('.')).map((name) => [name, true]));
}
