import { watchForLoopExit } from '../../core/loop-exit';
import { carryHttp } from './http';
import { carryMicrotasks } from './microtasks';
import { carryTicks } from './ticks';
import { carryTimers } from './timers';
import { carryCallbacks } from './trampoline';

/** Lets every callback of Node's block. */
export function carryAll(): void {
  carryCallbacks();
  carryMicrotasks();
  carryTicks();
  carryTimers();
  carryHttp();
  watchForLoopExit();
}
