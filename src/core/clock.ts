import { internals } from './internals';

/** The clock of `performance.now()`, without all that `node:perf_hooks` brings along. Milliseconds. */
export const clock = internals.require('internal/perf/utils') as { now(): number };
