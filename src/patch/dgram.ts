import { type RemoteInfo, Socket } from 'node:dgram';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { blockingForm, formOfCallback } from './engine/blocking-form';
import { openInbox, takeFrom } from './engine/inbox';
import { definePatch, type ModuleFunction } from './engine/table';

/** A datagram, and where it came from. */
export interface Datagram {
  readonly message: Buffer;
  readonly rinfo: RemoteInfo;
}

type Message = string | NodeJS.ArrayBufferView;

declare module 'dgram' {
  interface Socket {
    /** Sends, and suspends the greenlet until that is done. Takes what `send` takes; returns the number of bytes. */
    sendSync(message: Message | readonly Message[], port?: number, address?: string): number;
    sendSync(message: Message, offset: number, length: number, port?: number, address?: string): number;
    /**
     * Waits for the next datagram. From the first call on they are kept until they are received.
     *
     * @throws {Error} EBADF if the socket is closed, ETIMEDOUT if nothing comes in time
     */
    receiveSync(limits?: WaitLimits): Datagram;
  }
}

const toDatagram = ([message, rinfo]: readonly unknown[]): unknown => ({ message, rinfo });

/** Datagrams in a straight line. */
export const dgram = definePatch({
  module: 'dgram',
  extensions: {
    'Socket.prototype.sendSync': formOfCallback('sendSync', Socket.prototype.send as ModuleFunction),
    'Socket.prototype.receiveSync': blockingForm('receiveSync', function (this: Socket, limits?: WaitLimits) {
      return takeFrom(openInbox(this, 'message', toDatagram), 'recvmsg', limits);
    }),
  },
  imports: {
    'Socket.prototype.bindSync': 'it does not block',
    'Socket.prototype.connectSync': 'it does not block',
  },
});
