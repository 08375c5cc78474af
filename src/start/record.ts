/**
 * Writes the packs for the Node that runs this (see `pack.ts`): starts as a program does, notes which modules that loads,
 * and has V8 tell what it has compiled of them. To be run by `write.ts`, as a program of its own.
 */
import fs from 'node:fs';
import Module, { isBuiltin } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

import { OURS, packFile, type Packed, type PackHeader, type PackKind } from './pack';

interface Recorded {
  readonly source: string;
  readonly script: vm.Script;
  readonly modified: number;
  readonly size: number;
  readonly requests: Record<string, string>;
}

interface Loader {
  readonly _cache: NodeJS.Dict<NodeJS.Module>;
  _resolveFilename(request: string, parent: NodeJS.Module): string;
  readonly prototype: { _compile(this: NodeJS.Module, content: string, filename: string): unknown };
}

// V8 wants its code cache where a pointer may lie.
const ALIGNMENT = 8;
const ASCII = /^[\0-\x7f]*$/;

const loader = Module as unknown as Loader;
const recorded = new Map<string, Recorded>();
const load = require;

function nameOf(file: string): string {
  return path.relative(OURS, file).replace(/\.js$/, '');
}

// As Node does it, but by a script, which alone can tell what has been compiled of it later.
loader.prototype._compile = function (content, filename) {
  const source = Module.wrap(content);
  const script = new vm.Script(source, { filename });
  const { mtimeMs: modified, size } = fs.statSync(filename);
  const requests: Record<string, string> = {};
  recorded.set(nameOf(filename), { source, script, modified, size, requests });
  const requireOne = (request: string): unknown => {
    if (!isBuiltin(request)) requests[request] = nameOf(loader._resolveFilename(request, this));
    return this.require(request) as unknown;
  };
  const ownRequire = Object.assign(requireOne, { cache: loader._cache, main: require.main });
  const body = script.runInThisContext() as (...args: unknown[]) => unknown;
  return body.call(this.exports, this.exports, ownRequire, this, filename, path.dirname(filename));
};

function writePack(kind: PackKind, names: readonly string[]): void {
  const modules: Record<string, Packed> = {};
  let sources = '';
  let codes = Buffer.alloc(0);
  for (const name of names) {
    const { source, script, modified, size, requests } = recorded.get(name)!;
    // Places are counted in bytes, and used as numbers of characters.
    if (!ASCII.test(source)) continue;
    const code = script.createCachedData();
    const places = [sources.length, source.length, codes.length, code.length] as const;
    modules[name] = [modified, size, ...places, Object.keys(requests), Object.values(requests)];
    sources += source;
    codes = Buffer.concat([codes, code, Buffer.alloc(-code.length & (ALIGNMENT - 1))]);
  }
  const header: PackHeader = {
    node: process.version,
    directory: OURS,
    sources: sources.length,
    codes: codes.length,
    modules,
  };
  const text = `${JSON.stringify(header)}\n${sources}`;
  const padding = ' '.repeat(-Buffer.byteLength(text) & (ALIGNMENT - 1));
  replaceFile(packFile(kind), Buffer.concat([Buffer.from(padding + text), codes]));
}

// By rename: who reads it meanwhile sees all of the old one, or all of the new one.
function replaceFile(file: string, bytes: Buffer): void {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, bytes);
  fs.renameSync(temporary, file);
}

const { patchByQuery } = load('../patch/all') as typeof import('../patch/all');
patchByQuery('');
const { patchable } = load('../patch/patchable') as typeof import('../patch/patchable');
const atStart = [...recorded.keys()];
// With each of them comes its table.
for (const module of patchable.filter((name) => isBuiltin(name))) load(`node:${module}`);
process.on('exit', () => {
  writePack('start', atStart);
  writePack(
    'later',
    [...recorded.keys()].filter((name) => !atStart.includes(name)),
  );
});
