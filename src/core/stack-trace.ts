import { dirname, sep } from 'node:path';

import { binding } from './binding';
import { flight, PEEK, setInFlight, VALUE } from './flight';

const CORE = dirname(__filename) + sep;

/**
 * Asks a suspended greenlet for its frames: it is switched in for just that, and knows nothing of it.
 *
 * @param target the native id of the suspended greenlet
 * @param asker the native id of the current one
 * @returns the frames as text, innermost first, in the form of an error's stack
 */
export function peek(target: number, asker: number): string {
  setInFlight(PEEK, asker);
  binding.switchTo(target);
  const frames = flight.payload as Error;
  flight.payload = undefined;
  return formatFrames(frames);
}

/** On the suspended greenlet's stack: leaves its frames for the one that asks, and is suspended again. */
export function answer(): void {
  const asker = flight.payload as number;
  setInFlight(VALUE, new Error());
  binding.switchTo(asker);
}

/**
 * The frames of a captured stack as text, without the core's own: what a reader wants to see is the program's own call.
 */
export function formatFrames(error: { readonly stack?: string }): string {
  const prepare = Error.prepareStackTrace;
  let text: string;
  try {
    // A program's own formatter may return anything, and may switch.
    Reflect.set(Error, 'prepareStackTrace', undefined);
    text = error.stack ?? '';
  } finally {
    Error.prepareStackTrace = prepare;
  }
  return text
    .split('\n')
    .filter((line) => line.startsWith('    at ') && !line.includes(CORE))
    .join('\n');
}
