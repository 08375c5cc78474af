import { expect } from 'chai';
import { EventEmitter } from 'node:events';

import {
  AsyncResult,
  Barrier,
  BoundedSemaphore,
  Channel,
  Condition,
  critical,
  DummySemaphore,
  Event,
  getHub,
  Greenlet,
  GreenletTree,
  Group,
  iterate,
  iwait,
  joinAll,
  kill,
  killAll,
  LifoQueue,
  Local,
  moduleFunction,
  Pool,
  PriorityQueue,
  Queue,
  RawGreenlet,
  RLock,
  Semaphore,
  setConfig,
  setErrorStream,
  setStickyCancellation,
  setTrace,
  shield,
  SimpleQueue,
  sleep,
  spawn,
  spawnLater,
  spawnRaw,
  ThreadPool,
  Timeout,
  toAsyncIterable,
  toPromise,
  UnboundQueue,
  wait,
  waitCallback,
  waitEvent,
  Waiter,
  withSignal,
  withTimeout,
} from '../../src/index';
import { thrownBy } from '../support/greenlets';
import { inGreenlet } from '../support/in-greenlet';

/** Calls something with one argument that is wrong, the others being right. */
type Misuse = (bad: never) => unknown;

const TYPE = 'ERR_INVALID_ARG_TYPE';
const RANGE = 'ERR_OUT_OF_RANGE';
const VALUE = 'ERR_INVALID_ARG_VALUE';

const never = (): Promise<never> => new Promise(() => undefined);
const nothing = (): void => undefined;
const started = (): Greenlet => spawn(sleep, 0);

const nonFunctions = [undefined, null, 5, 'text', {}, [], Promise.resolve()];
const takesFunction: Readonly<Record<string, Misuse>> = {
  spawn,
  spawnRaw,
  spawnLater: (bad) => spawnLater(1, bad),
  'Greenlet.addSpawnCallback': Greenlet.addSpawnCallback,
  'Greenlet.link': (bad) => new Greenlet(nothing).link(bad),
  'Greenlet.linkValue': (bad) => new Greenlet(nothing).linkValue(bad),
  'Greenlet.linkException': (bad) => new Greenlet(nothing).linkException(bad),
  'Greenlet.rawLink': (bad) => new Greenlet(nothing).rawLink(bad),
  'Event.rawLink': (bad) => new Event().rawLink(bad),
  'AsyncResult.rawLink': (bad) => new AsyncResult().rawLink(bad),
  'Semaphore.rawLink': (bad) => new Semaphore().rawLink(bad),
  withTimeout: (bad) => withTimeout(1, bad),
  withSignal: (bad) => withSignal(undefined, bad),
  waitCallback,
  shield,
  critical,
  'Condition.waitFor': (bad) => {
    const condition = new Condition();
    using _held = condition.hold();
    condition.waitFor(bad);
  },
  'Group.spawn': (bad) => new Group().spawn(bad),
  'Group.apply': (bad) => new Group().apply(bad),
  'Group.map': (bad) => new Group().map(bad, [1]),
  'Group.mapAsync': (bad) => new Group().mapAsync(bad, [1]),
  'Group.imap': (bad) => new Group().imap(bad, [1] as never),
  'Group.imapUnordered': (bad) => new Group().imapUnordered(bad, [1] as never),
  'Group.applyAsync': (bad) => new Group().applyAsync(bad, [] as never),
  'Group.applyCb': (bad) => new Group().applyCb(bad, [] as never),
  'Pool.spawn': (bad) => new Pool(1).spawn(bad),
  'ThreadPool.spawn': (bad) => new ThreadPool(1).spawn(bad),
  'ThreadPool.apply': (bad) => new ThreadPool(1).apply(bad),
  'Hub.runCallback': (bad) => getHub().runCallback(bad),
};

/** As those that take a function, but they do without. */
const takesFunctionOrNothing: Readonly<Record<string, Misuse>> = {
  Greenlet: (bad) => new Greenlet(bad),
  RawGreenlet: (bad) => new RawGreenlet(bad),
  Barrier: (bad) => new Barrier(1, bad),
  Local: (bad) => new Local(bad),
  setTrace,
  'PriorityQueue.compare': (bad) => new PriorityQueue(null, { compare: bad }),
  'Group.applyCb': (bad) => new Group().applyCb(nothing, [], bad),
  'Group.applyAsync': (bad) => new Group().applyAsync(nothing, [], bad),
  'Group.mapAsync': (bad) => new Group().mapAsync(nothing, [], bad),
  'Group.mapCb': (bad) => new Group().mapCb(nothing, [], bad),
};

const nonTimes: ReadonlyArray<readonly [unknown, string]> = [
  ['5', TYPE],
  [{}, TYPE],
  [true, TYPE],
  [-1, RANGE],
  [NaN, RANGE],
];
const takesTime: Readonly<Record<string, Misuse>> = {
  Timeout: (bad) => new Timeout(bad),
  'Timeout.startNew': (bad) => Timeout.startNew(bad),
  'withTimeout, a number': (bad) => withTimeout(bad, nothing),
  'withTimeout, an option': (bad) => withTimeout({ milliseconds: bad, timeoutValue: 1 }, nothing),
  'wait for a promise': (bad) => wait(never(), { timeout: bad }),
  'wait for a list': (bad) => wait([new Event()], { timeout: bad }),
  iwait: (bad) => iwait([new Event()], { timeout: bad }),
  joinAll: (bad) => joinAll([new Greenlet(nothing)], { timeout: bad }),
  killAll: (bad) => killAll([started()], undefined, { timeout: bad }),
  waitCallback: (bad) => waitCallback(nothing, { timeout: bad }),
  waitEvent: (bad) => waitEvent(new EventEmitter(), 'event', { timeout: bad }),
  iterate: (bad) => iterate([], { timeout: bad }),
  'Greenlet.get': (bad) => new Greenlet(nothing).get({ timeout: bad }),
  'Greenlet.join': (bad) => new Greenlet(nothing).join(bad),
  'Greenlet.kill': (bad) => started().kill(undefined, { timeout: bad }),
  'Event.wait': (bad) => new Event().wait(bad),
  'AsyncResult.get': (bad) => new AsyncResult().get({ timeout: bad }),
  'AsyncResult.wait': (bad) => new AsyncResult().wait(bad),
  'AsyncResult.result': (bad) => new AsyncResult().result(bad),
  'Semaphore.acquire': (bad) => new Semaphore(0).acquire({ timeout: bad }),
  'Semaphore.acquire, free': (bad) => new Semaphore(1).acquire({ timeout: bad }),
  'Semaphore.wait': (bad) => new Semaphore(0).wait(bad),
  'Semaphore.wait, free': (bad) => new Semaphore(1).wait(bad),
  'DummySemaphore.acquire': (bad) => new DummySemaphore().acquire({ timeout: bad }),
  'DummySemaphore.wait': (bad) => new DummySemaphore().wait(bad),
  'RLock.acquire': (bad) => new RLock().acquire({ timeout: bad }),
  'Condition.wait': (bad) => {
    const condition = new Condition();
    using _held = condition.hold();
    condition.wait(bad);
  },
  'Condition.waitFor': (bad) => {
    const condition = new Condition();
    using _held = condition.hold();
    condition.waitFor(() => false, bad);
  },
  Barrier: (bad) => new Barrier(2, null, bad),
  'Barrier.wait': (bad) => new Barrier(2).wait(bad),
  'SimpleQueue.get': (bad) => new SimpleQueue().get({ timeout: bad }),
  'SimpleQueue.get, with an item': (bad) => new SimpleQueue(null, { items: [1] }).get({ timeout: bad }),
  'SimpleQueue.put': (bad) => new SimpleQueue(1, { items: [1] }).put(2, { timeout: bad }),
  'SimpleQueue.put, with room': (bad) => new SimpleQueue().put(2, { timeout: bad }),
  'SimpleQueue.peek': (bad) => new SimpleQueue().peek({ timeout: bad }),
  'Queue.join': (bad) => new Queue(null, { items: [1] }).join(bad),
  'Queue.join, done': (bad) => new Queue().join(bad),
  'Channel.get': (bad) => new Channel().get({ timeout: bad }),
  'Channel.put': (bad) => new Channel().put(1, { timeout: bad }),
  'Group.join': (bad) => new Group().join(bad),
  'Group.kill': (bad) => new Group().kill(undefined, { timeout: bad }),
  'Group.killOne': (bad) => new Group().killOne(started(), undefined, { timeout: bad }),
  'Group.waitAvailable': (bad) => new Group().waitAvailable(bad),
  'Pool.waitAvailable': (bad) => new Pool(1).waitAvailable(bad),
  'Pool.waitAvailable, without a bound': (bad) => new Pool().waitAvailable(bad),
  'Pool.add': (bad) => new Pool(1).add(started(), { timeout: bad }),
  'ThreadPool.idleTimeout': (bad) => new ThreadPool(1, { idleTimeout: bad }),
  'ThreadPool.join': (bad) => new ThreadPool(1).join(bad),
  'ThreadPool.kill': (bad) => new ThreadPool(1).kill({ timeout: bad }),
};

/** A moment to come must be one; a sleep may be negative, which is as long as 0. */
const takesDelay: Readonly<Record<string, Misuse>> = {
  spawnLater: (bad) => spawnLater(bad, nothing),
  'Greenlet.spawnLater': (bad) => Greenlet.spawnLater(bad, nothing),
  'Greenlet.startLater': (bad) => new Greenlet(nothing).startLater(bad),
};

const nonOptions: ReadonlyArray<readonly [unknown, string]> = [
  [{ tiemout: 5 }, VALUE],
  ['timeout', TYPE],
  [5, TYPE],
  [null, TYPE],
];
const takesOptions: Readonly<Record<string, Misuse>> = {
  'wait for a promise': (bad) => wait(never(), bad),
  'wait for a list': (bad) => wait([new Event()], bad),
  iwait: (bad) => iwait([new Event()], bad),
  joinAll: (bad) => joinAll([new Greenlet(nothing)], bad),
  killAll: (bad) => killAll([started()], undefined, bad),
  waitCallback: (bad) => waitCallback(nothing, bad),
  waitEvent: (bad) => waitEvent(new EventEmitter(), 'event', bad),
  iterate: (bad) => iterate([], bad),
  Timeout: (bad) => new Timeout(1, null, bad),
  'Greenlet.get': (bad) => new Greenlet(nothing).get(bad),
  'Greenlet.kill': (bad) => started().kill(undefined, bad),
  'AsyncResult.get': (bad) => new AsyncResult().get(bad),
  'Semaphore.acquire': (bad) => new Semaphore(1).acquire(bad),
  'DummySemaphore.acquire': (bad) => new DummySemaphore().acquire(bad),
  'RLock.acquire': (bad) => new RLock().acquire(bad),
  'Condition.acquire': (bad) => new Condition().acquire(bad),
  SimpleQueue: (bad) => new SimpleQueue(null, bad),
  Queue: (bad) => new Queue(null, bad),
  PriorityQueue: (bad) => new PriorityQueue(null, bad),
  LifoQueue: (bad) => new LifoQueue(null, bad),
  UnboundQueue: (bad) => new UnboundQueue(null, bad),
  'SimpleQueue.get': (bad) => new SimpleQueue(null, { items: [1] }).get(bad),
  'SimpleQueue.put': (bad) => new SimpleQueue().put(1, bad),
  'SimpleQueue.peek': (bad) => new SimpleQueue(null, { items: [1] }).peek(bad),
  'Channel.get': (bad) => new Channel().get(bad),
  'Channel.put': (bad) => new Channel().put(1, bad),
  'Group.join': (bad) => new Group().join(null, bad),
  'Group.kill': (bad) => new Group().kill(undefined, bad),
  'Group.killOne': (bad) => new Group().killOne(started(), undefined, bad),
  'Pool.add': (bad) => new Pool(1).add(started(), bad),
  'Pool.start': (bad) => new Pool(1).start(new Greenlet(nothing), bad),
  ThreadPool: (bad) => new ThreadPool(1, bad),
  'ThreadPool.kill': (bad) => new ThreadPool(1).kill(bad),
  'GreenletTree.format': (bad) => GreenletTree.currentTree().format(bad),
};

const nonCounts: ReadonlyArray<readonly [unknown, string]> = [
  ['5', TYPE],
  [{}, TYPE],
  [-1, RANGE],
  [1.5, RANGE],
  [NaN, RANGE],
];
const takesCount: Readonly<Record<string, Misuse>> = {
  Semaphore: (bad) => new Semaphore(bad),
  BoundedSemaphore: (bad) => new BoundedSemaphore(bad),
  Barrier: (bad) => new Barrier(bad),
  Pool: (bad) => new Pool(bad),
  ThreadPool: (bad) => new ThreadPool(bad),
  'Queue.unfinishedTasks': (bad) => new Queue(null, { unfinishedTasks: bad }),
  'wait, count': (bad) => wait([new Event()], { count: bad }),
  'iwait, count': (bad) => iwait([new Event()], { count: bad }),
  'Group.imap, maxsize': (bad) => new Group().imap(nothing as (x: number) => void, [1], { maxsize: bad }),
  'Condition.notify': (bad) => {
    const condition = new Condition();
    using _held = condition.hold();
    condition.notify(bad);
  },
};

const nonWaitables = [undefined, null, 5, 'text', {}, new Map(), nothing, { rawLink: 1, unlink: 2 }];
const takesWaitable: Readonly<Record<string, Misuse>> = {
  'wait, in a list': (bad) => wait([new Event(), bad]),
  'iwait, in a list': (bad) => iwait([new Event(), bad]),
  'joinAll, in a list': (bad) => joinAll([new Greenlet(nothing), bad]),
  toPromise,
  'killAll, in a list': (bad) => killAll([started(), bad]),
  kill,
  'Group, in a list': (bad) => new Group([bad]),
  'Group.add': (bad) => new Group().add(bad),
  'Pool.add': (bad) => new Pool(1).add(bad),
};

const nonSignals = [5, 'signal', {}, new AbortController(), new EventEmitter()];
const takesSignal: Readonly<Record<string, Misuse>> = {
  withSignal: (bad) => withSignal(bad, nothing),
  'wait for a promise': (bad) => wait(never(), { signal: bad }),
  'wait for a list': (bad) => wait([new Event()], { signal: bad }),
  waitCallback: (bad) => waitCallback(nothing, { signal: bad }),
  waitEvent: (bad) => waitEvent(new EventEmitter(), 'event', { signal: bad }),
  iterate: (bad) => iterate([], { signal: bad }),
};

const nonErrors = [5, 'text', {}, nothing, Map];
const takesError: Readonly<Record<string, Misuse>> = {
  'Greenlet.kill': (bad) => new Greenlet(nothing).kill(bad),
  'Greenlet.throw': (bad) => new Greenlet(nothing).throw(bad),
  kill: (bad) => kill(started(), bad),
  killAll: (bad) => killAll([started()], bad),
};

/** Throws unless each of these calls refuses each of these values, in the caller, and leaves nothing behind. */
function describeRefusals(
  what: string,
  calls: Readonly<Record<string, Misuse>>,
  values: ReadonlyArray<readonly [unknown, string]>,
): void {
  describe(`what takes ${what}`, () => {
    for (const [name, call] of Object.entries(calls)) {
      it(
        `${name} refuses what is none`,
        inGreenlet(() => {
          for (const [bad, code] of values) {
            const thrown = thrownBy(() => call(bad as never)) as NodeJS.ErrnoException;
            expect(thrown, String(bad)).to.be.an('error').and.include({ code });
            expect(thrown.message).to.have.length.above(20);
          }
          // What was spawned for the call goes, so that what is left is the call's.
          sleep(0);
          sleep(0);
        }),
      );
    }
  });
}

const withType = (values: readonly unknown[]): Array<readonly [unknown, string]> =>
  values.map((value) => [value, TYPE]);

describe('bad input', () => {
  describeRefusals('a function', takesFunction, withType(nonFunctions));
  describeRefusals('a function or nothing', takesFunctionOrNothing, withType([5, 'text', {}]));
  describeRefusals('a time', takesTime, nonTimes);
  describeRefusals('a delay', takesDelay, nonTimes);
  describeRefusals('options', takesOptions, nonOptions);
  describeRefusals('a count', takesCount, nonCounts);
  describeRefusals('what can be waited for', takesWaitable, withType(nonWaitables));
  describeRefusals('a signal', takesSignal, withType(nonSignals));
  describeRefusals('an error', takesError, withType(nonErrors));

  const others: ReadonlyArray<readonly [title: string, code: string, call: () => unknown]> = [
    ['sleep of what is no number', TYPE, () => sleep('5' as never)],
    ['sleep of NaN', TYPE, () => sleep(NaN)],
    ['wait for a single waitable', TYPE, () => wait(new Event() as never)],
    ['wait for what another thread has sent', TYPE, () => wait([structuredClone(new Event())])],
    ['iterate over what is not iterable', TYPE, () => iterate({} as never)],
    ['toAsyncIterable of what is not iterable', TYPE, () => toAsyncIterable({} as never)],
    ['a bound that is none', TYPE, () => new Queue('5' as never)],
    ['a bound that is no whole number', RANGE, () => new Queue(1.5)],
    ['a bound of an UnboundQueue', RANGE, () => new UnboundQueue(5 as never)],
    ['a bound of a Channel', RANGE, () => new Channel(2)],
    ['a Condition on what is no lock', TYPE, () => new Condition({} as never)],
    ['a parent that is no greenlet', TYPE, () => new RawGreenlet(nothing, {} as never)],
    ['a built-in function for a thread', TYPE, () => new ThreadPool(1).spawn(Math.max)],
    ['a relative module for a thread', TYPE, () => moduleFunction('./module')],
    ['raiseError that is no boolean', TYPE, () => joinAll([], { raiseError: 1 as never })],
    ['block that is no boolean', TYPE, () => new Queue().get({ block: 1 as never })],
    ['ref that is no boolean', TYPE, () => new Timeout(1, null, { ref: 1 as never })],
    ['an exception that is none', TYPE, () => new Timeout(1, 5 as never)],
    ['stickiness that is no boolean', TYPE, () => setStickyCancellation(1 as never)],
    ['reports to what cannot be written to', TYPE, () => setErrorStream({} as never)],
    ['a name that is no text', TYPE, () => (new Greenlet(nothing).name = 5 as never)],
    ['a class that makes no greenlets', TYPE, () => new Pool(1, Map as never)],
    ['a Group of what is no list', TYPE, () => new Group(5 as never)],
    ['killAll of what is no list', TYPE, () => killAll(started() as never)],
    ['items that are no list', TYPE, () => new Queue(null, { items: 5 as never })],
    ['a map of what is no list', TYPE, () => new Pool(1).map(nothing, 5 as never)],
    ['an asynchronous map of what is no list', TYPE, () => new Pool(1).mapAsync(nothing, undefined as never)],
    ['arguments that are no list', TYPE, () => new Pool(1).apply(nothing, 5 as never)],
    ['arguments that are no list, for later', TYPE, () => new Pool(1).applyAsync(nothing, 5 as never)],
    ['arguments that are no list, for a thread', TYPE, () => new ThreadPool(1).apply(nothing, 5 as never)],
    ['closingFd of what is no descriptor', TYPE, () => getHub().loop.closingFd('1' as never)],
    ['closingFd of what cannot be one', RANGE, () => getHub().loop.closingFd(-1)],
    ['an option that does not exist', 'ERR_UNBLOCK_CONFIG', () => setConfig({ stackSise: 1 } as never)],
    ['an option out of its range', 'ERR_UNBLOCK_CONFIG', () => setConfig({ stackPool: -1 })],
    ['release of a lock that is free', 'ERR_UNBLOCK_NOT_OWNER', () => new RLock().release()],
    ['release of what is not taken', 'ERR_UNBLOCK_OVER_RELEASE', () => new BoundedSemaphore(1).release()],
    ['wait without the lock of the condition', 'ERR_UNBLOCK_NOT_OWNER', () => new Condition().wait()],
    ['notify without the lock of the condition', 'ERR_UNBLOCK_NOT_OWNER', () => new Condition().notify()],
    ['taskDone once too often', 'ERR_UNBLOCK_TASK_DONE', () => new Queue().taskDone()],
    ['put into a queue that is shut down', 'ERR_UNBLOCK_QUEUE_SHUT_DOWN', () => shutQueue().put(1)],
    ['get from a queue that is shut down', 'ERR_UNBLOCK_QUEUE_SHUT_DOWN', () => shutQueue().get()],
    ['start of a timeout that is started', 'ERR_UNBLOCK_TIMEOUT_STARTED', startTwice],
    ['a cycle of parents', 'ERR_UNBLOCK_CYCLIC_PARENT', makeCycle],
    ['a switch into what has nothing to run', 'ERR_UNBLOCK_NO_RUN', () => new RawGreenlet().switch()],
    ['a Waiter that two wait for', 'ERR_UNBLOCK_CONCURRENT_USE', useTwice],
  ];
  for (const [title, code, call] of others) {
    it(
      `${title} is ${code}`,
      inGreenlet(() => {
        expect(thrownBy(call)).to.be.an('error').and.include({ code });
      }),
    );
  }

  it('is named as it is, be it no number', () => {
    expect(() => sleep(NaN)).to.throw('Received type number (NaN)');
    expect(() => sleep('5' as never)).to.throw('Received type string ("5")');
  });
});

function shutQueue(): Queue<number> {
  const queue = new Queue<number>();
  queue.shutdown();
  return queue;
}

function startTwice(): void {
  using timeout = Timeout.startNew(1000);
  timeout.start();
}

function makeCycle(): void {
  const first = new RawGreenlet(nothing);
  first.parent = new RawGreenlet(nothing, first);
}

function useTwice(): void {
  const waiter = new Waiter<number>();
  const other = spawn(() => waiter.get());
  sleep(0);
  try {
    waiter.get();
  } finally {
    // The one that was there first is not disturbed.
    waiter.switch(5);
    expect(other.get()).to.equal(5);
  }
}
