import { expect } from 'chai';
import { builtinModules, createRequire } from 'node:module';

import { tables } from '../../src/patch/all';
import { locate } from '../../src/patch/engine/item';
import type { PatchTable } from '../../src/patch/engine/table';
import { untouched } from '../../src/patch/untouched';

const load = createRequire(__filename);
const line = Number(process.versions.node.split('.')[0]);

// The line of Node that has brought a name, if not every line has it.
const since: Readonly<Record<string, number>> = {
  'zlib.zstdCompressSync': 22,
  'zlib.zstdDecompressSync': 22,
  'zlib.createZipArchiveSync': 26,
  'crypto.argon2Sync': 24,
  'dgram.Socket.prototype.bindSync': 24,
  'dgram.Socket.prototype.connectSync': 24,
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

  it('or a reason are there for each of the modules of Node', () => {
    const modules = builtinModules.map((name) => name.replace('node:', '')).filter((name) => !name.startsWith('_'));
    const known = [...tables.map(({ module }) => module), ...namesIn(untouched)];
    expect(modules.filter((name) => !known.includes(name))).to.deep.equal([]);
    expect(tables.filter(({ module }) => module in untouched)).to.deep.equal([]);
  });
});
