/** What is patched: the memory of the engine, and the questions that anybody may ask of it. */
import { isAwaited } from '../../core/builtins';
import { invalidArgType } from '../../core/errors';
import { setModuleFinder } from '../../core/seeing/suspended-call';
import { functionAt, locate, type PatchedItem } from './item';
import type { ModuleFunction } from './table';

type Originals = Map<string, ModuleFunction | undefined>;

const load = require;
const wanted = new Set<string>();
const originals = new Map<string, Originals>();
const items = new Map<string, PatchedItem[]>();

/**
 * Module -> name -> the function that was there when it was first patched; undefined for a name that was added.
 *
 * Source: `gevent.monkey.saved`.
 */
export const saved: ReadonlyMap<string, ReadonlyMap<string, ModuleFunction | undefined>> = originals;

// For reports of what a greenlet waits for.
setModuleFinder((name) => [...originals].find(([, names]) => names.has(name))?.[0]);

/** A module's name without `node:`. */
export function plainName(module: string): string {
  return module.replace(/^node:/, '');
}

/** Remembers an original. The first one stays: what comes later is a replacement. */
export function saveOriginal(module: string, name: string, original: ModuleFunction | undefined): void {
  const known = originals.get(module) ?? new Map<string, ModuleFunction | undefined>();
  originals.set(module, known);
  if (!known.has(name)) known.set(name, original);
}

/** Remembers what there is to undo. */
export function saveItem(module: string, item: PatchedItem): void {
  const known = items.get(module);
  if (known === undefined) items.set(module, [item]);
  else known.push(item);
}

/** Forgets a module, and returns what there is to undo, the last first. */
export function forget(module: string): PatchedItem[] {
  const known = items.get(module) ?? [];
  originals.delete(module);
  items.delete(module);
  return known.reverse();
}

/**
 * Whether anything of a module is patched.
 *
 * @param module its name, with or without `node:`
 *
 * Source: `gevent.monkey.is_module_patched`.
 */
export function isModulePatched(module: string): boolean {
  const name = plainName(module);
  return originals.has(name) || (wanted.has(name) && isAwaited(name));
}

/** Notes that a module is to be patched as soon as it is loaded. */
export function noteWanted(module: string): void {
  wanted.add(module);
}

/**
 * Whether one function of a module is patched.
 *
 * @example isObjectPatched('fs', 'readFileSync') // true
 *
 * Source: `gevent.monkey.is_object_patched`.
 */
export function isObjectPatched(module: string, name: string): boolean {
  return originalsOf(module)?.has(name) ?? false;
}

/**
 * The function that really blocks, in place of the one that only suspends the greenlet.
 *
 * @param module the module's name, or several: the first that has the name is taken
 * @param name the function's name, or a list of names
 * @returns what was there before it was patched, or what is there if it was not; a list for a list
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no name; what `require` throws for a module that does not exist
 * @example const read = getOriginal('fs', 'readFileSync');
 *
 * Source: `gevent.monkey.get_original`.
 */
export function getOriginal(module: string | readonly string[], name: string): ModuleFunction | undefined;
export function getOriginal(
  module: string | readonly string[],
  name: readonly string[],
): Array<ModuleFunction | undefined>;
export function getOriginal(
  module: string | readonly string[],
  name: string | readonly string[],
): ModuleFunction | undefined | Array<ModuleFunction | undefined> {
  const places = typeof module === 'string' ? [module] : module;
  if (!isListOfNames(places)) throw invalidArgType('module', 'a name, or a list of names', module);
  if (typeof name === 'string') return originalIn(places, name);
  if (!isListOfNames(name)) throw invalidArgType('name', 'a name, or a list of names', name);
  return name.map((each) => originalIn(places, each));
}

// A module that waits to be loaded is patched by that.
function originalsOf(module: string): Originals | undefined {
  const name = plainName(module);
  if (isAwaited(name)) load(name);
  return originals.get(name);
}

function originalIn(places: readonly string[], name: string): ModuleFunction | undefined {
  for (const place of places) {
    const known = originalsOf(place);
    if (known?.has(name)) return known.get(name);
    const found = locate(load(place) as object, name);
    const there = found && functionAt(found.owner, found.key);
    if (there !== undefined) return there;
  }
  return undefined;
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
