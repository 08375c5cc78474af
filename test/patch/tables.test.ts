import { expect } from 'chai';
import { builtinModules, createRequire } from 'node:module';

import { internals } from '../../src/core/internals';
import { tableOf } from '../../src/patch/all';
import { locate } from '../../src/patch/engine/item';
import type { PatchTable } from '../../src/patch/engine/table';
import { patchable } from '../../src/patch/patchable';
import { untouched } from '../../src/patch/untouched';

const load = createRequire(__filename);
const tables = patchable.map(tableOf);
const line = Number(process.versions.node.split('.')[0]);

// The line of Node that has brought a name, if not every line has it.
const since: Readonly<Record<string, number>> = {
  'zlib.zstdCompressSync': 22,
  'zlib.zstdDecompressSync': 22,
  'zlib.createZipArchiveSync': 26,
  'crypto.argon2Sync': 24,
  'dgram.Socket.prototype.bindSync': 24,
  'dgram.Socket.prototype.connectSync': 24,
  'fs.globSync': 22,
  'fs.mkdtempDisposableSync': 24,
  'fs.Utf8Stream.prototype.flushSync': 24,
  'fs.openAsBlobSync': 26,
};
// The same of what lies beneath, by the name of the binding.
const beneathSince: Readonly<Record<string, number>> = {
  'fs.cpSyncCheckPaths': 22,
  'fs.cpSyncCopyDir': 22,
  'fs.cpSyncOverrideFile': 22,
  'fs.rmSync': 24,
  'fs.readdirRecursive': 26,
  'zlib.ZstdCompress.prototype.init': 22,
  'zlib.ZstdCompress.prototype.writeSync': 22,
  'zlib.ZstdDecompress.prototype.init': 22,
  'zlib.ZstdDecompress.prototype.writeSync': 22,
};
// What is left as it is of the bindings that are patched function by function, and why.
const beneathUntouched: Readonly<Record<string, string>> = {
  FSReqCallback: 'a class',
  FileHandle: 'a class',
  StatWatcher: 'a class',
  DirHandle: 'a class',
  CpDirJob: 'a class',
  ReadFileJob: 'a class',
  WriteFileJob: 'a class',
  getFormatOfExtensionlessFile: 'of the loader of modules',
  internalModuleReadJSON: 'of the loader of modules',
  legacyMainResolve: 'of the loader of modules',
  openFileHandle: 'it always has a request',
};

const namesIn = (names: object | undefined): string[] => Object.keys(names ?? {});
const targetOf = ({ module, target }: PatchTable): object => target ?? (load(`node:${module}`) as object);

function has(target: object, name: string): boolean {
  const place = locate(target, name);
  return place !== undefined && place.key in place.owner;
}

/** The names of a module's functions, and of the methods of its classes. */
function functionNames(module: object): string[] {
  const found: string[] = [];
  for (const [name, value] of propertiesOf(module)) {
    if (typeof value !== 'function') continue;
    found.push(name);
    for (const [method, body] of propertiesOf((value as { prototype?: object }).prototype ?? {})) {
      if (typeof body === 'function') found.push(`${name}.prototype.${method}`);
    }
  }
  return found;
}

function propertiesOf(owner: object): Array<[string, unknown]> {
  return Object.entries(Object.getOwnPropertyDescriptors(owner)).map(([name, { value, get }]) => {
    // A getter of a prototype wants an instance; those of a module load something late.
    return [
      name,
      get === undefined || 'constructor' in Object.getOwnPropertyDescriptors(owner) ? value : Reflect.get(owner, name),
    ];
  });
}

describe('the patch tables', () => {
  for (const table of tables) {
    const { module } = table;
    const named = [...namesIn(table.implements), ...(table.covers ?? []), ...namesIn(table.imports)];

    it(`of ${module} name nothing that this Node does not have`, () => {
      const target = targetOf(table);
      const missing = named.filter((name) => !has(target, name));
      expect(missing).to.deep.equal(named.filter((name) => (since[`${module}.${name}`] ?? 0) > line));
    });

    it(`of ${module} add nothing that it has already`, () => {
      const target = targetOf(table);
      expect(namesIn(table.extensions).filter((name) => has(target, name))).to.deep.equal([]);
    });

    it(`of ${module} say of each *Sync what becomes of it`, () => {
      const blocking = functionNames(targetOf(table)).filter((name) => name.endsWith('Sync'));
      expect(blocking.filter((name) => !named.includes(name))).to.deep.equal([]);
    });
  }

  it('name nothing beneath that this Node does not have', () => {
    const named = tables.flatMap(({ beneath = {} }) =>
      Object.entries(beneath).flatMap(([binding, functions]) =>
        Object.keys(functions).map((name) => ({ binding, name, title: `${binding}.${name}` })),
      ),
    );
    const missing = named.filter(({ binding, name }) => !has(internals.internalBinding(binding) as object, name));
    expect(missing.map(({ title }) => title)).to.deep.equal(
      named.map(({ title }) => title).filter((title) => (beneathSince[title] ?? 0) > line),
    );
  });

  it('say of each function beneath fs what becomes of it', () => {
    const { beneath } = tableOf('fs');
    const names = ['fs', 'fs_dir'].flatMap((binding) =>
      Object.entries(internals.internalBinding(binding) as object)
        .filter(([name, value]) => typeof value === 'function' && !(name in beneath![binding]!))
        .map(([name]) => name),
    );
    expect(names.filter((name) => !(name in beneathUntouched))).to.deep.equal([]);
  });

  it('or a reason are there for each of the modules of Node', () => {
    const modules = builtinModules.map((name) => name.replace('node:', '')).filter((name) => !name.startsWith('_'));
    const known = [...tables.map(({ module }) => module), ...namesIn(untouched)];
    expect(modules.filter((name) => !known.includes(name))).to.deep.equal([]);
    expect(tables.filter(({ module }) => module in untouched)).to.deep.equal([]);
  });
});
