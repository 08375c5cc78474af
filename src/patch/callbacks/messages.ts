/**
 * Messages of other threads and processes come one after the other. While a handler is suspended the next ones stay in the
 * queue of their port, so that none is lost, whatever the handler does next.
 */
import type { ChildProcess } from 'node:child_process';
import type { MessagePort, Worker } from 'node:worker_threads';

import { whenLoaded } from '../../core/builtins';
import { callWhenFree, isTaken } from '../../core/hub/turn-order';
import { internals } from '../../core/internals';
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

const { drainMessagePort, stopMessagePort } = internals.internalBinding(
  'messaging',
  ...['drainMessagePort', 'stopMessagePort'],
) as Record<'drainMessagePort' | 'stopMessagePort', (port: MessagePort) => void>;
const paused = new WeakSet<Port>();
let start: AnyFunction;

/** Leaves the messages of a port in its queue, if a handler of it has just been suspended. */
export function pausePort(port: Port): void {
  if (paused.has(port) || !isTaken(port)) return;
  paused.add(port);
  stopMessagePort(port);
  callWhenFree(port, () => {
    paused.delete(port);
    // Without a listener Node itself would have stopped it.
    if (port.listenerCount('message') > 0) Reflect.apply(start, port, []);
  });
}

function keepPortsInOrder(prototype: object): void {
  start = Reflect.get(prototype, 'start') as AnyFunction;
  const original = Reflect.get(prototype, kDispatch) as AnyFunction;
  const dispatchWith = function (this: Port, ports: unknown, ...args: unknown[]): unknown {
    this[kReceivedPorts] = ports;
    return Reflect.apply(original, this, args);
  };
  const dispatch = function (this: Port, ...args: unknown[]): unknown {
    return callInTurn(this, dispatchWith, this, [this[kReceivedPorts], ...args]);
  };
  Object.defineProperty(prototype, kDispatch, { value: dispatch, writable: true, configurable: true });
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}

// An error, or the end, comes by another way than the messages before it. After the end Node takes all listeners off.
function keepWorkersInOrder(prototype: object): void {
  emitInTurn(prototype);
  afterMessages(prototype, 'kOnErrorMessage', ['kPublicPort']);
  afterMessages(prototype, 'kOnExit', ['kPublicPort', 'kPort']);
}

function afterMessages(prototype: object, method: string, portNames: readonly string[]): void {
  const key = symbolOf(prototype, method);
  if (key === undefined) return;
  const original = Reflect.get(prototype, key) as AnyFunction;
  const replacement: AnyFunction = function (...args) {
    const ports = portNames.map((name) => Reflect.get(this as Worker, symbolOf(this as Worker, name)!) as Port);
    for (const port of ports) drainMessagePort(port);
    const inTurnOf = ([first, ...rest]: readonly object[]): void => {
      if (first === undefined) Reflect.apply(original, this, args);
      else callInTurn(first, inTurnOf, undefined, [rest]);
    };
    inTurnOf([...ports, this as Worker]);
  };
  Object.defineProperty(prototype, key, { value: replacement, writable: true, configurable: true });
}

interface Peer {
  readonly channel?: object | null;
  emit: AnyFunction;
  listenerCount(event: string): number;
}

// What has come before anybody listened is emitted by Node for as long as it has not come to the end of it.
function deliverPending(peer: Peer): void {
  const { channel } = peer;
  if (!channel || peer.listenerCount('message') === 0) return;
  const kPending = symbolOf(channel, 'kPendingMessages');
  if (kPending === undefined) return;
  const pending = Reflect.get(channel, kPending) as unknown[][];
  Reflect.set(channel, kPending, []);
  for (const args of pending) Reflect.apply(peer.emit, peer, args);
}

function emitPendingOnce(peer: Peer): void {
  const { emit: original } = peer;
  const emit: AnyFunction = function (event, ...args) {
    // Before Node's own listener does the same.
    if (event === 'newListener' && (this as Peer).channel) process.nextTick(deliverPending, this);
    return Reflect.apply(original, this, [event, ...args]);
  };
  Object.defineProperty(peer, 'emit', { value: emit, writable: true, configurable: true });
}

function keepChildrenInOrder(prototype: object): void {
  emitInTurn(prototype);
  emitPendingOnce(prototype as Peer);
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
  emitPendingOnce(process as unknown as Peer);
}

/** Keeps messages in their order while a handler of one is suspended, and the end of who sends them behind the last. */
export function keepMessagesInOrder(): void {
  whenLoaded('internal/worker/io', (io: { MessagePort: typeof MessagePort }) => {
    keepPortsInOrder(io.MessagePort.prototype);
  });
  whenLoaded('internal/worker', (worker: { Worker: typeof Worker }) => keepWorkersInOrder(worker.Worker.prototype));
  whenLoaded('internal/child_process', (children: { ChildProcess: typeof ChildProcess }) => {
    keepChildrenInOrder(children.ChildProcess.prototype);
  });
  keepParentInOrder();
}
