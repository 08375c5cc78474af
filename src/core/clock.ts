import { ifSupported, internals } from './internals';

/** The clock of `performance.now()`, without all that `node:perf_hooks` brings along. Milliseconds. */
export const clock: { now(): number } =
  ifSupported(() => internals.internalModule('internal/perf/utils', 'now') as { now(): number }) ?? performance;
