/**
 * What greenlets do, told as it happens: channels of `node:diagnostics_channel`. Nothing is made or looked at for a
 * channel that nobody has subscribed to.
 *
 * A subscriber is called in the middle of what is told, in the greenlet that does it. It must not switch. What would
 * block there cannot be suspended: a patched call blocks for real, any other throws.
 */
import { type Channel, channel } from 'node:diagnostics_channel';

import type { RawGreenlet } from './raw-greenlet';

/** The message of `unblock:spawn`: a greenlet has been started, or made for a callback of Node's; it has not run yet. */
export interface SpawnMessage {
  readonly greenlet: RawGreenlet;
  /** Who has spawned it; the hub's for a callback of Node's. */
  readonly spawner: RawGreenlet;
  /** How many milliseconds later it is to run. */
  readonly delay: number;
}

/** The message of `unblock:switch`: one greenlet has left, and another goes on, which is the current one by now. */
export interface SwitchMessage {
  readonly origin: RawGreenlet;
  readonly target: RawGreenlet;
  /** What arrives in the target: `'throw'` for an error, else `'switch'`. */
  readonly kind: 'switch' | 'throw';
}

/**
 * The message of three channels. `unblock:block`: the current greenlet is about to wait, and the stack shows in what
 * call. `unblock:ready`: a greenlet is to go on at the hub's next turns. `unblock:death`: a greenlet has ended.
 */
export interface GreenletMessage {
  readonly greenlet: RawGreenlet;
}

export const spawnChannel = channel('unblock:spawn');
export const switchChannel = channel('unblock:switch');
export const blockChannel = channel('unblock:block');
export const readyChannel = channel('unblock:ready');
export const deathChannel = channel('unblock:death');

let depth = 0;

/** Whether a subscriber is being called right now. */
export function isTelling(): boolean {
  return depth > 0;
}

/** Tells the subscribers of a channel. What they throw is the process's, as it is with every channel. */
export function tell(where: Channel, message: object): void {
  depth++;
  try {
    where.publish(message);
  } finally {
    depth--;
  }
}
