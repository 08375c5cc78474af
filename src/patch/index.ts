export { patchAll } from './all';
export { getOriginal } from './engine/apply';
