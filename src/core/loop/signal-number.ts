import { invalidArgType } from '../errors';
import { node } from '../node';

/**
 * The number of a signal.
 *
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no name and no number, ERR_UNKNOWN_SIGNAL for no signal of this
 *   system, as Node has it
 */
export function signalNumber(signal: unknown): number {
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw invalidArgType('signal', 'the name or the number of a signal', signal);
  }
  for (const [name, number] of Object.entries(node.signals)) if (signal === name || signal === number) return number;
  const error: NodeJS.ErrnoException = new TypeError(`Unknown signal: ${signal}`);
  error.code = 'ERR_UNKNOWN_SIGNAL';
  throw error;
}
