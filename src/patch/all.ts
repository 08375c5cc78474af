import { isBuiltin, syncBuiltinESMExports } from 'node:module';

import { whenLoaded } from '../core/builtins';
import { config } from '../core/config';
import { UnsupportedError } from '../core/errors';
import { critical } from '../core/hub/critical';
import { later } from '../core/hub/later';
import { observe } from '../core/seeing/observe';
import { applySource, undo } from './engine/apply';
import { logPatches } from './engine/debug';
import { isWanted, notify } from './engine/events';
import { warnOfFlags } from './engine/flags';
import { warnOfEarlyModules } from './engine/late';
import { noteLeft, warnOfDegradation } from './engine/degraded';
import { type Selection, selectAll, selectByList, selectByOptions, selectByQuery } from './engine/selection';
import { noteWanted, plainName } from './engine/state';
import { checkSource, namesOf, type PatchSource, type PatchTable } from './engine/table';
import { issueWarnings, queueWarning } from './engine/warnings';
import { watchWasmStacks } from './engine/wasm-stacks';
import { patchable } from './patchable';

const load = require;
const hooks = later<typeof import('./hooks')>(require, './hooks');

/** The table of a module. It is loaded only when Node loads the module, as a part of that: no program uses all of them. */
export function tableOf(module: string): PatchTable {
  return critical(() => load(`./${module}`) as Record<string, PatchTable>)[module]!;
}

/** Module -> whether to patch it; those that are not named are patched. */
export type PatchAllOptions = Readonly<Partial<Record<string, boolean>>>;

// What was asked for last; undefined before the first time.
let asked: Selection | undefined;
let patched: Selection = selectAll(patchable, false);
// What there is to warn of is said in one go at its end; of a module that is loaded later, at once.
let isPatching = false;

/**
 * Makes this thread cooperative: every callback runs where it can block, and every blocking call of the tables suspends
 * the greenlet that makes it. Called again, it patches what is wanted now and was not before.
 *
 * @param options module -> false for what is to stay as it is; unless given, what `UNBLOCK_PATCH` says
 * @returns true; false if a subscriber did not want it; undefined if there was nothing left to do
 * @throws {TypeError} ERR_INVALID_ARG_VALUE for a module that there is no table for; {ConfigError} for one in
 *   `UNBLOCK_PATCH`
 * @example patchAll({ crypto: false });
 *
 * Source: `gevent.monkey.patch_all`.
 */
export function patchAll(options: PatchAllOptions = {}): boolean | undefined {
  return patchSelection(selectByOptions(patchable, options, selectByVariable()));
}

/**
 * As `patchAll`, for the loader.
 *
 * @param query the loader's query, such as `?fs=off`
 */
export function patchByQuery(query: string): boolean | undefined {
  return patchSelection(selectByQuery(patchable, query, selectByVariable()));
}

/**
 * Patches a module by a source of one's own: how packages other than Node's modules are made cooperative.
 *
 * @param target the module's name, or the object to patch, which then is known by the name that `source.module` has
 * @param source what is replaced, and by what
 * @param items the names to replace; all that the source has unless given
 * @returns whether it was patched; false if a subscriber did not want it
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no source
 * @example patchModule('crypto', { implements: { hkdfSync: (original) => cooperative } });
 *
 * Source: `gevent.monkey.patch_module`.
 */
export function patchModule(
  target: string | object,
  source: PatchSource & { readonly module?: string },
  items?: Iterable<string>,
): boolean {
  checkSource(source);
  const module = plainName(typeof target === 'string' ? target : (source.module ?? 'unnamed'));
  const isDone = patch(module, typeof target === 'string' ? (load(target) as object) : target, source, items);
  syncBuiltinESMExports();
  issueWarnings();
  return isDone;
}

function patch(module: string, target: object, source: PatchSource, items?: Iterable<string>): boolean {
  const wanted = new Set(items ?? namesOf(source));
  if (!isWanted({ type: 'will-patch-module', module, source, items: wanted })) {
    logPatches(module, { patched: [], left: [] }, 'a subscriber does not want it');
    return false;
  }
  logPatches(module, applySource(module, target, source, wanted));
  notify({ type: 'did-patch-module', module, items: wanted });
  return true;
}

/**
 * Takes patches back: what is there is what was there before, unless somebody else has replaced ours since. Callbacks
 * still run where they can block.
 *
 * @param modules the modules; all unless given
 *
 * Has no twin in gevent.
 */
export function unpatch(modules: readonly string[] = patchable): void {
  for (const module of modules.map(plainName)) {
    undo(module);
    if (module in patched) patched = { ...patched, [module]: false };
  }
  syncBuiltinESMExports();
}

function selectByVariable(): Selection {
  return selectByList(patchable, config.patch, 'UNBLOCK_PATCH');
}

function patchSelection(wanted: Selection): boolean | undefined {
  const fresh = patchable.filter((module) => wanted[module] && !patched[module]);
  const before = asked;
  if (before !== undefined && patchable.some((module) => wanted[module] !== before[module])) {
    queueWarning(
      'UNBLOCK_PATCHED_AGAIN',
      'patchAll() was called again with other options: what either wants is patched',
    );
  }
  if (before !== undefined && fresh.length === 0) {
    issueWarnings();
    return undefined;
  }
  if (!isWanted({ type: 'will-patch-all', options: wanted })) return false;
  isPatching = true;
  try {
    if (before === undefined) start();
    asked = wanted;
    for (const module of fresh) patchOnceLoaded(module);
  } finally {
    isPatching = false;
  }
  syncBuiltinESMExports();
  notify({ type: 'did-patch-builtins', options: wanted });
  notify({ type: 'did-patch-all', options: wanted });
  warn();
  return true;
}

function patchOnceLoaded(module: string): void {
  patched = { ...patched, [module]: true };
  const patchTable = (): void => {
    // It may have been taken back before it was loaded.
    if (!patched[module] || !patchWithTable(module)) patched = { ...patched, [module]: false };
    if (!isPatching) warn();
  };
  if (isBuiltin(module)) {
    noteWanted(module);
    whenLoaded(module, patchTable);
  } else patchTable();
}

// A module that needs internals which this Node lacks stays as it is, as a whole.
function patchWithTable(module: string): boolean {
  try {
    const { target, isForLoaders, ...source } = tableOf(module);
    if (isForLoaders) hooks();
    return patch(module, target ?? (load(module) as object), source);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    leave(module, error);
    return false;
  }
}

function start(): void {
  observe();
  watchWasmStacks();
  try {
    hooks().installHooks();
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    leave('callbacks, the main program', error);
    warnOfEarlyModules([]);
  }
  warnOfFlags(process.execArgv);
}

function leave(part: string, error: UnsupportedError): void {
  noteLeft(part, error);
  logPatches(part, { patched: [], left: [] }, error.message);
}

function warn(): void {
  warnOfDegradation();
  issueWarnings();
}
