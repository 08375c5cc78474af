import type { Context } from 'mocha';

import { cancelGreenlet } from '../../src/core/hub/cancellation';
import { getHub, RawGreenlet, sleep } from '../../src/index';

/**
 * Makes a mocha test of a function that blocks: it runs in a greenlet of its own, whose error is the test's.
 *
 * @example it('comes back', inGreenlet(() => sleep(1)));
 */
export function inGreenlet(run: (this: Context) => void): () => Promise<void> {
  return async function (this: Context) {
    await runInGreenlet(() => run.call(this));
  };
}

/** Runs a function that blocks in a greenlet of its own; the promise has its outcome. */
export function runInGreenlet<T>(run: () => T): Promise<T> {
  const hub = getHub();
  return new Promise((resolve, reject) => {
    const body = (): void => {
      try {
        resolve(run());
      } catch (error) {
        reject(error);
      }
    };
    const greenlet = new RawGreenlet(body, hub.greenlet);
    hub.runCallback(() => greenlet.switch());
  });
}

/** Starts a function in a greenlet of its own, at the hub's next turn. What it throws is the process's. */
export function startGreenlet(run: () => unknown): RawGreenlet {
  const hub = getHub();
  const greenlet = new RawGreenlet(run, hub.greenlet);
  hub.runCallback(() => {
    if (!greenlet.dead) greenlet.switch();
  });
  return greenlet;
}

/** Throws an error into a greenlet as `kill` does, at the hub's next turn. */
export function killGreenlet(greenlet: RawGreenlet, error?: Error): void {
  getHub().runCallback(() => cancelGreenlet(greenlet, error));
}

/** Waits until a greenlet has ended. */
export function joinGreenlet(greenlet: RawGreenlet): void {
  while (!greenlet.dead) sleep(1);
}
