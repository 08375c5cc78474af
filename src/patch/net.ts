import nodeNet, { type Socket } from 'node:net';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { blockingForm } from './engine/blocking-form';
import { connectWith } from './engine/connect';
import { acceptForm, listenForm } from './engine/serve';
import { definePatch, type ModuleFunction } from './engine/table';

declare module 'net' {
  /**
   * Connects, and suspends the greenlet until that is done. Takes what `net.connect` takes.
   *
   * @throws the error of the connection; {Error} ETIMEDOUT if `options.timeout`, in milliseconds, is over first
   */
  function connectSync(options: NetConnectOpts, limits?: WaitLimits): Socket;
  function connectSync(port: number, host?: string, limits?: WaitLimits): Socket;
  function connectSync(path: string, limits?: WaitLimits): Socket;
  interface Server {
    /** Listens, and suspends the greenlet until that is done. Takes what `listen` takes; returns the server. */
    listenSync(...args: unknown[]): this;
    /**
     * Waits for the next connection. From `listenSync` on, connections are kept until they are accepted, unless the server
     * has listeners for them.
     *
     * @throws {Error} EBADF if the server is closed, ETIMEDOUT if nobody connects in time
     */
    acceptSync(limits?: WaitLimits): Socket;
  }
}

/** Connections and servers in a straight line; what comes and goes by them is read and written as by any stream. */
export const net = definePatch({
  module: 'net',
  extensions: {
    connectSync: blockingForm('connectSync', (...args: unknown[]) =>
      connectWith<Socket>(nodeNet.connect as ModuleFunction, args, 'connect'),
    ),
    'Server.prototype.listenSync': listenForm('connection'),
    'Server.prototype.acceptSync': acceptForm('connection'),
  },
});
