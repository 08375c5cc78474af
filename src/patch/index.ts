import type { dgram } from './dgram';
import type { dns } from './dns';
import type { events } from './events';
import type { globals } from './globals';
import type { http } from './http';
import type { https } from './https';
import type { net } from './net';
import type { readline } from './readline';
import type { stream } from './stream';
import type { timers } from './timers';
import type { tls } from './tls';

export { patchAll, type PatchAllOptions, patchByQuery, patchModule, tableOf, unpatch } from './all';
export { patchable } from './patchable';
export { DoNotPatch, type PatchEvent, type PatchSubscriber, subscribers } from './engine/events';
export { getOriginal, isModulePatched, isObjectPatched, saved } from './engine/state';
export type { MakeCooperative, ModuleFunction, PatchSource, PatchTable } from './engine/table';
export { untouched } from './untouched';

/** The tables that declare blocking forms of their modules: by them, who imports this has the types of those. */
export type DeclaringTable =
  | typeof dgram
  | typeof dns
  | typeof events
  | typeof globals
  | typeof http
  | typeof https
  | typeof net
  | typeof readline
  | typeof stream
  | typeof timers
  | typeof tls;
