import type { Server } from 'node:net';

import type { WaitLimits } from '../../core/bridges/abort-signal';
import { awaitEvent } from './await-event';
import { blockingForm } from './blocking-form';
import { openInbox, takeFrom } from './inbox';
import type { ModuleFunction } from './table';

/**
 * `acceptSync` for a kind of server: waits for the next connection.
 *
 * @param event what the server emits for one that is ready to be used
 */
export function acceptForm(event: string): ModuleFunction {
  return blockingForm('acceptSync', function (this: Server, limits?: WaitLimits) {
    return takeFrom(openInbox(this, event), 'accept', limits);
  });
}

/** `listenSync` for a kind of server: from then on connections are kept for `acceptSync`, if nobody else wants them. */
export function listenForm(event: string): ModuleFunction {
  return blockingForm('listenSync', function (this: Server, ...args: unknown[]) {
    if (this.listenerCount(event) === 0) openInbox(this, event);
    awaitEvent(this, ['listening'], 'listen', {}, () => void Reflect.apply(this.listen, this, args as []));
    return this;
  });
}
