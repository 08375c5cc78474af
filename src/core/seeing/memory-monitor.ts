/** Looks at the memory in use now and then, and tells when it is more than was allowed. */
import { channel } from 'node:diagnostics_channel';

import { config, onConfig } from '../config';
import { node } from '../node';
import { tell } from '../switching/channels';
import { kOnHub } from '../symbols';

/**
 * The message of `unblock:memoryUsageThresholdExceeded`: more memory is in use than was allowed, and more than at the
 * last look.
 *
 * Source: `gevent.events.MemoryUsageThresholdExceeded`.
 */
export interface MemoryUsageThresholdExceededMessage {
  /** Resident memory of the process, in bytes. */
  readonly memoryUsage: number;
  /** How much was allowed. */
  readonly maxMemory: number;
}

/**
 * The message of `unblock:memoryUsageUnderThreshold`: no more memory is in use than is allowed, for the first time since
 * there was.
 *
 * Source: `gevent.events.MemoryUsageUnderThreshold`.
 */
export interface MemoryUsageUnderThresholdMessage extends MemoryUsageThresholdExceededMessage {
  /** How much was in use at the last look. */
  readonly memoryUsageBefore: number;
}

const exceededChannel = channel('unblock:memoryUsageThresholdExceeded');
const underChannel = channel('unblock:memoryUsageUnderThreshold');

let timer: NodeJS.Timeout | undefined;
// What was in use at the last look, if it was too much.
let excess = 0;

/** Has the memory watched if that is configured, now or later. */
export function followMemory(): void {
  watch();
  onConfig(['maxMemory', 'memoryPeriod'], watch);
}

function watch(): void {
  if (timer !== undefined) node.clearTimeout(timer);
  timer = undefined;
  excess = 0;
  if (config.maxMemory !== undefined) setTimer();
}

// No interval: what one of Node's needs to run callbacks of ours on the hub, a timeout has.
function setTimer(): void {
  timer = node.setTimeout(look, config.memoryPeriod);
  timer.unref();
}

function look(): void {
  setTimer();
  compare(process.memoryUsage.rss(), config.maxMemory!);
}
look[kOnHub] = true;

/** Tells of what is in use, if it is to be told. */
export function compare(memoryUsage: number, maxMemory: number): void {
  const memoryUsageBefore = excess;
  excess = memoryUsage > maxMemory ? memoryUsage : 0;
  if (excess > memoryUsageBefore) tell(exceededChannel, { memoryUsage, maxMemory });
  else if (excess === 0 && memoryUsageBefore > 0) tell(underChannel, { memoryUsage, maxMemory, memoryUsageBefore });
}
