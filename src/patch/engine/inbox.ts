import type { EventEmitter } from 'node:events';

import { type WaitLimits, withSignal } from '../../core/bridges/abort-signal';
import { Empty, ShutDown } from '../../core/errors';
import { SimpleQueue } from '../../core/queues/simple-queue';
import { closedMeanwhile, timedOut } from './await-event';

// What was emitted, for greenlets to take one by one. There is none before somebody wants to take something.
const inboxes = new WeakMap<EventEmitter, SimpleQueue<unknown>>();

/**
 * Begins to keep what an emitter emits, until it is closed.
 *
 * @param emitter a server, or a socket for datagrams
 * @param event the event: connections, messages
 * @param itemOf makes what is kept from what is emitted
 */
export function openInbox(
  emitter: EventEmitter,
  event: string,
  itemOf: (args: readonly unknown[]) => unknown = ([item]) => item,
): SimpleQueue<unknown> {
  const known = inboxes.get(emitter);
  if (known !== undefined) return known;
  const inbox = new SimpleQueue<unknown>();
  inboxes.set(emitter, inbox);
  emitter.on(event, (...args: unknown[]) => {
    if (!inbox.isShutdown) inbox.put(itemOf(args));
  });
  emitter.once('close', () => inbox.shutdown());
  return inbox;
}

/**
 * Takes what was emitted first, or waits for it.
 *
 * @throws {Error} EBADF if the emitter is closed, ETIMEDOUT if nothing comes in time
 */
export function takeFrom(inbox: SimpleQueue<unknown>, syscall: string, { timeout, signal }: WaitLimits = {}): unknown {
  try {
    return withSignal(signal, () => inbox.get({ timeout }));
  } catch (error) {
    if (error instanceof ShutDown) throw closedMeanwhile(syscall);
    throw error instanceof Empty ? timedOut(syscall) : error;
  }
}
