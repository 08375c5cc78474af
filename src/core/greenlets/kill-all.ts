import { type BlockOptions, checkBlockOptions, checkIterable } from '../argument-checks';
import { GreenletExit, invalidArgType } from '../errors';
import { cancelGreenlet } from '../hub/cancellation';
import { getHub } from '../hub/hub';
import { type ErrorClass, toError } from '../switching/greenlet-arguments';
import { RawGreenlet } from '../switching/raw-greenlet';
import { kKillBeforeStart } from '../symbols';
import { Timeout, within } from '../waiting/timeout';
import { Place } from '../waiting/wait-list';
import { assertCanBlock } from '../waiting/waiter';
import { type Waitable, WaitIterator } from './iwait';

type Killable = RawGreenlet & Partial<Waitable> & { [kKillBeforeStart]?(error: Error): boolean };

const hub = getHub();

/**
 * Has an error thrown into a greenlet at the hub's next turn, and does not wait for it. A raw greenlet that is about to
 * start does so before that.
 *
 * @param greenlet the greenlet, raw or not
 * @param exception the error, or a class to make it from; GreenletExit unless given
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no greenlet or no error
 * @example kill(spawnRaw(serve));
 *
 * Source: `gevent.kill`.
 */
export function kill(greenlet: RawGreenlet, exception: Error | ErrorClass = GreenletExit): void {
  killAll([greenlet], exception, { block: false });
}

/**
 * Has an error thrown into greenlets, and waits for their death. Those that have not run yet never will; except that raw
 * ones which are about to start do so before.
 *
 * @param greenlets the greenlets; raw ones may be among them, but their death is not waited for
 * @param exception the error, or a class to make one from for each; GreenletExit unless given
 * @param options `block`: false does not wait for their death; `timeout`: how long at most, in milliseconds
 * @throws {Timeout} if not all are dead when the time is over; {TypeError} ERR_INVALID_ARG_TYPE for what is no greenlet or
 *   no error; {BlockingSwitchOutError} where waiting is not possible
 * @example killAll(workers, GreenletExit, { timeout: 1000 });
 *
 * Source: `gevent.killall`.
 */
export function killAll(
  greenlets: Iterable<RawGreenlet>,
  exception: Error | ErrorClass = GreenletExit,
  options?: BlockOptions,
): void {
  checkBlockOptions(options);
  const { block = true, timeout } = options ?? {};
  checkIterable(greenlets, 'greenlets', 'an iterable of greenlets');
  const listed: Killable[] = [...greenlets];
  for (const each of listed) {
    if (!(each instanceof RawGreenlet)) throw invalidArgType('greenlets', 'an iterable of greenlets', each);
  }
  const living: Killable[] = [];
  const errors: Error[] = [];
  for (const each of listed) {
    const error = toError(exception, []);
    if (each[kKillBeforeStart]?.(error) ?? each.dead) continue;
    living.push(each);
    errors.push(error);
  }
  if (living.length === 0) return;
  if (block) assertCanBlock();
  living.forEach((each, index) => hub.runCallback(() => cancelGreenlet(each, errors[index])));
  if (block) {
    within(
      timeout,
      () => awaitDeath(living),
      () => {
        throw new Timeout(timeout).withStack(killAll);
      },
    );
  }
}

function awaitDeath(greenlets: readonly Killable[]): void {
  // Behind all the errors that are to be thrown: most are dead then.
  const turn = new Place();
  turn.call();
  turn.wait();
  const stubborn = greenlets.filter((each) => !each.dead && each.rawLink !== undefined);
  new WaitIterator(stubborn as Waitable[]).rest();
}
