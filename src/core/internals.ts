import type { Internals } from './binding';
import { binding } from './binding';
import { UnsupportedError } from './errors';

function find(): Internals {
  const found = binding.internals();
  if (found === undefined) {
    throw new UnsupportedError(
      `unblock does not know this build of Node ${process.version}: its realm is not exported`,
    );
  }
  return found;
}

/** The functions by which Node's built-in modules reach each other: the only door from ours to Node's internals. */
export const internals: Internals = find();
