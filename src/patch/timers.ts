import { sleep } from '../core/waiting/sleep';
import { blockingForm } from './engine/blocking-form';
import { definePatch } from './engine/table';

interface Forms {
  /**
   * Suspends the greenlet for a while.
   *
   * @param milliseconds how long; 0 or less lets all that is ready run once and comes back
   */
  sleepSync(milliseconds?: number): void;
}

declare module 'timers' {
  var sleepSync: Forms['sleepSync'];
}

// In some versions of Node's types the one is made of the other, in some it is the other way round.
declare module 'node:timers' {
  var sleepSync: Forms['sleepSync'];
}

/** Sleeping. Source: `gevent.monkey.patch_time`. */
export const timers = definePatch({
  module: 'timers',
  extensions: { sleepSync: blockingForm('sleepSync', (milliseconds?: number) => sleep(milliseconds)) },
});
