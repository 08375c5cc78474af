/**
 * The watchdog: a thread of ours that notices when the loop is blocked, and has V8 tell where. What is blocked learns of
 * it afterwards: here is what is made of a report, on the hub, as soon as the loop goes on. Only what blocks for more than
 * a second is written down meanwhile, by the thread itself, as it may never end.
 */
import { channel } from 'node:diagnostics_channel';

import { binding, type BlockingReport } from '../binding';
import { config, onConfig } from '../config';
import { later } from '../hub/later';
import { systemError } from '../loop/system-error';
import { UvHandle } from '../loop/uv-handle';
import { tell } from '../switching/channels';
import { derefHandle, type GreenletHandle, handles } from '../switching/living';
import { getMain, type RawGreenlet } from '../switching/raw-greenlet';

const greenletName = later<typeof import('../greenlets/greenlet-name')>(require, '../greenlets/greenlet-name');
const suspendedCall = later<typeof import('./suspended-call')>(require, './suspended-call');

/**
 * The message of `unblock:eventLoopBlocked`.
 *
 * Source: `gevent.events.EventLoopBlocked`.
 */
export interface EventLoopBlockedMessage {
  /** For how many milliseconds, at least. */
  readonly blockedFor: number;
  /** Who has blocked it: the hub's for a callback without a greenlet; undefined if nobody knows. */
  readonly greenlet: RawGreenlet | undefined;
  /** The call in which it was seen, such as `crypto.scryptSync` or `RegExp.test`; undefined in the program itself. */
  readonly call: string | undefined;
  /** Whether it was in C++, which was asked where it is when it returned. */
  readonly wasInNative: boolean;
  /** Where it was, as text; undefined if C++ has returned to where nothing was left to see. */
  readonly stack: string | undefined;
  /** What is written after the report; a subscriber may add to it. */
  readonly info: string[];
}

const blockedChannel = channel('unblock:eventLoopBlocked');

let signal: UvHandle | undefined;

/** Has the loop watched if that is configured, now or later. */
export function followWatchdog(): void {
  watch();
  onConfig(['watchdog', 'maxBlockingTime', 'printBlockingReports'], watch);
}

/**
 * Has the watchdog say nothing of what the current greenlet does, until that next lets others run: for what is known to
 * take long.
 *
 * @example
 * ignoreCurrentGreenletBlocking();
 * JSON.stringify(items); // all of them
 *
 * Source: `PeriodicMonitoringThread.ignore_current_greenlet_blocking`.
 */
export function ignoreCurrentGreenletBlocking(): void {
  binding.ignoreBlocking();
}

function watch(): void {
  if (config.watchdog) start();
  else if (signal !== undefined) stop();
}

function start(): void {
  signal ??= openSignal();
  process.off('exit', report).on('exit', report);
  const error = binding.startWatchdog(config.maxBlockingTime, config.printBlockingReports, signal.number, handles);
  if (error === 0) return;
  stop();
  throw systemError(error, { syscall: 'uv_thread_create' });
}

function stop(): void {
  report();
  process.off('exit', report);
  binding.stopWatchdog();
  signal?.close();
  signal = undefined;
}

function openSignal(): UvHandle {
  const opened = new UvHandle('async', 0, report);
  opened.start();
  opened.hold(false);
  return opened;
}

// On the hub, and, for what has come last, at the end.
function report(): void {
  for (let next = binding.takeBlockingReport(); next !== undefined; next = binding.takeBlockingReport()) {
    const message = toMessage(next);
    // The subscribers come first: they may have to say something, too.
    if (blockedChannel.hasSubscribers) tell(blockedChannel, message);
    if (config.printBlockingReports) process.stderr.write(format(message));
  }
}

function toMessage([blockedFor, wasInNative, handle, text]: BlockingReport): EventLoopBlockedMessage {
  // The main one has no handle there.
  const greenlet = handle === undefined ? getMain() : derefHandle((handle as GreenletHandle | null) ?? undefined);
  const { call, stack } = suspendedCall().readSuspendedCall(text.split('\n'));
  return { blockedFor, greenlet, call, wasInNative, stack: stack || undefined, info: [] };
}

function format({ blockedFor, greenlet, call, wasInNative, stack, info }: EventLoopBlockedMessage): string {
  const where = call ?? (wasInNative ? 'C++' : 'JavaScript');
  const lines = [`unblock: the loop was blocked for ${blockedFor.toFixed()} ms, in ${where}, by ${describe(greenlet)}`];
  if (stack !== undefined) lines.push(stack);
  return `${[...lines, ...info].join('\n')}\n`;
}

function describe(greenlet: RawGreenlet | undefined): string {
  if (greenlet === undefined) return 'an unknown greenlet';
  if (greenlet === getMain()) return 'a callback without a greenlet';
  const { labelOf, nameOf } = greenletName();
  // Once it has ended it does not know what it ran.
  const label = greenlet.dead ? undefined : labelOf(greenlet);
  return label === undefined ? nameOf(greenlet) : `${nameOf(greenlet)} ${label}`;
}
