import { invalidArgType } from '../errors';
import { assertCanBlock, Waiter } from '../waiting/waiter';
import { IdleWatcher } from './handle-watcher';

interface Idler {
  readonly priority: number;
  readonly waiter: Waiter<undefined>;
}

// Those with the highest priority first, among equals the first to come.
const idlers: Idler[] = [];
let watcher: IdleWatcher | undefined;

/**
 * Suspends the current greenlet until there is nothing else to do: no greenlet is ready, and no event of the loop is there.
 *
 * @param priority of several that wait so, those with the highest go first, and the others at a later turn of the loop
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no number; {BlockingSwitchOutError} where waiting is not possible
 * @example
 * for (const page of pages) {
 *   idle(); // requests first
 *   index(page);
 * }
 *
 * Source: `gevent.idle`.
 */
export function idle(priority = 0): void {
  if (typeof priority !== 'number' || Number.isNaN(priority)) throw invalidArgType('priority', 'a number', priority);
  assertCanBlock();
  const idler = { priority, waiter: new Waiter<undefined>() };
  add(idler);
  try {
    idler.waiter.get();
  } finally {
    remove(idler);
  }
}

function add(idler: Idler): void {
  const before = idlers.findIndex(({ priority }) => priority < idler.priority);
  idlers.splice(before === -1 ? idlers.length : before, 0, idler);
  watcher ??= new IdleWatcher();
  if (!watcher.active) watcher.start(onIdle);
}

function remove(idler: Idler): void {
  const index = idlers.indexOf(idler);
  if (index !== -1) idlers.splice(index, 1);
  if (idlers.length > 0) return;
  watcher?.close();
  watcher = undefined;
}

function onIdle(): void {
  const highest = idlers[0]!.priority;
  const turn = idlers.filter(({ priority }) => priority === highest);
  for (const { waiter } of turn) waiter.switch(undefined);
}
