import { observe } from './core/seeing/observe';

// Greenlets: to start, to wait for, to end.
export { spawn, spawnLater, spawnRaw } from './core/greenlets/spawn';
export { Greenlet, type SpawnCallback } from './core/greenlets/greenlet';
export type { SpawnedGreenlet } from './core/greenlets/spawn-tree';
export type { LinkCallback } from './core/greenlets/links';
export { joinAll, type Joinable, type JoinAllOptions, wait } from './core/bridges/wait';
export { iwait, type Waitable, WaitIterator, type WaitOptions } from './core/greenlets/iwait';
export { kill, killAll } from './core/greenlets/kill-all';
export { sleep, type SleepOptions } from './core/waiting/sleep';
export { idle } from './core/loop/idle';
export { SignalHandler, signalHandler } from './core/loop/signal-handler';
export { Timeout, type TimeoutOptions, withTimeout, type WithTimeoutOptions } from './core/waiting/timeout';
export type { TimeoutException } from './core/waiting/timeout-exception';
export type { BlockOptions } from './core/argument-checks';

// What greenlets tell each other.
export { Event } from './core/sync/event';
export { AsyncResult, type Outcome } from './core/sync/async-result';
export { BoundedSemaphore, DummySemaphore, type Lock, Semaphore } from './core/sync/semaphore';
export { RLock } from './core/sync/lock';
export { Condition } from './core/sync/condition';
export { Barrier } from './core/sync/barrier';
export { JoinableQueue, type JoinableQueueOptions, Queue, UnboundQueue } from './core/queues/queue';
export { SimpleQueue } from './core/queues/simple-queue';
export type { QueueOptions } from './core/queues/queue-options';
export { LifoQueue, PriorityQueue, type PriorityQueueOptions } from './core/queues/ordered-queues';
export type { Comparator } from './core/queues/heap';
export { Channel } from './core/queues/channel';
export { StopIteration } from './core/queues/queue-iteration';
export { Local } from './core/sync/local';

// Many greenlets, and threads.
export { type GreenletClass, Group, type GroupJoinOptions } from './core/pools/group';
export { Pool } from './core/pools/pool';
export type { PoolFunction } from './core/pools/mapping-pool';
export type { IMap, IMapOptions, IMapUnordered, Task } from './core/pools/imap';
export { ThreadPool, type ThreadPoolOptions } from './core/pools/threadpool';
export { moduleFunction } from './core/pools/thread-job';

// From promises, callbacks and events, and back.
export { type NodeCallback, type Settling, toPromise, waitCallback } from './core/bridges/bridge';
export { type Emitter, type Target, waitEvent } from './core/bridges/wait-event';
export { iterate, toAsyncIterable } from './core/bridges/async-iteration';
export { type WaitLimits, withSignal } from './core/bridges/abort-signal';

// What ends a greenlet, and what must not be ended.
export { isCancellation, rethrowCancellation } from './core/hub/cancellation';
export { setStickyCancellation, uncancel } from './core/hub/sticky-cancellation';
export { shield } from './core/hub/shield';
export { critical } from './core/hub/critical';
export { blocking } from './core/hub/no-yield';

// Errors, and where they go.
export { type ErrorStream, setErrorStream } from './core/hub/error-report';
export {
  AbortError,
  BinaryError,
  BlockingSwitchOutError,
  BrokenBarrierError,
  ConcurrentObjectUseError,
  ConfigError,
  CriticalSectionError,
  Empty,
  FailedToSwitchError,
  Full,
  GreenletError,
  type GreenletErrorCode,
  GreenletExit,
  InvalidSwitchError,
  kCancellation,
  LoadedTwiceError,
  LockError,
  type LockErrorCode,
  ShutDown,
  TaskDoneError,
  TimeoutStateError,
  UnsupportedError,
} from './core/errors';
export { PoolFull, ThreadPoolKilled } from './core/pools/pool-errors';
export { HubDestroyedError, LoopExit, WatcherClosedError } from './core/hub/loop-errors';
export { wrapErrors } from './core/greenlets/wrap-errors';

// Below the vocabulary: the hub, and greenlets as Python's `greenlet` has them.
export { getHub, type Hub } from './core/hub/hub';
export type { Callback } from './core/hub/callback';
export { Loop } from './core/loop/loop';
export { Watcher, type WatcherCallback, type WatcherOptions } from './core/loop/watcher';
export { type IoWatcher, READ, WRITE } from './core/loop/io-watcher';
export type { TimerWatcher } from './core/loop/timer-watcher';
export {
  type AsyncWatcher,
  type CheckWatcher,
  type IdleWatcher,
  type PrepareWatcher,
  sendAsync,
  type SignalWatcher,
} from './core/loop/handle-watcher';
export type { ChildWatcher } from './core/loop/child-watcher';
export type { StatWatcher } from './core/loop/stat-watcher';
export { closedWhileWaiting, waitOnWatcher, waitRead, waitReadWrite, waitWrite } from './core/loop/hub-wait';
export { Waiter } from './core/waiting/waiter';
export { MultipleWaiter } from './core/waiting/multiple-waiter';
export { AbstractLinkable } from './core/sync/linkable';
export { getCurrent, getMain, RawGreenlet } from './core/switching/raw-greenlet';
export type { ErrorClass, Run } from './core/switching/greenlet-arguments';
export { getTrace, setTrace, type Tracer } from './core/switching/flight';

// What greenlets are doing, and how the package is set up.
export { keepSpawningStacks } from './core/greenlets/spawn-tree';
export { assertSwitches, type AssertSwitchesOptions } from './core/seeing/assert-switches';
export type { GreenletMessage, SpawnMessage, SwitchMessage } from './core/switching/channels';
export { type EventLoopBlockedMessage, ignoreCurrentGreenletBlocking } from './core/seeing/watchdog';
export type {
  MemoryUsageThresholdExceededMessage,
  MemoryUsageUnderThresholdMessage,
} from './core/seeing/memory-monitor';
export { config, setConfig } from './core/config';
export type { Config } from './core/settings';
export { formatRunInfo, printRunInfo, type RunInfoOptions } from './core/seeing/run-info';
export { GreenletTree, type TreeOptions } from './core/seeing/greenlet-tree';
export { blockedGreenlets, surveyGreenlets } from './core/seeing/greenlet-survey';
export type { GreenletReport, GreenletState } from './core/seeing/greenlet-report';

// What the configuration wants to be seen is seen from now on.
observe();
