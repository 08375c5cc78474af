import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { repoRoot } from './support/spawn-script';

// What CONTRIBUTING.md says about layers and files, checked. A claim about files that do not exist yet holds trivially.

interface Import {
  specifier: string;
  typeOnly: boolean;
  /** The project file it means, relative to the root; undefined for a package or a builtin. */
  target: string | undefined;
}

interface SourceFile {
  /** Relative to the root, with forward slashes. */
  name: string;
  text: string;
  imports: Import[];
}

const layers: ReadonlyArray<readonly [layer: string, pattern: RegExp]> = [
  ['core', /^src\/core\//],
  ['callbacks', /^src\/patch\/callbacks\//],
  ['socket', /^src\/socket\//],
  ['fibers', /^src\/fibers\//],
  ['engine', /^src\/patch\/engine\//],
  ['files', /^src\/patch\/files\//],
  ['children', /^src\/patch\/children\//],
  ['patch entry', /^src\/patch\/(all|hooks|index|patchable)\.ts$/],
  ['table', /^src\/patch\//],
  ['start', /^src\/start\//],
  ['cli', /^src\/cli\//],
  ['index', /^src\/index\.ts$/],
];

/** A table may not import another table: what two of them share belongs to the engine, what is much to a room of its own. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  socket: ['socket', 'core'],
  fibers: ['fibers', 'core'],
  callbacks: ['callbacks', 'core'],
  engine: ['engine', 'core'],
  files: ['files', 'engine', 'core'],
  children: ['children', 'engine', 'core'],
  table: ['files', 'children', 'engine', 'core'],
  'patch entry': ['patch entry', 'table', 'engine', 'callbacks', 'core'],
  index: ['core', 'socket', 'patch entry'],
  start: ['start', 'core'],
  cli: ['cli', 'index', 'core', 'patch entry', 'engine'],
};

/** The rooms of core, lowest first; '' is its top. A file imports, types apart, from its own room and those before it. */
const coreRooms = [
  '',
  'switching',
  'hub',
  'waiting',
  'loop',
  'greenlets',
  'seeing',
  'sync',
  'bridges',
  'queues',
  'pools',
];

/** Builtins that core may import outside node.ts: they hold nothing that a patch replaces. */
const harmlessBuiltins = [
  'node:assert',
  'node:diagnostics_channel',
  'node:module',
  'node:path',
  'node:url',
  'node:util',
  'node:v8',
  'node:vm',
];

const lineCeilings: ReadonlyArray<readonly [pattern: RegExp, lines: number]> = [
  [/^src\/.*\.ts$/, 300],
  [/^native\/.*\.(cc|h|S)$/, 400],
  [/^loader\.mjs$/, 50],
];

function filesBelow(directory: string): string[] {
  const absolute = path.join(repoRoot, directory);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .flatMap((entry) => {
      const name = `${directory}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(name) : [name];
    });
}

function read(name: string): string {
  return fs.readFileSync(path.join(repoRoot, name), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(name: string, text: string): Import[] {
  const found: Import[] = [];
  const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  for (const [, type, specifier = ''] of withoutComments(text).matchAll(statement)) {
    const target = specifier.startsWith('.') ? resolveImport(name, specifier) : undefined;
    found.push({ specifier, typeOnly: type !== undefined, target });
  }
  // What is loaded at its first use is an import like any other.
  for (const [, specifier = ''] of text.matchAll(/\blater<typeof import\('([^']+)'\)>/g)) {
    found.push({ specifier, typeOnly: false, target: resolveImport(name, specifier) });
  }
  return found;
}

function resolveImport(from: string, specifier: string): string {
  const base = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '');
  const candidates = [`${base}.ts`, `${base}/index.ts`, base];
  return candidates.find((name) => fs.existsSync(path.join(repoRoot, name))) ?? base;
}

function layerOf(name: string): string | undefined {
  return layers.find(([, pattern]) => pattern.test(name))?.[0];
}

/** The place of its room in the order; -1 for what is in no room of core. */
function coreRank(name: string): number {
  const match = /^src\/core\/(?:([^/]+)\/)?[^/]+\.ts$/.exec(name);
  return match === null ? -1 : coreRooms.indexOf(match[1] ?? '');
}

function findCycle(sources: readonly SourceFile[]): string[] | undefined {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const finished = new Set<string>();
  const visit = (name: string, trail: string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const { target, typeOnly } of byName.get(name)?.imports ?? []) {
      const cycle = target === undefined || typeOnly ? undefined : visit(target, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  for (const { name } of sources) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('the structure of the project', () => {
  const sources: SourceFile[] = filesBelow('src')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: read(name), imports: importsOf(name, read(name)) }));
  const own = ['src', 'test', 'native', 'scripts', 'compat', 'examples'].flatMap(filesBelow);

  const offences = (check: (source: SourceFile, imported: Import) => boolean): string[] =>
    sources.flatMap((source) =>
      source.imports.filter((each) => check(source, each)).map((each) => `${source.name} -> ${each.specifier}`),
    );

  it('puts every source file in a layer', () => {
    expect(sources.map(({ name }) => name).filter((name) => layerOf(name) === undefined)).to.deep.equal([]);
  });

  it('imports only from the layers below', () => {
    const wrong = offences(({ name }, { target }) => {
      if (target === undefined) return false;
      const [from, to] = [layerOf(name), layerOf(target)];
      return from === undefined || to === undefined || !mayImport[from]?.includes(to);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('has every file of core in a room, and no room without a file', () => {
    const ranks = sources
      .filter(({ name }) => layerOf(name) === 'core')
      .map(({ name }) => ({ name, rank: coreRank(name) }));
    expect(ranks.filter(({ rank }) => rank === -1).map(({ name }) => name)).to.deep.equal([]);
    expect(coreRooms.filter((_, index) => !ranks.some(({ rank }) => rank === index))).to.deep.equal([]);
  });

  it('keeps the order of the rooms of core', () => {
    const wrong = offences(({ name }, { target, typeOnly }) => {
      if (typeOnly || target === undefined || layerOf(name) !== 'core') return false;
      return coreRank(target) > coreRank(name);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('has no import cycle', () => {
    expect(findCycle(sources)?.join(' -> ')).to.equal(undefined);
  });

  it('has no import inside a function', () => {
    const inner = /^[ \t]+.*\b(?:require|(?<!typeof )import|later)\(\s*['"]/m;
    const wrong = sources.filter(({ text }) => inner.test(withoutComments(text))).map(({ name }) => name);
    expect(wrong).to.deep.equal([]);
  });

  it('exports by name, never with a star and never a default', () => {
    const wrong = sources.filter(({ text }) => /^export\s+(\*|default\b)/m.test(text)).map(({ name }) => name);
    expect(wrong).to.deep.equal([]);
  });

  it('loads the add-on in core/binding.ts alone', () => {
    const load = /\bdlopen\(|\b(?:require|load)\([^)]*\.node['"`]/;
    const loads = sources.filter(({ text }) => load.test(withoutComments(text))).map(({ name }) => name);
    expect(loads).to.deep.equal(['src/core/binding.ts']);
  });

  it('reaches patchable builtins from core through core/node.ts alone', () => {
    const wrong = offences(({ name }, { specifier, typeOnly, target }) => {
      if (layerOf(name) !== 'core' || name === 'src/core/node.ts') return false;
      return !typeOnly && target === undefined && !harmlessBuiltins.includes(specifier);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('keeps the loader off the internals of core', () => {
    const loader = fs.existsSync(path.join(repoRoot, 'loader.mjs')) ? read('loader.mjs') : '';
    expect(withoutComments(loader)).not.to.match(/src\/core\//);
  });

  it('uses the package from compat through its public entry points alone', () => {
    const wrong = filesBelow('compat')
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => importsOf(name, read(name)).map((each) => ({ name, ...each })))
      .filter(({ target }) => target?.startsWith('src/') && !/^src\/(patch\/)?index\.ts$/.test(target))
      .map(({ name, specifier }) => `${name} -> ${specifier}`);
    expect(wrong).to.deep.equal([]);
  });

  it('keeps V8 and Node out of the native half below the seam', () => {
    const below = own.filter((name) => /^native\/((context|stack|sanitizer)\.(h|cc)|platform\/.*)$/.test(name));
    const foreign = /#include\s+[<"](v8|node|napi|uv|js_native_api)|\b(v8|node|Napi)::|\bnapi_/;
    expect(below.filter((name) => foreign.test(withoutComments(read(name))))).to.deep.equal([]);
  });

  it('has no file longer than its ceiling', () => {
    const tooLong = [...own, ...(fs.existsSync(path.join(repoRoot, 'loader.mjs')) ? ['loader.mjs'] : [])].flatMap(
      (name) => {
        const ceiling = lineCeilings.find(([pattern]) => pattern.test(name))?.[1];
        const lines = ceiling === undefined ? 0 : read(name).split('\n').length - 1;
        return ceiling !== undefined && lines > ceiling ? [`${name}: ${lines} lines of ${ceiling}`] : [];
      },
    );
    expect(tooLong).to.deep.equal([]);
  });

  it('names no file after having no subject', () => {
    expect(own.filter((name) => /(^|[/_.-])(utils?|helpers?|misc|common)[_.-]/i.test(name))).to.deep.equal([]);
  });

  it('leaves nothing noted down for later', () => {
    const note = /\b(TO[D]O|FIX[M]E|X[X]X)\b/;
    expect(own.filter((name) => /\.(ts|mjs|cjs|js|cc|h|S|gyp)$/.test(name) && note.test(read(name)))).to.deep.equal([]);
  });
});
