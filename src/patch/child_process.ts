import { internals } from '../core/internals';
import { getCurrent, type RawGreenlet } from '../core/raw-greenlet';
import { type ChildOutcome, type ChildRequest, isRunnable, runChild } from './engine/child-run';
import { cooperate } from './engine/cooperate';
import { definePatch, type MakeCooperative } from './engine/table';

const binding = internals.internalBinding('spawn_sync') as { spawn(request: ChildRequest): ChildOutcome };
const block = binding.spawn;
const cooperating = new Set<RawGreenlet>();

// An original that is called by itself, as `getOriginal` hands it out, arrives here too: it is to block.
function spawn(request: ChildRequest): ChildOutcome {
  return cooperating.has(getCurrent()) && isRunnable(request) ? runChild(request) : block(request);
}

/**
 * The three functions check and complete their arguments, ask one C++ function to run the child, and make results and
 * errors of its answer. Only that function is replaced: all that a program sees of a call is made by Node's own code.
 */
const overBinding: MakeCooperative = (original) => {
  binding.spawn = spawn;
  return cooperate((self, args) => {
    const greenlet = getCurrent();
    // A call from a getter of another call's options ends inside that one.
    const isInner = cooperating.has(greenlet);
    cooperating.add(greenlet);
    try {
      return Reflect.apply(original, self, args);
    } finally {
      if (!isInner) cooperating.delete(greenlet);
    }
  })(original);
};

/** Child processes that are waited for. */
export const child_process = definePatch({
  module: 'child_process',
  implements: { spawnSync: overBinding, execSync: overBinding, execFileSync: overBinding },
});
