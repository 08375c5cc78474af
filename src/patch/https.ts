import type { IncomingMessage } from 'node:http';
import nodeHttps from 'node:https';

import { type BodyOption, requestForm } from './engine/request';
import { definePatch, type ModuleFunction } from './engine/table';

declare module 'https' {
  /**
   * Sends a request, and suspends the greenlet until the response begins. Takes what `https.request` takes, and `body`.
   *
   * @returns the response: read it with `readAllSync`, `readSync` or `readLineSync`
   * @throws the error of the request; {Error} ETIMEDOUT if `options.timeout`, in milliseconds, is over first
   */
  function requestSync(options: RequestOptions & BodyOption): IncomingMessage;
  function requestSync(url: string | URL, options?: RequestOptions & BodyOption): IncomingMessage;
  /** As `requestSync`, for GET without a body. */
  function getSync(options: RequestOptions): IncomingMessage;
  function getSync(url: string | URL, options?: RequestOptions): IncomingMessage;
}

/** Secure requests in a straight line. */
export const https = definePatch({
  module: 'https',
  extensions: {
    requestSync: requestForm('requestSync', nodeHttps.request as ModuleFunction),
    getSync: requestForm('getSync', nodeHttps.get as ModuleFunction),
  },
});
