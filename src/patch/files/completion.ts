import { CallWaiter } from '../engine/call-waiter';
import { noteTurn } from '../engine/yielding';

/** Is told how something has ended that was started: as Node's callbacks are. */
export type Done<T> = (error: unknown, result?: T) => void;

/** How something has ended. */
export type Outcome<T> = { readonly error: unknown } | { readonly result: T };

/**
 * Starts something and waits for its end.
 *
 * @param start starts it, and is given who is to be told of the end
 * @param discard is given a result that nobody waits for any more
 * @throws only what is thrown into the greenlet meanwhile, or by `start`
 */
export function complete<T>(start: (done: Done<T>) => void, discard?: (result: T) => void): Outcome<T> {
  const waiter = new CallWaiter<Outcome<T>>();
  let isAwaited = true;
  start((error, result) => {
    const outcome = error ? { error } : { result: result as T };
    if (isAwaited) waiter.switch(outcome);
    else drop(outcome, discard);
  });
  try {
    const outcome = waiter.get();
    noteTurn();
    return outcome;
  } catch (error) {
    isAwaited = false;
    // It was on its way to the greenlet when that was killed.
    if (waiter.ready) drop(waiter.get(), discard);
    throw error;
  }
}

function drop<T>(outcome: Outcome<T>, discard?: (result: T) => void): void {
  if ('result' in outcome) discard?.(outcome.result);
}
