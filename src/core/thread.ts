import { internals } from './internals';

/** Which thread of the process this is; `node:worker_threads` says the same, but takes a while to load. */
export const { isMainThread, threadId } = internals.internalBinding('worker') as {
  isMainThread: boolean;
  threadId: number;
};
