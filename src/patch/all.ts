import { carryHttp } from './callbacks/http';
import { carryMicrotasks } from './callbacks/microtasks';
import { carryTicks } from './callbacks/ticks';
import { carryTimers } from './callbacks/timers';
import { carryCallbacks } from './callbacks/trampoline';
import { child_process } from './child_process';
import { crypto } from './crypto';
import { applyPatches } from './engine/apply';
import { watchLoading } from './engine/loading';
import { fs } from './fs';

let isPatched = false;

/**
 * Makes this thread cooperative: every callback runs where it can block, and every blocking call of the tables suspends
 * the greenlet that makes it. A second call does nothing.
 *
 * Source: `gevent.monkey.patch_all`.
 */
export function patchAll(): void {
  if (isPatched) return;
  isPatched = true;
  // Node opens these with the file functions it finds then: writing to the console must not become a switch.
  void process.stdout;
  void process.stderr;
  watchLoading();
  carryCallbacks();
  carryMicrotasks();
  carryTicks();
  carryTimers();
  carryHttp();
  applyPatches([fs, child_process, crypto]);
}
