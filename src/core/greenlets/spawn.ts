import { checkFunction } from '../argument-checks';
import { getHub } from '../hub/hub';
import { Greenlet } from './greenlet';
import { SpawnedGreenlet } from './spawn-tree';

const hub = getHub();

/**
 * Starts a function in a greenlet of its own, at the hub's next turn.
 *
 * @param run the function
 * @param args its arguments
 * @returns the greenlet
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
 * @example
 * const greenlet = spawn((name) => { sleep(10); console.log(name); }, 'second');
 * console.log('first');
 * greenlet.join();
 *
 * Source: `gevent.spawn`.
 */
export function spawn<T, A extends unknown[]>(run: (...args: A) => T, ...args: A): Greenlet<T> {
  checkFunction(run, 'run');
  const greenlet = new Greenlet<T>(run, ...args);
  greenlet.start();
  return greenlet;
}

/**
 * Starts a function in a greenlet of its own, later.
 *
 * @param milliseconds how much later
 * @param run the function
 * @param args its arguments
 * @returns the greenlet
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no number or no function; {RangeError} ERR_OUT_OF_RANGE below 0
 * @example spawnLater(1000, () => console.log('a second later'));
 *
 * Source: `gevent.spawn_later`.
 */
export function spawnLater<T, A extends unknown[]>(
  milliseconds: number,
  run: (...args: A) => T,
  ...args: A
): Greenlet<T> {
  checkFunction(run, 'run');
  const greenlet = new Greenlet<T>(run, ...args);
  greenlet.startLater(milliseconds);
  return greenlet;
}

/**
 * Starts a function in a raw greenlet, at the hub's next turn: cheaper than `spawn`, but there is no outcome, nothing can
 * be linked, and its error is the hub's.
 *
 * @param run the function
 * @param args its arguments
 * @returns the greenlet
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
 * @example spawnRaw(() => console.log('in a greenlet'));
 *
 * Source: `gevent.spawn_raw`.
 */
export function spawnRaw<A extends unknown[]>(run: (...args: A) => unknown, ...args: A): SpawnedGreenlet {
  checkFunction(run, 'run');
  hub.assertNotDestroyed();
  const greenlet = new SpawnedGreenlet(run);
  greenlet.tellSpawn(0);
  hub.runCallback(() => {
    // Somebody else may have started it, or thrown into it, meanwhile.
    if (!greenlet.dead && !greenlet.active) greenlet.switch(...args);
  });
  return greenlet;
}
