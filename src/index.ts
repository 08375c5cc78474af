import { observe } from './core/observe';

// Greenlets: to start, to wait for, to end.
export { spawn, spawnLater, spawnRaw } from './core/spawn';
export { Greenlet, type SpawnCallback } from './core/greenlet';
export type { SpawnedGreenlet } from './core/spawn-tree';
export type { LinkCallback } from './core/links';
export { joinAll, type Joinable, type JoinAllOptions, wait } from './core/wait';
export { iwait, type Waitable, WaitIterator, type WaitOptions } from './core/iwait';
export { kill, killAll } from './core/kill-all';
export { sleep, type SleepOptions } from './core/sleep';
export { idle } from './core/idle';
export { SignalHandler, signalHandler } from './core/signal-handler';
export { Timeout, type TimeoutOptions, withTimeout, type WithTimeoutOptions } from './core/timeout';
export type { TimeoutException } from './core/timeout-exception';
export type { BlockOptions } from './core/argument-checks';

// What greenlets tell each other.
export { Event } from './core/event';
export { AsyncResult, type Outcome } from './core/async-result';
export { BoundedSemaphore, DummySemaphore, type Lock, Semaphore } from './core/semaphore';
export { RLock } from './core/lock';
export { Condition } from './core/condition';
export { Barrier } from './core/barrier';
export { JoinableQueue, type JoinableQueueOptions, Queue, UnboundQueue } from './core/queue';
export { SimpleQueue } from './core/simple-queue';
export type { QueueOptions } from './core/queue-options';
export { LifoQueue, PriorityQueue, type PriorityQueueOptions } from './core/ordered-queues';
export type { Comparator } from './core/heap';
export { Channel } from './core/channel';
export { StopIteration } from './core/queue-iteration';
export { Local } from './core/local';

// Many greenlets, and threads.
export { type GreenletClass, Group, type GroupJoinOptions } from './core/group';
export { Pool } from './core/pool';
export type { PoolFunction } from './core/mapping-pool';
export type { IMap, IMapOptions, IMapUnordered, Task } from './core/imap';
export { ThreadPool, type ThreadPoolOptions } from './core/threadpool';
export { moduleFunction } from './core/thread-job';

// From promises, callbacks and events, and back.
export { type NodeCallback, type Settling, toPromise, waitCallback } from './core/bridge';
export { type Emitter, type Target, waitEvent } from './core/wait-event';
export { iterate, toAsyncIterable } from './core/async-iteration';
export { type WaitLimits, withSignal } from './core/abort-signal';

// What ends a greenlet, and what must not be ended.
export { isCancellation, rethrowCancellation } from './core/cancellation';
export { setStickyCancellation, uncancel } from './core/sticky-cancellation';
export { shield } from './core/shield';
export { critical } from './core/critical';
export { blocking } from './core/no-yield';

// Errors, and where they go.
export { type ErrorStream, setErrorStream } from './core/error-report';
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
export { PoolFull, ThreadPoolKilled } from './core/pool-errors';
export { HubDestroyedError, LoopExit, WatcherClosedError } from './core/loop-errors';
export { wrapErrors } from './core/wrap-errors';

// Below the vocabulary: the hub, and greenlets as Python's `greenlet` has them.
export { getHub, type Hub } from './core/hub';
export type { Callback } from './core/callback';
export { Loop } from './core/loop';
export { Watcher, type WatcherCallback, type WatcherOptions } from './core/watcher';
export { type IoWatcher, READ, WRITE } from './core/io-watcher';
export type { TimerWatcher } from './core/timer-watcher';
export {
  type AsyncWatcher,
  type CheckWatcher,
  type IdleWatcher,
  type PrepareWatcher,
  sendAsync,
  type SignalWatcher,
} from './core/handle-watcher';
export type { ChildWatcher } from './core/child-watcher';
export type { StatWatcher } from './core/stat-watcher';
export { closedWhileWaiting, waitOnWatcher, waitRead, waitReadWrite, waitWrite } from './core/hub-wait';
export { Waiter } from './core/waiter';
export { getCurrent, getMain, RawGreenlet } from './core/raw-greenlet';
export type { ErrorClass, Run } from './core/greenlet-arguments';
export { getTrace, setTrace, type Tracer } from './core/flight';

// What greenlets are doing, and how the package is set up.
export { keepSpawningStacks } from './core/spawn-tree';
export { assertSwitches, type AssertSwitchesOptions } from './core/assert-switches';
export type { GreenletMessage, SpawnMessage, SwitchMessage } from './core/channels';
export { type EventLoopBlockedMessage, ignoreCurrentGreenletBlocking } from './core/watchdog';
export type { MemoryUsageThresholdExceededMessage, MemoryUsageUnderThresholdMessage } from './core/memory-monitor';
export { config, setConfig } from './core/config';
export type { Config } from './core/settings';
export { formatRunInfo, printRunInfo, type RunInfoOptions } from './core/run-info';
export { GreenletTree, type TreeOptions } from './core/greenlet-tree';
export { blockedGreenlets, surveyGreenlets } from './core/greenlet-survey';
export type { GreenletReport, GreenletState } from './core/greenlet-report';

// What the configuration wants to be seen is seen from now on.
observe();
