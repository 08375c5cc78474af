// Where levels cannot be moved, who is called by Node cannot be suspended.
import '../core/switching/async-context';

import { internals } from '../core/internals';
import { carryAll } from './callbacks/all';
import { lockCommonJsModules } from './engine/commonjs-imports';
import { evaluatedFiles, lockEsModules } from './engine/esm-imports';
import { warnOfEarlyModules } from './engine/late';
import { guardModuleLoader } from './engine/loading';
import { watchWorkers } from './engine/plain-workers';
import { guardRegions } from './engine/regions';

// Without this `whenLoaded` knows only what programs can load.
internals.internalModule('internal/bootstrap/realm', 'BuiltinModule');

/**
 * Puts ours where Node calls programs, so that they can be suspended there, and are not where that cannot be. To load this
 * module is an error in a build of Node that lacks any of the places; then nothing has been changed.
 */
export function installHooks(): void {
  warnOfEarlyModules(evaluatedFiles());
  guardModuleLoader();
  lockCommonJsModules();
  lockEsModules();
  guardRegions();
  watchWorkers();
  carryAll();
}
