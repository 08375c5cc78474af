import { enterPatchedCall, leavePatchedCall } from '../../core/hub/rejections';
import { Waiter } from '../../core/waiting/waiter';

/**
 * What a patched call waits with: the message comes by itself, and to the program the call is one step, in which nothing is
 * judged or changes its order.
 */
export class CallWaiter<T> extends Waiter<T> {
  constructor() {
    super(true);
  }

  override get(): T {
    if (this.ready) return super.get();
    enterPatchedCall();
    try {
      return super.get();
    } finally {
      leavePatchedCall();
    }
  }
}
