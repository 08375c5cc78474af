/**
 * Code that must not be suspended although it runs in a greenlet: Node has something open meanwhile that holds for all
 * greenlets, or relies on nothing happening in between. A patched call there blocks for real, however deep it is: an
 * original that itself calls patched functions must not yield either.
 */
import { checkFunction } from '../argument-checks';
import { getMain, peekCurrent, type RawGreenlet } from '../switching/raw-greenlet';

type AnyFunction = (this: never, ...args: never[]) => unknown;

const main = getMain();
// Why a greenlet must not be suspended; only those that must not.
const reasons = new Map<RawGreenlet, string>();

/**
 * Calls a function in which the current greenlet must not be suspended, for the time of the call.
 *
 * @param reason where that is, for the message of an error; undefined if it may be suspended again
 * @param fn the function
 * @param self its `this`
 * @param args its arguments
 * @returns what it returns
 */
export function callWithoutYield(
  reason: string | undefined,
  fn: AnyFunction,
  self: unknown,
  args: ArrayLike<unknown>,
): unknown {
  const greenlet = peekCurrent();
  // The hub cannot be suspended anyway.
  if (greenlet === main) return Reflect.apply(fn, self, args);
  const outer = setNoYield(reason);
  try {
    return Reflect.apply(fn, self, args);
  } finally {
    setNoYield(outer);
  }
}

/**
 * Says from when on the current greenlet must not be suspended: for those whose frame would be in every stack trace of a
 * program, and who so have no place for the frame of `callWithoutYield` as well.
 *
 * @param reason as that of `callWithoutYield`
 * @returns the reason before, which is to be set again in the end
 */
export function setNoYield(reason: string | undefined): string | undefined {
  const greenlet = peekCurrent();
  const outer = reasons.get(greenlet);
  if (reason === undefined) reasons.delete(greenlet);
  else reasons.set(greenlet, reason);
  return outer;
}

/** Why the current greenlet must not be suspended, or undefined. */
export function whyNoYield(): string | undefined {
  return reasons.size === 0 ? undefined : reasons.get(peekCurrent());
}

/**
 * Calls a function in which patched calls really block, as without a patch: the process stops for them, and nothing else
 * runs before it returns. Where not even a blocking call may let others run; `critical` finds such calls instead.
 *
 * Has no twin in gevent, where `gevent.monkey.get_original` gives one such function at a time.
 *
 * @param fn the function
 * @returns what it returns
 * @throws what the function throws; {BlockingSwitchOutError} out of a call in it that can only wait, such as `sleep`
 * @example const text = blocking(() => fs.readFileSync(file, 'utf8')); // stops the process meanwhile
 */
export function blocking<R>(fn: () => R): R {
  checkFunction(fn, 'fn');
  return callWithoutYield('in a blocking section', fn, undefined, []) as R;
}
