import { ifSupported, internals } from './internals';

interface Thread {
  readonly isMainThread: boolean;
  readonly threadId: number;
}

const load = require;

/** Which thread of the process this is; `node:worker_threads` says the same, but takes a while to load. */
export const { isMainThread, threadId } =
  ifSupported(() => internals.internalBinding('worker', 'isMainThread', 'threadId') as Thread) ??
  (load('node:worker_threads') as Thread);
