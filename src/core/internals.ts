/**
 * The only door from ours to Node's internals. No contract says that they stay: a build of Node may show none of them, and
 * a later one may lack some. So who asks says all that is needed, when the module that needs it is loaded, and gets all of
 * it or an error. What nobody can do without has a way by public functions; the rest is done without, as a whole.
 */
import { binding } from './binding';
import { UnsupportedError } from './errors';

const found = binding.internals();
const thisNode = `Node ${process.version}`;

function check(place: string, has: object, names: readonly string[]): object {
  const lacking = names.filter((name) => !(name in has));
  if (lacking.length > 0) throw new UnsupportedError(`${thisNode} has no ${lacking.join(', ')} in its ${place}`);
  return has;
}

function get(place: string, take: () => object): object {
  if (found === undefined) throw new UnsupportedError(`This build of ${thisNode} shows none of its internals`);
  try {
    return take();
  } catch (error) {
    throw new UnsupportedError(`${thisNode} has no ${place}`, { cause: error });
  }
}

/** The functions by which Node's built-in modules reach each other. */
export const internals = {
  /**
   * A part of Node's C++.
   *
   * @param names what is needed of it
   * @throws {UnsupportedError} if this build of Node does not have all of that
   */
  internalBinding(name: string, ...names: readonly string[]): object {
    return check(
      name,
      get(name, () => found!.internalBinding(name) as object),
      names,
    );
  },
  /**
   * A module, also one that programs cannot have.
   *
   * @param names what is needed of it
   * @throws {UnsupportedError} if this build of Node does not have all of that
   */
  internalModule(id: string, ...names: readonly string[]): object {
    return check(
      id,
      get(id, () => found!.require(id) as object),
      names,
    );
  },
};

/** What a function returns, or undefined if this build of Node does not have the internals for it. */
export function ifSupported<T>(take: () => T): T | undefined {
  try {
    return take();
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}
