import type Http from 'node:http';

import { whenLoaded } from '../../core/builtins';
import { carry, SUSPENDED } from '../../core/carrier';
import { getMain, peekCurrent } from '../../core/raw-greenlet';
import { leaveParserUncarried } from './trampoline';

const main = getMain();
const { nextTick } = process;
const NO_ARGS: readonly unknown[] = [];

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;
type Callback = (...args: never[]) => unknown;

// The events that the parser emits from the middle of its C++: a greenlet must not be suspended on top of that. Others
// come out of callbacks that are carried already, or, from the parser's own end, out of one that is not.
const SERVER_EVENTS: ReadonlySet<string | symbol> = new Set(['request', 'checkContinue', 'checkExpectation']);
const CLIENT_EVENTS: ReadonlySet<string | symbol> = new Set(['response', 'continue', 'information']);

// What a server's parser emits comes on the hub, and needs a carrier each; the ticks that follow at once have one anyhow. Who
// emits such an event in a greenlet expects that it is over afterwards.
function carryServerEvents(prototype: object): void {
  const original = Reflect.get(prototype, 'emit') as Emit;
  const pending: Array<{ readonly server: unknown; readonly args: IArguments }> = [];
  const emitNext = (): void => {
    const next = pending.shift();
    if (next !== undefined) Reflect.apply(original, next.server, next.args);
  };
  const emit: Emit = function (event) {
    const isOnHub = peekCurrent() === main;
    if (!SERVER_EVENTS.has(event)) {
      if (!isOnHub) return Reflect.apply(original, this, arguments);
      // A bad request or an upgrade, after the requests that came with it.
      while (pending.length > 0) carry(emitNext, undefined, NO_ARGS);
    } else if (isOnHub) {
      pending.push({ server: this, args: arguments });
      nextTick(emitNext);
      return true;
    }
    return carryEmit(original, this, arguments);
  };
  Object.defineProperty(prototype, 'emit', { value: emit, configurable: true, writable: true });
}

function carryClientEvents(prototype: object): void {
  const original = Reflect.get(prototype, 'emit') as Emit;
  const emit: Emit = function (event) {
    return peekCurrent() === main || CLIENT_EVENTS.has(event)
      ? carryEmit(original, this, arguments)
      : Reflect.apply(original, this, arguments);
  };
  Object.defineProperty(prototype, 'emit', { value: emit, configurable: true, writable: true });
}

// What has suspended its greenlet has listeners.
function carryEmit(emit: Emit, self: unknown, args: ArrayLike<unknown>): boolean {
  const result = carry(emit as Callback, self, args);
  return result === SUSPENDED ? true : (result as boolean);
}

/** Lets the handlers of HTTP requests and responses block. */
export function carryHttp(): void {
  whenLoaded('_http_server', ({ Server }: typeof Http) => {
    carryServerEvents(Server.prototype);
    leaveParserUncarried();
  });
  whenLoaded('_http_client', ({ ClientRequest }: typeof Http) => carryClientEvents(ClientRequest.prototype));
}
