import type { ModuleFunction } from './table';

/** One property that was replaced, or added, in place. */
export interface PatchedItem {
  readonly owner: object;
  readonly key: string;
  /** What was there; undefined for what was added. */
  readonly before: PropertyDescriptor | undefined;
  readonly after: ModuleFunction;
}

/** Where a name of a module lies: `Socket.prototype.connect` in the prototype of its Socket. */
export function locate(module: object, name: string): { owner: object; key: string } | undefined {
  const path = name.split('.');
  const key = path.pop()!;
  let owner: unknown = module;
  for (const step of path) owner = valueAt(owner, step);
  const isOwner = (typeof owner === 'object' && owner !== null) || typeof owner === 'function';
  return isOwner ? { owner: owner as object, key } : undefined;
}

/** The function that a property holds; undefined if it holds none, or does not exist. */
export function functionAt(owner: object, key: string): ModuleFunction | undefined {
  const value = valueAt(owner, key);
  return typeof value === 'function' ? (value as ModuleFunction) : undefined;
}

/**
 * Puts a function in a property's place, or adds it.
 *
 * @returns what `restoreItem` takes; undefined for a property that cannot be changed
 */
export function replaceItem(owner: object, key: string, after: ModuleFunction): PatchedItem | undefined {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  const changed = Reflect.defineProperty(owner, key, descriptorFor(before, after));
  return changed ? { owner, key, before, after } : undefined;
}

/** Puts back what was there, if what is there is still ours. */
export function restoreItem({ owner, key, before, after }: PatchedItem): boolean {
  if (functionAt(owner, key) !== after) return false;
  return before === undefined ? Reflect.deleteProperty(owner, key) : Reflect.defineProperty(owner, key, before);
}

/** Gives a replacement the name, the length and the properties of the original: a program must not tell one from it. */
export function disguise(replacement: ModuleFunction, original: ModuleFunction): ModuleFunction {
  for (const key of Reflect.ownKeys(original)) {
    // Its own one, which cannot be configured.
    if (key === 'prototype' && Object.hasOwn(replacement, key)) continue;
    Object.defineProperty(replacement, key, Object.getOwnPropertyDescriptor(original, key)!);
  }
  return replacement;
}

// An accessor, which some functions of Node's are so as to load late, stays one.
function descriptorFor(before: PropertyDescriptor | undefined, after: ModuleFunction): PropertyDescriptor {
  if (before === undefined) return { value: after, configurable: true, writable: true, enumerable: true };
  return before.get === undefined ? { ...before, value: after } : { ...before, get: () => after };
}

function valueAt(owner: unknown, key: string): unknown {
  try {
    return (owner as Record<string, unknown> | undefined)?.[key];
  } catch {
    // What Node loads late cannot be read any more once its object is frozen.
    return undefined;
  }
}
