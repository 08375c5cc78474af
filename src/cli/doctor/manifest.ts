import fs from 'node:fs';
import path from 'node:path';

/** What the doctor reads of a package.json; what has the wrong type there is as if it were not there. */
export interface Manifest {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly main: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  /** Whether npm builds an add-on for it. */
  readonly isBuilt: boolean;
}

/** A package.json that cannot be read, or is none. */
export class ManifestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ManifestError';
  }
}

/**
 * Reads the package.json of a directory.
 *
 * @returns undefined if there is none
 * @throws {ManifestError} for one that is no JSON object, or cannot be read
 */
export function readManifest(directory: string): Manifest | undefined {
  const file = path.join(directory, 'package.json');
  let fields: unknown;
  try {
    // Some editors put a byte order mark there, and npm does not mind.
    fields = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new ManifestError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!isRecord(fields)) throw new ManifestError(`${file} does not hold an object`);
  const scripts = textsOf(fields.scripts);
  return {
    name: textOf(fields.name),
    version: textOf(fields.version),
    main: textOf(fields.main),
    scripts,
    dependencies: textsOf(fields.dependencies),
    devDependencies: textsOf(fields.devDependencies),
    optionalDependencies: textsOf(fields.optionalDependencies),
    peerDependencies: textsOf(fields.peerDependencies),
    isBuilt: fields.gypfile === true || /\b(node-gyp|node-pre-gyp|prebuild|cmake-js)\b/.test(scripts.install ?? ''),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
