import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import type { WaitLimits } from '../../core/bridges/abort-signal';
import { awaitEvent } from './await-event';
import { blockingForm } from './blocking-form';
import type { ModuleFunction } from './table';

type Request = (this: unknown, ...args: unknown[]) => ClientRequest;

/** What is sent, beside Node's own options for a request. */
export interface BodyOption {
  /** Text or bytes, or a stream of them. */
  body?: string | Uint8Array | Readable;
}

/**
 * The blocking form of `http.request` and its kin: sends a request, and waits for the response's head. Its body is read as
 * any stream is. A request that is given up is destroyed.
 *
 * @param name the form's name
 * @param request makes the request
 */
export function requestForm(name: string, request: ModuleFunction): ModuleFunction {
  return blockingForm(name, (...args: unknown[]): IncomingMessage => {
    const { body, timeout, signal } = Object(args.at(-1)) as BodyOption & WaitLimits;
    const sent = Reflect.apply(request as Request, undefined, args);
    try {
      const limits = { timeout, signal };
      const [response] = awaitEvent(sent, ['response'], 'request', limits, () => send(sent, body));
      return response as IncomingMessage;
    } catch (error) {
      sent.on('error', () => {});
      sent.destroy();
      throw error;
    }
  });
}

function send(request: ClientRequest, body: BodyOption['body']): void {
  if (typeof body === 'object' && 'pipe' in body) body.pipe(request);
  else request.end(body);
}
