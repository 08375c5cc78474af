import nodeNet, { type ListenOptions, type NetConnectOpts, type Socket } from 'node:net';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { blockingForm } from './engine/blocking-form';
import { connectWith } from './engine/connect';
import { acceptForm, listenForm } from './engine/serve';
import { definePatch, type ModuleFunction } from './engine/table';

interface Forms {
  /**
   * Connects, and suspends the greenlet until that is done. Takes what `net.connect` takes.
   *
   * @throws the error of the connection; {Error} ETIMEDOUT if `options.timeout`, in milliseconds, is over first
   */
  connectSync(options: NetConnectOpts, limits?: WaitLimits): Socket;
  connectSync(port: number, host?: string, limits?: WaitLimits): Socket;
  connectSync(path: string, limits?: WaitLimits): Socket;
}

interface ServerForms {
  /** Listens, and suspends the greenlet until that is done. Takes what `listen` takes; returns the server. */
  listenSync(port?: number, hostname?: string, backlog?: number): this;
  listenSync(port: number, backlog?: number): this;
  listenSync(path: string, backlog?: number): this;
  /** `target`: how to listen, or what is bound already, such as another server or `{ fd }`. */
  listenSync(target: ListenOptions | object, backlog?: number): this;
  /**
   * Waits for the next connection. From `listenSync` on, connections are kept until they are accepted, unless the server
   * has listeners for them.
   *
   * @throws {Error} EBADF if the server is closed, ETIMEDOUT if nobody connects in time
   */
  acceptSync(limits?: WaitLimits): Socket;
}

declare module 'net' {
  var connectSync: Forms['connectSync'];
  interface Server extends ServerForms {}
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:net' {
  var connectSync: Forms['connectSync'];
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
