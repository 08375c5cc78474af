import { EventEmitter } from 'node:events';

import {
  AsyncResult,
  Condition,
  Event,
  Greenlet,
  Group,
  iwait,
  joinAll,
  Pool,
  Queue,
  RawGreenlet,
  Semaphore,
  sleep,
  spawnRaw,
  Timeout,
  wait,
  waitCallback,
  type Waitable,
} from '../../src/index';
import { describeWait, type WaitCase } from '../support/waitable-suite';

/** Returns 'late' in place of the Timeout of this limit. */
function orLate<T>(timeout: number | null | undefined, run: () => T): T | 'late' {
  try {
    return run();
  } catch (error) {
    if (error instanceof Timeout && error.milliseconds === timeout) return 'late';
    throw error;
  }
}

// A promise's reactions are microtasks, which have their turn when the loop turns.
const turnLoop = (): void => sleep(1);

// Whatever waits, besides what can be linked to and has these claims in its own file.
const cases: Readonly<Record<string, () => WaitCase>> = {
  'Greenlet.get': () => {
    const greenlet = new Greenlet();
    return {
      makeReady: () => void greenlet.kill(undefined, { block: false }),
      wait: (timeout) => orLate(timeout, () => (greenlet.get({ timeout }), 'there')),
      ...{ result: 'there', late: 'late', linkCount: () => greenlet.linkCount },
    };
  },
  'AsyncResult.get': () => {
    const outcome = new AsyncResult<string>();
    return {
      makeReady: () => outcome.set('value'),
      wait: (timeout) => orLate(timeout, () => outcome.get({ timeout })),
      ...{ result: 'value', late: 'late', linkCount: () => outcome.linkCount },
    };
  },
  'Queue.join': () => {
    const queue = new Queue<number>(null, { items: [1] });
    return {
      makeReady: () => queue.taskDone(),
      wait: (timeout) => queue.join(timeout),
      ...{ result: true, late: false },
    };
  },
  'Semaphore.acquire, given back': () => {
    const semaphore = new Semaphore(0);
    return {
      makeReady: () => void semaphore.release(),
      wait: (timeout) => {
        if (!semaphore.acquire({ timeout })) return false;
        semaphore.release();
        return true;
      },
      ...{ result: true, late: false, linkCount: () => semaphore.linkCount },
    };
  },
  'Condition.waitFor': () => {
    const condition = new Condition();
    let isSo = false;
    return {
      makeReady: () => {
        using _held = condition.hold();
        isSo = true;
        condition.notifyAll();
      },
      wait: (timeout) => {
        using _held = condition.hold();
        return condition.waitFor(() => isSo, timeout);
      },
      ...{ result: true, late: false },
    };
  },
  'Group.join': () => {
    const greenlet = new RawGreenlet();
    const group = new Group([greenlet]);
    return {
      makeReady: () => group.discard(greenlet),
      wait: (timeout) => group.join(timeout),
      ...{ result: true, late: false },
    };
  },
  'Pool.waitAvailable': () => {
    const greenlet = new RawGreenlet();
    const pool = new Pool(1);
    pool.add(greenlet);
    return {
      makeReady: () => pool.discard(greenlet),
      wait: (timeout) => pool.waitAvailable(timeout),
      ...{ result: 1, late: 0 },
    };
  },
  'wait for a promise': () => {
    let resolve!: (value: string) => void;
    const promise = new Promise<string>((each) => (resolve = each));
    return {
      makeReady: () => resolve('value'),
      wait: (timeout) => orLate(timeout, () => wait(promise, timeout === undefined ? undefined : { timeout })),
      ...{ result: 'value', late: 'late', turn: turnLoop },
    };
  },
  waitCallback: () => {
    const emitter = new EventEmitter().setMaxListeners(0);
    let isReady = false;
    return {
      makeReady: () => {
        isReady = true;
        // On the hub the callback would switch at once.
        spawnRaw(() => emitter.emit('ready'));
      },
      wait: (timeout) =>
        orLate(timeout, () =>
          waitCallback(
            (done) => {
              if (isReady) done(null, 'value');
              else emitter.once('ready', () => done(null, 'value'));
            },
            { timeout },
          ),
        ),
      ...{ result: 'value', late: 'late', turn: turnLoop },
    };
  },
  ...lists('wait for a list', (objects, timeout) => wait(objects, { timeout })),
  ...lists('iwait', (objects, timeout) => [...iwait(objects, { timeout })]),
  joinAll: () => {
    const greenlet = new Greenlet();
    return {
      makeReady: () => void greenlet.kill(undefined, { block: false }),
      wait: (timeout) => joinAll([greenlet], { timeout }).length,
      ...{ result: 1, late: 0, linkCount: () => greenlet.linkCount },
    };
  },
};

function lists(
  name: string,
  waitForAll: (objects: Waitable[], timeout?: number | null) => unknown[],
): Record<string, () => WaitCase> {
  const create = (): WaitCase => {
    const event = new Event();
    return {
      makeReady: () => event.set(),
      wait: (timeout) => waitForAll([event], timeout).length,
      ...{ result: 1, late: 0, linkCount: () => event.linkCount },
    };
  };
  return { [name]: create };
}

for (const [name, create] of Object.entries(cases)) {
  describe(name, () => describeWait(create));
}
