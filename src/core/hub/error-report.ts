import { inspect } from 'node:util';

import { GreenletExit, invalidArgType } from '../errors';
import { kReport } from '../symbols';

/** Where reports go: anything with a `write`, such as a stream. */
export interface ErrorStream {
  write(text: string): unknown;
}

// Looked up at each report: a program may replace `process.stderr`.
let stream: ErrorStream | null | undefined;

/**
 * Sets where the errors of greenlets are reported.
 *
 * @param replacement a stream; null for nowhere; undefined for `process.stderr`
 * @returns what was set before
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what has no `write`
 * @example setErrorStream({ write: (text) => logger.error(text) });
 *
 * Source: `Hub.exception_stream`.
 */
export function setErrorStream(replacement: ErrorStream | null | undefined): ErrorStream | null | undefined {
  if (replacement !== undefined && replacement !== null && typeof replacement.write !== 'function') {
    throw invalidArgType('replacement', 'a stream, null or undefined', replacement);
  }
  const before = stream;
  stream = replacement;
  return before;
}

/**
 * Writes an error that nothing has caught, when it happened and where, and goes on: it does not end the process. A
 * GreenletExit is no error. Never throws, whatever the error and the stream are like.
 *
 * @param error what was thrown
 * @param context what has failed: a greenlet, or a link and what it was called with
 * @param origin text that tells where the context came from, such as the stack that has spawned a greenlet
 *
 * Source: `Hub.print_exception`.
 */
export function reportError(error: unknown, context: unknown, origin = ''): void {
  if (error instanceof GreenletExit || stream === null) return;
  try {
    const line = `${new Date().toISOString()} ${textOf(context)} failed with ${nameOf(error)}`;
    (stream ?? process.stderr).write(`${textOf(error)}\n${origin}${line}\n`);
  } catch {
    // There is nowhere left to tell of it, and what follows, such as the greenlet's links, must still happen.
  }
}

/** A call whose error is reported and ends nothing, as the context of that error: of a link, or of a job for a thread. */
export class ReportedCall {
  /**
   * @param callback what was called
   * @param source for whom
   */
  constructor(
    readonly callback: (...args: never) => unknown,
    readonly source: object,
  ) {}

  [kReport](error: unknown): void {
    reportError(error, [this.callback, this.source]);
  }
}

function textOf(value: unknown): string {
  try {
    return inspect(value);
  } catch (error) {
    return `a ${typeof value} that cannot be shown (${nameOf(error)})`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
