import { join, sep } from 'node:path';

import { binding } from '../binding';
import { flight, PEEK, setInFlight, VALUE } from './flight';

const CORE = join(__dirname, '..') + sep;
/** How many frames are shown of a greenlet. */
const FRAME_LIMIT = 50;

/**
 * Asks a suspended greenlet for its frames: it is switched in for just that, and knows nothing of it.
 *
 * @param target the native id of the suspended greenlet
 * @param asker the native id of the current one
 * @returns the frames as text, innermost first, in the form of an error's stack
 */
export function peek(target: number, asker: number): string {
  return withoutCore(peekAll(target, asker)).join('\n');
}

/** As `peek`, with the core's own frames, a line each. */
export function peekAll(target: number, asker: number): string[] {
  setInFlight(PEEK, asker);
  binding.switchTo(target);
  const frames = flight.payload as Error;
  flight.payload = undefined;
  return linesOf(frames);
}

/** On the suspended greenlet's stack: leaves its frames for the one that asks, and is suspended again. */
export function answer(): void {
  const asker = flight.payload as number;
  setInFlight(VALUE, captureFrames());
  binding.switchTo(asker);
}

/** The frames of the running code. The program's own limit is for its errors; our frames come on top of its own here. */
export function captureFrames(limit = FRAME_LIMIT): Error {
  const before = Error.stackTraceLimit;
  Reflect.set(Error, 'stackTraceLimit', limit);
  const frames = new Error();
  Reflect.set(Error, 'stackTraceLimit', before);
  return frames;
}

/**
 * The frames of a captured stack as text, without the core's own: what a reader wants to see is the program's own call.
 */
export function formatFrames(error: { readonly stack?: string }): string {
  return withoutCore(linesOf(error)).join('\n');
}

/** The frames of a captured stack, a line each. */
export function linesOf(error: { readonly stack?: string }): string[] {
  const prepare = Error.prepareStackTrace;
  let text: string;
  try {
    // A program's own formatter may return anything, and may switch.
    Reflect.set(Error, 'prepareStackTrace', undefined);
    text = error.stack ?? '';
  } finally {
    Error.prepareStackTrace = prepare;
  }
  return text.split('\n').filter((line) => line.startsWith('    at '));
}

function withoutCore(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(CORE));
}
