import { type ChildRequest, isRunnable, runChild } from './children/run';
import { definePatch, type MakeCooperative, type ModuleFunction } from './engine/table';
import { mayYield } from './engine/yielding';

/**
 * The three functions check and complete their arguments, ask one C++ function to run the child, and make results and
 * errors of its answer. Only that function is replaced: all that a program sees of a call is made by Node's own code.
 */
const spawn: MakeCooperative = (original) =>
  ((request: ChildRequest): unknown =>
    mayYield() && isRunnable(request)
      ? runChild(request)
      : (original as (request: ChildRequest) => unknown)(request)) as ModuleFunction;

/** Child processes that are waited for. */
export const child_process = definePatch({
  module: 'child_process',
  beneath: { spawn_sync: { spawn } },
  covers: ['spawnSync', 'execSync', 'execFileSync'],
});
