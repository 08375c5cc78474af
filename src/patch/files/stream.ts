/** Waiting for a FIFO, a terminal or a socket, as a thread would: but without one, since that may take for ever. */
import { binding } from '../../core/binding';
import { UvHandle } from '../../core/loop/uv-handle';
import { CallWaiter } from '../engine/call-waiter';

const { files } = binding;
const HAS_EVENT = 1;

/** When there is something to read: what epoll calls EPOLLIN. */
export const READABLE = 1;
/** When there is room to write: what epoll calls EPOLLOUT. */
export const WRITABLE = 4;

/**
 * Waits until a descriptor is ready.
 *
 * @returns false if it is of a kind that cannot be waited for
 */
export function waitUntilReady(fd: number, events: number): boolean {
  const poll = files.openPoll(fd, events);
  if (poll < 0) return false;
  try {
    waitForEvent(poll);
  } finally {
    files.closePoll(poll);
  }
  return true;
}

/**
 * Opens what waits for its peer.
 *
 * @returns the descriptor or a negative errno; undefined if no thread can be had
 */
export function openWithPeer(path: unknown, flags: number, mode: number): number | undefined {
  const signal = files.startOpen(path, flags, mode);
  if (signal < 0) return undefined;
  try {
    waitForEvent(signal);
  } catch (error) {
    files.dropOpen(signal);
    throw error;
  }
  return files.takeOpen(signal);
}

function waitForEvent(fd: number): void {
  const waiter = new CallWaiter<undefined>();
  const handle = new UvHandle('io', fd, () => {
    handle.stop();
    waiter.switch(undefined);
  });
  try {
    handle.start(HAS_EVENT);
    waiter.get();
  } finally {
    handle.close();
  }
}
