export { patchAll, type PatchAllOptions, patchByQuery, patchModule, tableOf, unpatch } from './all';
export { patchable } from './patchable';
export { DoNotPatch, type PatchEvent, type PatchSubscriber, subscribers } from './engine/events';
export { getOriginal, isModulePatched, isObjectPatched, saved } from './engine/state';
export type { MakeCooperative, ModuleFunction, PatchSource, PatchTable } from './engine/table';
export { untouched } from './untouched';
