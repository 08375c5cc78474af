/**
 * What a start needs of ours, compiled beforehand. A pack has the sources of modules, V8's code cache of each, and which of
 * them asks for which, in one file per Node beside the add-on (see `record.ts`). What is not in a pack, or has changed since,
 * is loaded as any other module; so is everything if there is no pack. This file itself is never in one: it imports nothing
 * of ours.
 */
import fs from 'node:fs';
import Module, { createRequire, isBuiltin } from 'node:module';
import vm from 'node:vm';

/** Of a module: what its file was like, where in the pack it is, and request -> the module that it means. */
export type Packed = readonly [
  modified: number,
  size: number,
  source: number,
  sourceLength: number,
  code: number,
  codeLength: number,
  requests: Readonly<Record<string, string>>,
];

/** The first line of a pack; places are counted from its end. Modules are named as in an import from `dist/src`. */
export interface PackHeader {
  /** The version of Node whose V8 has made the code cache. */
  readonly node: string;
  /** Where the modules lay. V8's code cache knows it as well. */
  readonly directory: string;
  /** How many bytes follow. */
  readonly length: number;
  readonly modules: Readonly<Record<string, Packed>>;
}

interface Pack {
  readonly bytes: Buffer;
  readonly places: number;
  readonly modules: PackHeader['modules'];
}

/** What every program loads at its start, and what many load later. */
export type PackKind = 'start' | 'later';

type Body = (exports: unknown, require: unknown, module: NodeJS.Module, filename: string, dirname: string) => void;

/** `dist/src/`. */
export const OURS = __dirname.slice(0, -'start'.length);
const { _cache: cache } = Module as unknown as { readonly _cache: Record<string, NodeJS.Module> };

const modules = new Map<string, NodeJS.Module>();
// The one that is at hand; between two starts there is none.
let start: Pack | undefined;
// Whoever needs one module of it often needs more of them, but most programs do not for long.
let later: WeakRef<Pack> | undefined;

/** The file of a pack for this Node. */
export function packFile(kind: PackKind): string {
  const { platform, arch, versions } = process;
  return `${OURS}../../prebuilds/${platform}-${arch}/${kind}.abi${versions.modules}.pack`;
}

/**
 * Has the package loaded from the packs.
 *
 * @param begin is called with what loads a module of ours by its name, such as `patch/index`
 */
export function startFromPack(begin: (load: (name: string) => unknown) => void): void {
  // Source maps are read when Node loads a module, and coverage is counted in characters of what Node compiles.
  const isPlain = !process.sourceMapsEnabled && process.env['NODE_V8_COVERAGE'] === undefined;
  start = isPlain ? readPack('start') : undefined;
  try {
    begin(start === undefined ? (name) => require(`../${name}`) as unknown : load);
  } finally {
    start = undefined;
  }
}

function readPack(kind: PackKind): Pack | undefined {
  try {
    const bytes = fs.readFileSync(packFile(kind));
    const places = bytes.indexOf('\n') + 1;
    const header = JSON.parse(bytes.toString('utf8', 0, places)) as PackHeader;
    const isOurs = header.node === process.version && header.directory === OURS;
    if (isOurs && header.length === bytes.length - places) return { bytes, places, modules: header.modules };
  } catch {
    // There is none, or it is something else.
  }
  return undefined;
}

function laterPack(): Pack | undefined {
  let pack = later?.deref();
  if (pack === undefined) {
    pack = readPack('later');
    if (pack !== undefined) later = new WeakRef(pack);
  }
  return pack;
}

function load(name: string): unknown {
  const file = `${OURS}${name}.js`;
  const known = modules.get(name) ?? cache[file];
  if (known !== undefined) return known.exports;
  const pack = start?.modules[name] === undefined ? laterPack() : start;
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

function evaluate(name: string, file: string, { bytes, places }: Pack, packed: Packed): unknown {
  const [, , source, sourceLength, code, codeLength, requests] = packed;
  const module = new Module(file);
  module.filename = file;
  modules.set(name, module);
  cache[file] = module;
  try {
    const text = bytes.toString('latin1', places + source, places + source + sourceLength);
    const cachedData = bytes.subarray(places + code, places + code + codeLength);
    // What V8 refuses, for flags of its own for instance, it compiles.
    const body = new vm.Script(text, { filename: file, cachedData }).runInThisContext() as Body;
    const { exports } = module;
    body.call(exports, exports, requireOf(file, requests), module, file, file.slice(0, file.lastIndexOf('/')));
    module.loaded = true;
  } finally {
    if (!module.loaded) {
      modules.delete(name);
      delete cache[file];
    }
  }
  return module.exports;
}

function requireOf(file: string, requests: Packed[6]): unknown {
  const requireOne = (request: string): unknown => {
    const name = requests[request];
    if (name !== undefined) return load(name);
    return isBuiltin(request) ? require(request) : createRequire(file)(request);
  };
  return Object.assign(requireOne, { cache, main: require.main });
}
