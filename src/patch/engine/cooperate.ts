import { restack } from './restack';
import type { MakeCooperative, ModuleFunction } from './table';
import { mayYield } from './yielding';

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
