import { dirname, sep } from 'node:path';

const CORE = dirname(__filename) + sep;

/**
 * The frames of an error as text, innermost first, without those of the switch itself: what a reader of a suspended
 * greenlet's stack wants to see is the program's own call.
 */
export function formatFrames(error: Error): string {
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
