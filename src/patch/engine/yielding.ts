import { canBlock } from '../../core/waiter';

/** Whether a patched call is to suspend its greenlet now; where not, the original runs, and really blocks. */
export function mayYield(): boolean {
  return canBlock();
}
