export { patchAll, type PatchAllOptions, patchByQuery, patchModule, unpatch } from './all';
export { patchable } from './patchable';
export { DoNotPatch, type PatchEvent, type PatchSubscriber, subscribers } from './engine/events';
export { getOriginal, isModulePatched, isObjectPatched, saved } from './engine/state';
export type { MakeCooperative, ModuleFunction, PatchSource } from './engine/table';
