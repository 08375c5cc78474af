import nodeHttp, { type IncomingMessage, type RequestOptions } from 'node:http';

import { type BodyOption, requestForm } from './engine/request';
import { definePatch, type ModuleFunction } from './engine/table';
import { type BlockingWritable, endSync, writeSync } from './engine/writable-forms';

interface Forms {
  /**
   * Sends a request, and suspends the greenlet until the response begins. Takes what `http.request` takes, and `body`.
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

declare module 'http' {
  var requestSync: Forms['requestSync'];
  var getSync: Forms['getSync'];
  interface OutgoingMessage extends BlockingWritable {}
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:http' {
  var requestSync: Forms['requestSync'];
  var getSync: Forms['getSync'];
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
