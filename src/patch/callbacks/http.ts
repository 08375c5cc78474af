import type Http from 'node:http';

import { whenLoaded } from '../../core/builtins';
import { carry, SUSPENDED } from '../../core/hub/carrier';
import { getMain, peekCurrent } from '../../core/switching/raw-greenlet';
import { leaveParserUncarried } from './trampoline';

const main = getMain();

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;

// The events that the parser emits from the middle of its C++: a greenlet must not be suspended on top of that. Others
// come out of callbacks that are carried already, or, from the parser's own end, out of one that is not.
const SERVER_EVENTS: ReadonlySet<string | symbol> = new Set(['request', 'checkContinue', 'checkExpectation']);
const CLIENT_EVENTS: ReadonlySet<string | symbol> = new Set(['response', 'continue', 'information']);

function carryEvents(prototype: object, events: ReadonlySet<string | symbol>): void {
  const original = Reflect.get(prototype, 'emit') as Emit;
  const emit: Emit = function (event) {
    if (peekCurrent() !== main && !events.has(event)) return Reflect.apply(original, this, arguments);
    const result = carry(original as (...args: never[]) => unknown, this, arguments);
    // It has listeners, or nothing could have blocked.
    return result === SUSPENDED ? true : (result as boolean);
  };
  Object.defineProperty(prototype, 'emit', { value: emit, configurable: true, writable: true });
}

/** Lets the handlers of HTTP requests and responses block. */
export function carryHttp(): void {
  whenLoaded('_http_server', ({ Server }: typeof Http) => {
    carryEvents(Server.prototype, SERVER_EVENTS);
    leaveParserUncarried();
  });
  whenLoaded('_http_client', ({ ClientRequest }: typeof Http) => carryEvents(ClientRequest.prototype, CLIENT_EVENTS));
}
