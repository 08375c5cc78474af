import { sleep } from '../core/waiting/sleep';
import { blockingForm } from './engine/blocking-form';
import { definePatch } from './engine/table';

declare module 'timers' {
  /**
   * Suspends the greenlet for a while.
   *
   * @param milliseconds how long; 0 or less lets all that is ready run once and comes back
   */
  function sleepSync(milliseconds?: number): void;
}

/** Sleeping. Source: `gevent.monkey.patch_time`. */
export const timers = definePatch({
  module: 'timers',
  extensions: { sleepSync: blockingForm('sleepSync', (milliseconds?: number) => sleep(milliseconds)) },
});
