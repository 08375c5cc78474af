import { createRequire, syncBuiltinESMExports } from 'node:module';

import '../core/observe';

import { config } from '../core/config';
import { carryAll } from './callbacks/all';
import { child_process } from './child_process';
import { crypto } from './crypto';
import { dgram } from './dgram';
import { dns } from './dns';
import { applySource, undo } from './engine/apply';
import { logPatches } from './engine/debug';
import { isWanted, notify } from './engine/events';
import { warnOfEarlyModules } from './engine/late';
import { guardLoading } from './engine/loading';
import { guardRegions } from './engine/regions';
import { type Selection, selectAll, selectByList, selectByOptions, selectByQuery } from './engine/selection';
import { plainName } from './engine/state';
import { checkSource, namesOf, type PatchSource, type PatchTable } from './engine/table';
import { issueWarnings, queueWarning } from './engine/warnings';
import { events } from './events';
import { fs } from './fs';
import { globals } from './globals';
import { http } from './http';
import { https } from './https';
import { net } from './net';
import { readline } from './readline';
import { stream } from './stream';
import { timers } from './timers';
import { tls } from './tls';
import { zlib } from './zlib';

const load = createRequire(__filename);

// In the order in which they are patched. Those that others are built on come first.
/** All tables, in the order in which they are patched. */
export const tables: readonly PatchTable[] = [
  ...[timers, events, stream, fs, child_process, dns, net, tls, dgram, http, https, readline],
  ...[crypto, zlib, globals],
];

/** The modules that `patchAll` knows. */
export const patchable: readonly string[] = tables.map(({ module }) => module);

/** Module -> whether to patch it; those that are not named are patched. */
export type PatchAllOptions = Readonly<Partial<Record<string, boolean>>>;

// What was asked for last; undefined before the first time.
let asked: Selection | undefined;
let patched: Selection = selectAll(patchable, false);

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
  const wanted = new Set(items ?? namesOf(source));
  if (!isWanted({ type: 'will-patch-module', module, source, items: wanted })) {
    logPatches(module, { patched: [], left: [] }, 'a subscriber does not want it');
    return false;
  }
  const applied = applySource(module, typeof target === 'string' ? (load(target) as object) : target, source, wanted);
  logPatches(module, applied);
  syncBuiltinESMExports();
  notify({ type: 'did-patch-module', module, items: wanted });
  issueWarnings();
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
  const fresh = tables.filter(({ module }) => wanted[module] && !patched[module]);
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
  if (before === undefined) start();
  asked = wanted;
  for (const table of fresh) if (patchTable(table)) patched = { ...patched, [table.module]: true };
  notify({ type: 'did-patch-builtins', options: wanted });
  notify({ type: 'did-patch-all', options: wanted });
  issueWarnings();
  return true;
}

function patchTable(table: PatchTable): boolean {
  return patchModule(table.target ?? table.module, table);
}

function start(): void {
  warnOfEarlyModules();
  guardLoading();
  guardRegions();
  carryAll();
}
