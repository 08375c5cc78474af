import { followRunInfoSignal } from './run-info-signal';
import { followTrace } from './trace';
import { followMemory } from './memory-monitor';
import { warnOfUnknownVariables } from './unknown-variables';
import { followWatchdog } from './watchdog';

let isObserving = false;

/** Turns on whatever the configuration has to be seen, now and whenever it is set. A second call does nothing. */
export function observe(): void {
  if (isObserving) return;
  isObserving = true;
  followRunInfoSignal();
  followTrace();
  followWatchdog();
  followMemory();
  warnOfUnknownVariables();
}
