import { watchForLoopExit } from '../../core/seeing/loop-exit';
import { carryHttp } from './http';
import { keepMessagesInOrder } from './messages';
import { carryMicrotasks } from './microtasks';
import { keepStreamsInOrder } from './streams';
import { carryTicks } from './ticks';
import { carryTimers } from './timers';
import { carryCallbacks } from './trampoline';

/** Lets every callback of Node's block. */
export function carryAll(): void {
  carryCallbacks();
  carryMicrotasks();
  carryTicks();
  carryTimers();
  keepStreamsInOrder();
  keepMessagesInOrder();
  carryHttp();
  watchForLoopExit();
}
