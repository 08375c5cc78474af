/**
 * The only door from the core to builtins that `unblock/patch` replaces: what the core needs of them is taken here,
 * before any patch, so that it never calls itself.
 */
import { AsyncLocalStorage, AsyncResource, executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** Node's own functions, as they were when the core was loaded. */
export const node = {
  AsyncLocalStorage,
  AsyncResource,
  executionAsyncId,
  executionAsyncResource,
  closeSync,
  existsSync,
  openSync,
  writeSync,
  errnos: constants.errno,
  signals: constants.signals,
  setTimeout,
  clearTimeout,
  setImmediate,
  then: Promise.prototype.then,
};
