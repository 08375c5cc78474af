/**
 * The signal that shows what all greenlets are doing.
 *
 * It costs a handle that does not keep the process alive. Without it the signal would end the process, as it still does
 * with the option set to `'off'`. A program that listens to the signal has it to itself: from the moment it arrives and
 * the program is found listening, we do not listen any more, so that the program can also end itself by it.
 */
import { config, onConfig } from '../config';
import { later } from '../hub/later';
import { isMainThread } from '../thread';

const runInfo = later<typeof import('./run-info')>(require, './run-info');

let signal: NodeJS.Signals | undefined;

/** Listens to the signal that is configured, and to no other. Node gives signals to the main thread alone. */
export function followRunInfoSignal(): void {
  if (!isMainThread) return;
  listen();
  onConfig(['runInfoSignal'], listen);
}

function listen(): void {
  if (signal !== undefined) process.off(signal, onSignal);
  signal = config.runInfoSignal === 'off' ? undefined : (config.runInfoSignal as NodeJS.Signals);
  if (signal === undefined || process.listenerCount(signal) > 0) return;
  process.on(signal, onSignal);
}

function onSignal(name: NodeJS.Signals): void {
  if (process.listenerCount(name) === 1) runInfo().printRunInfo();
  else process.off(name, onSignal);
}
