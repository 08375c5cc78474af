import { createRequire, syncBuiltinESMExports } from 'node:module';

import type { ModuleFunction, PatchTable } from './table';

const load = createRequire(__filename);
const saved = new Map<string, Map<string, ModuleFunction>>();

/** Replaces what the tables say, in place, and lets ES modules see it. A function that is replaced already stays. */
export function applyPatches(tables: readonly PatchTable[]): void {
  for (const table of tables) applyTable(table);
  syncBuiltinESMExports();
}

/** The function that a patch has replaced, or what the module has. */
export function getOriginal(module: string, name: string): ModuleFunction {
  return (
    saved.get(module)?.get(name) ?? ((load(`node:${module}`) as Record<string, ModuleFunction>)[name] as ModuleFunction)
  );
}

function applyTable(table: PatchTable): void {
  const target = load(`node:${table.module}`) as Record<string, unknown>;
  const originals = saved.get(table.module) ?? new Map<string, ModuleFunction>();
  saved.set(table.module, originals);
  for (const [name, make] of Object.entries(table.implements)) {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    if (descriptor === undefined || originals.has(name)) continue;
    const original = descriptor.value as ModuleFunction;
    originals.set(name, original);
    Object.defineProperty(target, name, { ...descriptor, value: disguise(make(original), original) });
  }
}

// A program must not be able to tell one from the other: same name, length, and properties of its own.
function disguise(replacement: ModuleFunction, original: ModuleFunction): ModuleFunction {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key)!;
    if (Object.getOwnPropertyDescriptor(replacement, key)?.configurable !== false) {
      Object.defineProperty(replacement, key, descriptor);
    }
  }
  return replacement;
}
