import { binding } from '../../core/binding';
import { carry } from '../../core/hub/carrier';

const NO_ARGS: readonly unknown[] = [];

function drain(): void {
  carry(binding.performCheckpoint, undefined, NO_ARGS);
}

/**
 * Lets promise continuations and other microtasks block: whenever Node wants a queue drained that is not empty, a
 * carrier drains it, until one of the microtasks blocks; then another carrier does the rest.
 */
export function carryMicrotasks(): void {
  // Reports show it: most of what runs there is the main program.
  Object.defineProperty(binding.performCheckpoint, 'name', { value: 'microtasks' });
  binding.overrideCheckpoint(drain);
}
