import type { MakeCooperative, ModuleFunction } from './table';
import { mayYield } from './yielding';

const OUTSIDE_FRAME = /^ {4}at (?!.*\(?node:)/m;

/**
 * The rule of most patches: where the caller can be suspended, wait in the greenlet; elsewhere really block, as before.
 *
 * @param wait does what the original does, but suspends the greenlet meanwhile
 */
export function cooperate(wait: (self: unknown, args: readonly unknown[]) => unknown): MakeCooperative {
  return (original: ModuleFunction): ModuleFunction => {
    return function replacement(this: unknown, ...args: unknown[]): unknown {
      if (!mayYield()) return Reflect.apply(original, this, args);
      try {
        return wait(this, args);
      } catch (error) {
        restack(error, replacement);
        throw error;
      }
    };
  };
}

// An asynchronous error has no frames of the program: it gets those of the call that waited.
function restack(error: unknown, callee: ModuleFunction): void {
  if (error instanceof Error && !OUTSIDE_FRAME.test(error.stack ?? '')) Error.captureStackTrace(error, callee);
}
