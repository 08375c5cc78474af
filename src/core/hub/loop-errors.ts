/** The errors of the hub and of its loop. */
import type { GreenletReport } from '../seeing/greenlet-report';
import type { Hub } from './hub';

/**
 * Nothing is left that could end the wait of the greenlet in which this is thrown: the loop has run empty. The message
 * shows where the greenlets are blocked.
 *
 * Source: `gevent.hub.LoopExit`.
 */
export class LoopExit extends Error {
  readonly code: string = 'ERR_UNBLOCK_LOOP_EXIT';

  constructor(
    message: string,
    /** The hub whose loop has run empty. */
    readonly hub: Hub,
    /** All greenlets that were blocked at that moment, and where. */
    readonly blocked: readonly GreenletReport[],
  ) {
    super(message);
    this.name = 'LoopExit';
    // Or each print of the error would show all that hangs on them.
    for (const property of ['hub', 'blocked']) Object.defineProperty(this, property, { enumerable: false });
  }
}

/** The hub was used after `destroy`. */
export class HubDestroyedError extends Error {
  readonly code: string = 'ERR_UNBLOCK_HUB_DESTROYED';

  constructor() {
    super('The hub of this thread was destroyed');
    this.name = 'HubDestroyedError';
  }
}

/** A watcher was started that was closed. Source: the ValueError that gevent raises. */
export class WatcherClosedError extends Error {
  readonly code: string = 'ERR_UNBLOCK_WATCHER_CLOSED';

  constructor() {
    super('The watcher is closed');
    this.name = 'WatcherClosedError';
  }
}
