import { beginTurn, endTurn, standInLine, tryBeginTurn } from '../../core/hub/turn-order';
import { canBlock, Waiter } from '../../core/waiting/waiter';

type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * Calls a function as an object's turn: after those of other greenlets that keep theirs, in the order in which they came.
 *
 * @returns what the function returns
 */
export function callInTurn(object: object, fn: AnyFunction, self: unknown, args: ArrayLike<unknown>): unknown {
  takeTurn(object);
  try {
    return Reflect.apply(fn, self, args);
  } finally {
    endTurn(object);
  }
}

/**
 * Begins a turn at an object, and waits for it if it must, and can; `endTurn` must follow.
 *
 * @param isLast whether those who come while it waits go first
 */
export function takeTurn(object: object, isLast = false): void {
  if (tryBeginTurn(object)) return;
  if (!canBlock()) {
    beginTurn(object);
    return;
  }
  const waiter = new Waiter<undefined>(true);
  const leaveLine = standInLine(object, isLast, () => waiter.switch(undefined));
  try {
    waiter.get();
  } catch (error) {
    leaveLine();
    throw error;
  }
}
