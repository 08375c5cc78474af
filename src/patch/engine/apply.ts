import { callWithoutYield } from '../../core/hub/no-yield';
import { internals } from '../../core/internals';
import { disguise, functionAt, locate, replaceItem, restoreItem } from './item';
import { forget, isObjectPatched, saveItem, saveOriginal } from './state';
import type { MakeCooperative, ModuleFunction, PatchSource } from './table';
import { queueWarning } from './warnings';

const ours = new WeakSet<ModuleFunction>();

/** What was, and was not, done to a module: for `UNBLOCK_DEBUG=patch`. */
export interface Applied {
  readonly patched: string[];
  /** Names that the module does not have on this line of Node, or that cannot be changed. */
  readonly left: string[];
}

/**
 * Replaces what a source says, in place. What is replaced already stays.
 *
 * @param module the name under which originals are remembered
 * @param target the object that holds the names
 * @param source what is replaced, and by what
 * @param items the names to replace
 * @throws {UnsupportedError} if this build of Node lacks something beneath; then nothing was replaced
 */
export function applySource(module: string, target: object, source: PatchSource, items: ReadonlySet<string>): Applied {
  const patched: string[] = [];
  const left: string[] = [];
  const note = (name: string, isDone: boolean): void => void (isDone ? patched : left).push(name);
  const covered = (source.covers ?? []).filter((name) => items.has(name) && !isObjectPatched(module, name));
  if (covered.length > 0) replaceBeneath(module, source);
  for (const [name, make] of Object.entries(source.implements ?? {})) {
    if (items.has(name) && !isObjectPatched(module, name)) note(name, replace(module, target, name, make));
  }
  for (const name of covered) note(name, cover(module, target, name));
  for (const [name, added] of Object.entries(source.extensions ?? {})) {
    if (items.has(name) && !isObjectPatched(module, name)) note(name, add(module, target, name, added));
  }
  return { patched, left };
}

/** Puts back what was there before, wherever what is there is still ours. */
export function undo(module: string): void {
  for (const item of forget(module)) restoreItem(item);
}

function replace(module: string, target: object, name: string, make: MakeCooperative): boolean {
  const place = locate(target, name);
  const original = place && functionAt(place.owner, place.key);
  if (place === undefined || original === undefined) return false;
  const item = replaceItem(place.owner, place.key, disguise(make(original), original));
  if (item === undefined) {
    queueWarning('UNBLOCK_CANNOT_PATCH', `${module}.${name} cannot be changed, and still blocks the process`);
    return false;
  }
  saveOriginal(module, name, original);
  saveItem(module, item);
  return true;
}

function replaceBeneath(module: string, source: PatchSource): void {
  const beneath = Object.entries(source.beneath ?? {}).map(
    ([name, functions]) => [internals.internalBinding(name), functions] as const,
  );
  for (const [binding, functions] of beneath) {
    for (const [name, make] of Object.entries(functions)) {
      const place = locate(binding, name);
      const original = place && functionAt(place.owner, place.key);
      if (original === undefined || ours.has(original)) continue;
      const replacement = disguise(make(original), original);
      const item = replaceItem(place!.owner, place!.key, replacement);
      if (item === undefined) continue;
      ours.add(replacement);
      saveItem(module, item);
    }
  }
}

function cover(module: string, target: object, name: string): boolean {
  const place = locate(target, name);
  const original = place && functionAt(place.owner, place.key);
  if (original === undefined) return false;
  saveOriginal(module, name, disguise(blockingly(original), original));
  return true;
}

// What is beneath it is replaced for all: only where nothing may yield does it do what it did.
function blockingly(original: ModuleFunction): ModuleFunction {
  return function (this: unknown, ...args: never[]) {
    return callWithoutYield('in an original', original, this, args);
  };
}

function add(module: string, target: object, name: string, added: ModuleFunction): boolean {
  const place = locate(target, name);
  if (place === undefined || Object.hasOwn(place.owner, place.key)) return false;
  const item = replaceItem(place.owner, place.key, added);
  if (item === undefined) return false;
  saveOriginal(module, name, undefined);
  saveItem(module, item);
  return true;
}
