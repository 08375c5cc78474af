/** What a binary of this version exports, by name: one that was built from another version is told by what it lacks. */
import type { Binding, Files, HandleBinding } from './binding';

/** The add-on's own. What a build of Node may not allow is not among them. */
export const BINDING_NAMES = [
  'configure',
  'setBody',
  'overrideCheckpoint',
  'counts',
  'internals',
  'pausedByDebugger',
  'start',
  'switchTo',
  'retire',
  'trimPool',
  'performCheckpoint',
  'watchers',
  'startWatchdog',
  'stopWatchdog',
  'ignoreBlocking',
  'takeBlockingReport',
  'openProcess',
  'processStatus',
  'loopActivity',
  'files',
] satisfies ReadonlyArray<keyof Binding>;

/** Those of `files`. */
export const FILE_NAMES = [
  'peekPath',
  'peekOpen',
  'open',
  'startOpen',
  'takeOpen',
  'dropOpen',
  'openPoll',
  'closePoll',
  'closeReader',
  'exception',
  'peekStat',
  'peekClose',
  'peekWrite',
  'read',
  'readWhole',
] satisfies ReadonlyArray<keyof Files>;

/** Those of `watchers`. */
export const WATCHER_NAMES = [
  'open',
  'start',
  'stop',
  'hold',
  'close',
  'number',
  'send',
  'count',
  'isLoopAlive',
] satisfies ReadonlyArray<keyof HandleBinding>;

/** The first name that a binary's exports lack; undefined for none. */
export function firstMissing(built: Partial<Binding>): string | undefined {
  const lacks = (names: readonly string[], object: object | undefined): string | undefined =>
    names.find((name) => object === undefined || !(name in object));
  return lacks(BINDING_NAMES, built) ?? lacks(FILE_NAMES, built.files) ?? lacks(WATCHER_NAMES, built.watchers);
}
