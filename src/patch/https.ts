import type { IncomingMessage } from 'node:http';
import nodeHttps, { type RequestOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';

import type { WaitLimits } from '../core/bridges/abort-signal';
import { type BodyOption, requestForm } from './engine/request';
import { definePatch, type ModuleFunction } from './engine/table';

interface Forms {
  /**
   * Sends a request, and suspends the greenlet until the response begins. Takes what `https.request` takes, and `body`.
   *
   * @returns the response: read it with `readAllSync`, `readSync` or `readLineSync`
   * @throws the error of the request; {Error} ETIMEDOUT if `options.timeout`, in milliseconds, is over first
   */
  requestSync(options: RequestOptions & BodyOption): IncomingMessage;
  requestSync(url: string | URL, options?: RequestOptions & BodyOption): IncomingMessage;
  /** As `requestSync`, for GET without a body. */
  getSync(options: RequestOptions): IncomingMessage;
  getSync(url: string | URL, options?: RequestOptions): IncomingMessage;
}

declare module 'https' {
  var requestSync: Forms['requestSync'];
  var getSync: Forms['getSync'];
  interface Server {
    // It is a server of both kinds, which have different sockets.
    acceptSync(limits?: WaitLimits): TLSSocket;
  }
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:https' {
  var requestSync: Forms['requestSync'];
  var getSync: Forms['getSync'];
}

/** Secure requests in a straight line. */
export const https = definePatch({
  module: 'https',
  extensions: {
    requestSync: requestForm('requestSync', nodeHttps.request as ModuleFunction),
    getSync: requestForm('getSync', nodeHttps.get as ModuleFunction),
  },
});
