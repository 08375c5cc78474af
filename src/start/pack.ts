/**
 * What a start needs of ours, compiled beforehand. A pack has the sources of modules, V8's code cache of each, and which of
 * them asks for which, in one file per Node beside the add-on (see `record.ts`). What is not in a pack, or has changed since,
 * is loaded as any other module; so is everything if there is no pack. This file itself is never in one: it imports nothing
 * of ours.
 */
import fs from 'node:fs';
import Module, { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/** Of a module: what its file was like, where in the pack it is, its requests, and the module that each one means. */
export type Packed = readonly [
  modified: number,
  size: number,
  source: number,
  sourceLength: number,
  code: number,
  codeLength: number,
  requests: readonly string[],
  names: readonly string[],
];

/** The first line of a pack; places are counted from its end. Modules are named as in an import from `dist/src`. */
export interface PackHeader {
  /** The version of Node whose V8 has made the code cache. */
  readonly node: string;
  /** `dist/src/` as it was: on Node 20 V8 has the names of files out of its code cache. */
  readonly directory: string;
  /** How many bytes of source follow, and how many of compiled code after them. */
  readonly sources: number;
  readonly codes: number;
  readonly modules: Readonly<Record<string, Packed>>;
}

interface Pack {
  readonly sources: string;
  readonly codes: Buffer;
  readonly modules: PackHeader['modules'];
}

/** What every program loads at its start, and what many load later. */
export type PackKind = 'start' | 'later';

interface Loader {
  readonly _cache: Record<string, NodeJS.Module>;
  _findPath(request: string, paths: readonly string[] | undefined, ...rest: unknown[]): string | false;
}

type Body = (exports: unknown, require: unknown, module: NodeJS.Module, filename: string, dirname: string) => void;

const FIRST = 'patch/all';
/** `dist/src/`. */
export const OURS = __dirname.slice(0, -'start'.length);
const loader = Module as unknown as Loader;
const cache = loader._cache;

// Source maps are read when Node loads a module, and coverage is counted in characters of what Node compiles. A policy, which
// Node 20 has, says what files must be like, and Node looks when it loads them.
const hasPolicy = [...process.execArgv, process.env['NODE_OPTIONS']].some((text) =>
  text?.includes('--experimental-policy'),
);
const isPlain = !process.sourceMapsEnabled && process.env['NODE_V8_COVERAGE'] === undefined && !hasPolicy;
const modules = new Map<string, NodeJS.Module>();
// At hand while a start lasts, or one module after the other is loaded. Most programs need no more of them then.
let startPack: WeakRef<Pack> | undefined;
let laterPack: WeakRef<Pack> | undefined;

/** The file of a pack for this Node. */
export function packFile(kind: PackKind): string {
  const { platform, arch, versions } = process;
  return `${OURS}../../prebuilds/${platform}-${arch}/${kind}.abi${versions.modules}.pack`;
}

function readPack(kind: PackKind): Pack | undefined {
  try {
    const bytes = fs.readFileSync(packFile(kind));
    const places = bytes.indexOf('\n') + 1;
    const header = JSON.parse(bytes.toString('utf8', 0, places)) as PackHeader;
    const isOurs = header.node === process.version && header.directory === OURS;
    const { sources, codes, modules } = header;
    if (!isOurs || places + sources + codes !== bytes.length) return undefined;
    const middle = places + sources;
    if (kind === 'start' && !isUnchanged(`${OURS}${FIRST}.js`, modules[FIRST]!)) return undefined;
    // One string, of which each module gets a part.
    return { sources: bytes.toString('latin1', places, middle), codes: bytes.subarray(middle), modules };
  } catch {
    // There is none, or it is something else.
  }
  return undefined;
}

function findPack(name: string): Pack | undefined {
  const first = startPack?.deref();
  if (startPack === undefined || first?.modules[name] !== undefined) return first;
  const second = laterPack?.deref() ?? readPack('later');
  laterPack = second && new WeakRef(second);
  return second;
}

// Whoever asks later is in a critical section, or it is Node's loader at work: nothing else runs meanwhile.
function load(name: string): unknown {
  const file = `${OURS}${name}.js`;
  const known = modules.get(name) ?? cache[file];
  if (known !== undefined) return known.exports;
  const pack = findPack(name);
  const packed = pack?.modules[name];
  if (packed === undefined || !isUnchanged(file, packed)) return require(`../${name}`);
  return evaluate(name, file, pack!, packed);
}

function isUnchanged(file: string, [modified, size]: Packed): boolean {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found?.size !== size) return false;
  // Images of containers have whole seconds.
  return found.mtimeMs === modified || found.mtimeMs === Math.floor(modified / 1000) * 1000;
}

function evaluate(name: string, file: string, { sources, codes }: Pack, packed: Packed): unknown {
  const [, , source, sourceLength, code, codeLength, requests, names] = packed;
  const module = new Module(file);
  module.filename = file;
  modules.set(name, module);
  cache[file] = module;
  try {
    const text = sources.slice(source, source + sourceLength);
    const cachedData = codes.subarray(code, code + codeLength);
    // What V8 refuses, for flags of its own for instance, it compiles.
    const body = new vm.Script(text, { filename: file, cachedData }).runInThisContext() as Body;
    const { exports } = module;
    body.call(exports, exports, requireOf(file, requests, names), module, file, file.slice(0, file.lastIndexOf('/')));
    module.loaded = true;
  } finally {
    if (!module.loaded) {
      modules.delete(name);
      delete cache[file];
    }
  }
  return module.exports;
}

function requireOf(file: string, requests: Packed[6], names: Packed[7]): unknown {
  const requireOne = (request: string): unknown => {
    const name = names[requests.indexOf(request)];
    if (name !== undefined) return load(name);
    return isBuiltin(request) ? require(request) : createRequire(file)(request);
  };
  return Object.assign(requireOne, { cache, main: require.main });
}

// Our files ask for each other by where they lie. Node would look that up in a hundred places, at each start.
function withoutLookingUp(begin: () => void): void {
  const original = loader._findPath;
  loader._findPath = function (request, paths) {
    const place = `${paths?.[0]}/`;
    if (!request.startsWith('.') || !place.startsWith(OURS)) return Reflect.apply(original, this, arguments) as string;
    return `${path.join(place, request)}.js`;
  };
  try {
    begin();
  } finally {
    loader._findPath = original;
  }
}

/**
 * Makes the process cooperative.
 *
 * @param query the loader's query, such as `?fs=off`
 */
export function start(query: string): void {
  const pack = isPlain ? readPack('start') : undefined;
  startPack = pack && new WeakRef(pack);
  const begin = (): void => {
    const { patchByQuery } = load(FIRST) as typeof import('../patch/all');
    patchByQuery(query);
  };
  if (pack === undefined) withoutLookingUp(begin);
  else begin();
}
