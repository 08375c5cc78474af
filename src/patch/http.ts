import nodeHttp from 'node:http';

import { type BodyOption, requestForm } from './engine/request';
import { definePatch, type ModuleFunction } from './engine/table';
import { type BlockingWritable, endSync, writeSync } from './engine/writable-forms';

declare module 'http' {
  interface OutgoingMessage extends BlockingWritable {}
  /**
   * Sends a request, and suspends the greenlet until the response begins. Takes what `http.request` takes, and `body`.
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

/** Requests in a straight line. */
export const http = definePatch({
  module: 'http',
  extensions: {
    requestSync: requestForm('requestSync', nodeHttp.request as ModuleFunction),
    // It is no Writable, but has the same methods.
    'OutgoingMessage.prototype.writeSync': writeSync,
    'OutgoingMessage.prototype.endSync': endSync,
    getSync: requestForm('getSync', nodeHttp.get as ModuleFunction),
  },
});
