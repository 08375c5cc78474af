/**
 * Messages of other threads and processes come one after the other. While a handler is suspended the next ones stay in the
 * queue of their port, so that none is lost, whatever the handler does next.
 */
import { MessagePort, Worker } from 'node:worker_threads';

import { internals } from '../../core/internals';
import { callWhenFree, isTaken } from '../../core/turn-order';
import { callInTurn } from './in-turn';
import { emitInTurn } from './streams';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

interface Port extends MessagePort {
  listenerCount(type: string): number;
  [kReceivedPorts]?: unknown;
}

// What C++ has a port do with a message, and where it puts the ports that came with it.
const kDispatch = Symbol.for('nodejs.internal.kHybridDispatch');
const kReceivedPorts: unique symbol = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts') as never;

const { drainMessagePort, stopMessagePort } = internals.internalBinding('messaging') as Record<
  'drainMessagePort' | 'stopMessagePort',
  (port: MessagePort) => void
>;
const { start } = MessagePort.prototype;
const paused = new WeakSet<Port>();

/** Leaves the messages of a port in its queue, if a handler of it has just been suspended. */
export function pausePort(port: Port): void {
  if (paused.has(port) || !isTaken(port)) return;
  paused.add(port);
  stopMessagePort(port);
  callWhenFree(port, () => {
    paused.delete(port);
    // Without a listener Node itself would have stopped it.
    if (port.listenerCount('message') > 0) start.call(port);
  });
}

function keepPortsInOrder(): void {
  const original = Reflect.get(MessagePort.prototype, kDispatch) as AnyFunction;
  const dispatchWith = function (this: Port, ports: unknown, ...args: unknown[]): unknown {
    this[kReceivedPorts] = ports;
    return Reflect.apply(original, this, args);
  };
  const dispatch = function (this: Port, ...args: unknown[]): unknown {
    return callInTurn(this, dispatchWith, this, [this[kReceivedPorts], ...args]);
  };
  Object.defineProperty(MessagePort.prototype, kDispatch, { value: dispatch, writable: true, configurable: true });
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}

// When a worker has ended Node takes what it has said last off its ports, and then all listeners off the worker.
function keepWorkersInOrder(): void {
  emitInTurn(Worker.prototype);
  const kOnExit = symbolOf(Worker.prototype, 'kOnExit');
  if (kOnExit === undefined) return;
  const original = Reflect.get(Worker.prototype, kOnExit) as AnyFunction;
  const onExit: AnyFunction = function (...args) {
    const ports = ['kPublicPort', 'kPort'].map(
      (name) => Reflect.get(this as Worker, symbolOf(this as Worker, name)!) as Port,
    );
    for (const port of ports) drainMessagePort(port);
    const inTurnOf = (objects: readonly object[]): void => {
      const [first, ...rest] = objects;
      if (first === undefined) Reflect.apply(original, this, args);
      else callInTurn(first, inTurnOf, undefined, [rest]);
    };
    inTurnOf([...ports, this as Worker]);
  };
  Object.defineProperty(Worker.prototype, kOnExit, { value: onExit, writable: true, configurable: true });
}

// Of all that a process emits, only what its parent says has an order.
function keepParentInOrder(): void {
  const { channel } = process;
  if (channel === undefined || channel === null) return;
  const original = process.emit as AnyFunction;
  const emit: AnyFunction = function (event, ...args) {
    return event === 'message' || event === 'disconnect'
      ? callInTurn(channel, original, this, [event, ...args])
      : Reflect.apply(original, this, [event, ...args]);
  };
  Object.defineProperty(process, 'emit', { value: emit, writable: true, configurable: true });
}

/** Keeps messages in their order while a handler of one is suspended, and the end of who sends them behind the last. */
export function keepMessagesInOrder(): void {
  keepPortsInOrder();
  keepWorkersInOrder();
  keepParentInOrder();
}
