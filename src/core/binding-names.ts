/** What a binary of this version exports, by name: one that was built from another version is told by what it lacks. */

/** The add-on's own. What a build of Node may not allow is not among them. */
export const BINDING_NAMES: readonly string[] = [
  'configure',
  'setBody',
  'overrideCheckpoint',
  'counts',
  'internals',
  'pausedByDebugger',
  'extras',
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
  'isBelowWasm',
  'collectCarefully',
  'files',
];

/** Those of `files`. */
export const FILE_NAMES: readonly string[] = [
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
  'startRead',
];

/** Those of `watchers`. */
export const WATCHER_NAMES: readonly string[] = [
  'open',
  'start',
  'stop',
  'hold',
  'close',
  'number',
  'send',
  'count',
  'isLoopAlive',
];

/** The first name that a binary's exports lack; undefined for none. */
export function firstMissing(built: { readonly files?: object; readonly watchers?: object }): string | undefined {
  const lacks = (names: readonly string[], object: object | undefined): string | undefined =>
    names.find((name) => object === undefined || !(name in object));
  return lacks(BINDING_NAMES, built) ?? lacks(FILE_NAMES, built.files) ?? lacks(WATCHER_NAMES, built.watchers);
}
