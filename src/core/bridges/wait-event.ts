import { invalidArgType } from '../errors';
import { assertCanBlock, Waiter } from '../waiting/waiter';
import { checkWaitLimits, type WaitLimits, withSignal } from './abort-signal';
import { getWithin } from './bridge';

type Listener = (...args: unknown[]) => void;

/** What emits events as Node's own objects do: an EventEmitter. */
export interface Emitter {
  on(name: string | symbol, listener: (...args: unknown[]) => void): unknown;
  removeListener(name: string | symbol, listener: (...args: unknown[]) => void): unknown;
}

/** What dispatches events as those of the web do: an EventTarget. */
export interface Target {
  addEventListener(type: string, listener: (event: unknown) => void): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
}

/**
 * Waits for an event: `events.once` without the `await`. What was emitted before is over; what is emitted between two
 * calls is missed, so to see all of them iterate over `iterate(events.on(emitter, name))`.
 *
 * @param emitter an EventEmitter or an EventTarget
 * @param name the event
 * @param limits `timeout`: how long to wait, in milliseconds; `signal`: ends the wait when it is aborted
 * @returns the arguments of the listeners; of an EventTarget the event alone
 * @throws the error that an EventEmitter emits as `'error'` meanwhile, unless that is what was waited for; {Timeout} if the
 *   event does not come in time; the reason of the signal; {TypeError} ERR_INVALID_ARG_TYPE for what emits no events;
 *   {BlockingSwitchOutError} where waiting is not possible
 * @example const [socket] = waitEvent(server, 'connection', { timeout: 1000 });
 *
 * Has no twin in gevent.
 */
export function waitEvent<A extends unknown[] = unknown[]>(
  emitter: Emitter | Target,
  name: string | symbol,
  limits?: WaitLimits,
): A {
  const isEmitter = checkEmitter(emitter);
  if (typeof name !== 'string' && !(isEmitter && typeof name === 'symbol')) {
    throw invalidArgType('name', isEmitter ? 'a string or a symbol' : 'a string', name);
  }
  checkWaitLimits(limits);
  assertCanBlock();
  return withSignal(limits?.signal, () => {
    const waiter = new Waiter<A>();
    const stopListening = listen(emitter, name, waiter as Waiter<unknown>);
    try {
      return getWithin(limits?.timeout, waiter, waitEvent);
    } finally {
      stopListening();
    }
  });
}

// Whether it is an EventEmitter; some are both.
function checkEmitter(emitter: Emitter | Target): emitter is Emitter {
  const { on, removeListener, addEventListener, removeEventListener } = (emitter ?? {}) as Partial<Emitter & Target>;
  if (typeof on === 'function' && typeof removeListener === 'function') return true;
  if (typeof addEventListener === 'function' && typeof removeEventListener === 'function') return false;
  throw invalidArgType('emitter', 'an EventEmitter or an EventTarget', emitter);
}

function listen(emitter: Emitter | Target, name: string | symbol, waiter: Waiter<unknown>): () => void {
  const succeed: Listener = (...args) => {
    if (!waiter.ready) waiter.switch(args);
  };
  if (!checkEmitter(emitter)) {
    emitter.addEventListener(name as string, succeed);
    return () => emitter.removeEventListener(name as string, succeed);
  }
  const fail: Listener = (error) => {
    if (!waiter.ready) waiter.throw(error);
  };
  emitter.on(name, succeed);
  if (name !== 'error') emitter.on('error', fail);
  return () => {
    emitter.removeListener(name, succeed);
    emitter.removeListener('error', fail);
  };
}
