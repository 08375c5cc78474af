import type { ModuleFunction } from './table';

const OUTSIDE_FRAME = /^ {4}at (?!.*\(?node:)/m;

/** An asynchronous error has no frames of the program: it gets those of the call that waited. */
export function restack(error: unknown, callee: ModuleFunction): void {
  if (error instanceof Error && !OUTSIDE_FRAME.test(error.stack ?? '')) Error.captureStackTrace(error, callee);
}
