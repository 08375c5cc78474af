import { invalidArgType } from './errors';
import { getHub } from './hub';
import { RawGreenlet } from './raw-greenlet';

/**
 * Starts a function in a greenlet of its own, at the hub's next turn.
 *
 * @param run the function
 * @param args its arguments
 * @returns the greenlet
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
 * @example
 * spawn((name) => { sleep(10); console.log(name); }, 'second');
 * console.log('first');
 *
 * Source: `gevent.spawn_raw`.
 */
export function spawn<A extends unknown[]>(run: (...args: A) => unknown, ...args: A): RawGreenlet {
  if (typeof run !== 'function') throw invalidArgType('run', 'a function', run);
  const hub = getHub();
  const greenlet = new RawGreenlet(run, hub.greenlet);
  hub.runCallback(() => {
    // Somebody else may have started it, or thrown into it, meanwhile.
    if (!greenlet.dead && !greenlet.active) greenlet.switch(...args);
  });
  return greenlet;
}
