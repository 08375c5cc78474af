import nodeTls, { type ConnectionOptions, type TLSSocket } from 'node:tls';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { blockingForm } from './engine/blocking-form';
import { connectWith } from './engine/connect';
import { acceptForm, listenForm } from './engine/serve';
import { definePatch, type ModuleFunction } from './engine/table';

interface Forms {
  /**
   * Connects, and suspends the greenlet until the handshake is done and the peer is known. Takes what `tls.connect` takes.
   *
   * @throws the error of the connection; {Error} ETIMEDOUT if `options.timeout`, in milliseconds, is over first
   */
  connectSync(options: ConnectionOptions, limits?: WaitLimits): TLSSocket;
  connectSync(port: number, host?: string, options?: ConnectionOptions): TLSSocket;
}

declare module 'tls' {
  var connectSync: Forms['connectSync'];
  interface Server {
    /** As `net.Server.acceptSync`, for connections whose handshake is done. */
    acceptSync(limits?: WaitLimits): TLSSocket;
  }
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:tls' {
  var connectSync: Forms['connectSync'];
}

/** Secure connections and servers in a straight line. */
export const tls = definePatch({
  module: 'tls',
  extensions: {
    connectSync: blockingForm('connectSync', (...args: unknown[]) =>
      connectWith<TLSSocket>(nodeTls.connect as ModuleFunction, args, 'secureConnect'),
    ),
    'Server.prototype.listenSync': listenForm('secureConnection'),
    'Server.prototype.acceptSync': acceptForm('secureConnection'),
  },
});
