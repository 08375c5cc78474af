// The reference models: for each kind of object what it does, said in a line or two per operation, as if there were no
// greenlets at all. A state is plain data. `step` is what an operation does to a state: the next state and the result, or
// undefined where it has to wait; results are texts, '=' and a value or '!' and the code of an error.
//
// An operation that can wait names the `line` in which it does (there, who came first goes first), what it results in when it
// may not wait (`refused`), and when the time is over (`late`).

'use strict';

const unblock = require('../../dist/src/index.js');
const { AsyncResult, BoundedSemaphore, Channel, Event, Greenlet, kill, LifoQueue, Pool } = unblock;
const { PriorityQueue, Queue, RLock, Semaphore } = unblock;

const TIMEOUT = '!ERR_UNBLOCK_TIMEOUT';
const EMPTY = '!ERR_UNBLOCK_QUEUE_EMPTY';
const FULL = '!ERR_UNBLOCK_QUEUE_FULL';
const SHUT = '!ERR_UNBLOCK_QUEUE_SHUT_DOWN';

const done = (state, result = '=undefined') => ({ state, result });

/** @param take takes an item out of the items, which are in the order of their putting */
function queueKind(Class, take) {
  return {
    name: Class.name,
    create: (random) => {
      const maxsize = 1 + random(3);
      return { object: new Class(maxsize), state: { maxsize, items: [], unfinished: 0, isShut: false } };
    },
    view: (queue) => [queue.size, queue.unfinishedTasks, queue.full(), queue.isShutdown].join(),
    viewOf: ({ maxsize, items, unfinished, isShut }) =>
      [items.length, unfinished, items.length >= maxsize, isShut].join(),
    operations: {
      put: {
        weight: 6,
        makeArgument: (random, id) => random(3) * 1000 + id,
        run: (queue, item, options) => queue.put(item, options),
        ...{ line: 'putters', refused: FULL, late: FULL },
        step: (state, item) => {
          const { items, maxsize, unfinished, isShut } = state;
          if (isShut) return done(state, SHUT);
          if (items.length >= maxsize) return undefined;
          return done({ ...state, items: [...items, item], unfinished: unfinished + 1 });
        },
      },
      get: {
        weight: 6,
        run: (queue, _, options) => queue.get(options),
        ...{ line: 'getters', refused: EMPTY, late: EMPTY },
        step: (state) => {
          const { items, isShut } = state;
          if (items.length === 0) return isShut ? done(state, SHUT) : undefined;
          const item = take(items);
          return done({ ...state, items: items.filter((each) => each !== item) }, `=${item}`);
        },
      },
      peek: {
        weight: 2,
        run: (queue, _, options) => queue.peek(options),
        ...{ line: 'getters', refused: EMPTY, late: EMPTY },
        step: (state) => {
          const { items, isShut } = state;
          if (items.length === 0) return isShut ? done(state, SHUT) : undefined;
          return done(state, `=${take(items)}`);
        },
      },
      taskDone: {
        weight: 3,
        run: (queue) => queue.taskDone(),
        step: (state) => {
          if (state.unfinished === 0) return done(state, '!ERR_UNBLOCK_TASK_DONE');
          return done({ ...state, unfinished: state.unfinished - 1 });
        },
      },
      join: {
        weight: 2,
        run: (queue, _, options) => queue.join(options?.timeout),
        ...{ line: 'joiners', late: '=false' },
        step: (state) => (state.unfinished === 0 ? done(state, '=true') : undefined),
      },
      widen: {
        weight: 1,
        run: (queue) => void queue.maxsize++,
        step: (state) => done({ ...state, maxsize: state.maxsize + 1 }),
      },
      shutdown: {
        weight: 0.3,
        run: (queue) => queue.shutdown(),
        step: (state) => done({ ...state, isShut: true }),
      },
    },
  };
}

const channel = {
  name: 'Channel',
  create: () => ({ object: new Channel(), state: {} }),
  view: () => '',
  viewOf: () => '',
  operations: {
    put: {
      weight: 1,
      makeArgument: (random, id) => id,
      run: (each, item, options) => each.put(item, options),
      ...{ line: 'putters', refused: FULL, late: FULL, meets: 'get' },
    },
    get: {
      weight: 1,
      run: (each, _, options) => each.get(options),
      ...{ line: 'getters', refused: EMPTY, late: EMPTY, meets: 'put' },
    },
  },
  /** What comes of it when two meet. */
  meet: (putter, getter) => ({ [putter.id]: '=undefined', [getter.id]: `=${putter.argument}` }),
};

function semaphoreKind(Class) {
  const isBounded = Class === BoundedSemaphore;
  return {
    name: Class.name,
    create: (random) => {
      const bound = random(3);
      return { object: new Class(bound), state: { bound, count: bound } };
    },
    view: (semaphore) => `${semaphore.counter},${semaphore.locked()}`,
    viewOf: ({ count }) => `${count},${count === 0}`,
    operations: {
      acquire: {
        weight: 5,
        run: (semaphore, _, options) => semaphore.acquire(options),
        ...{ line: 'linked', refused: '=false', late: '=false' },
        step: (state) => (state.count > 0 ? done({ ...state, count: state.count - 1 }, '=true') : undefined),
      },
      release: {
        weight: 4,
        run: (semaphore) => semaphore.release(),
        step: (state) => {
          if (isBounded && state.count === state.bound) return done(state, '!ERR_UNBLOCK_OVER_RELEASE');
          return done({ ...state, count: state.count + 1 }, `=${state.count + 1}`);
        },
      },
      wait: {
        weight: 2,
        run: (semaphore, _, options) => semaphore.wait(options?.timeout),
        ...{ line: 'linked', late: '=0' },
        step: (state) => (state.count > 0 ? done(state, `=${state.count}`) : undefined),
      },
    },
  };
}

const event = {
  name: 'Event',
  create: () => ({ object: new Event(), state: { isSet: false } }),
  view: (each) => String(each.isSet()),
  viewOf: ({ isSet }) => String(isSet),
  operations: {
    wait: {
      weight: 4,
      run: (each, _, options) => each.wait(options?.timeout),
      ...{ line: 'linked', late: '=false' },
      step: (state) => (state.isSet ? done(state, '=true') : undefined),
    },
    set: { weight: 1, run: (each) => each.set(), step: () => done({ isSet: true }) },
    clear: { weight: 2, run: (each) => each.clear(), step: () => done({ isSet: false }) },
  },
};

const asyncResult = {
  name: 'AsyncResult',
  create: () => ({ object: new AsyncResult(), state: {} }),
  view: (each) => `${each.ready()},${each.successful()}`,
  viewOf: ({ value, failure }) => `${(value ?? failure) !== undefined},${value !== undefined}`,
  operations: {
    get: {
      weight: 5,
      run: (each, _, options) => each.get(options),
      ...{ line: 'linked', refused: TIMEOUT, late: TIMEOUT },
      step: (state) => {
        if (state.value !== undefined) return done(state, `=${state.value}`);
        return state.failure === undefined ? undefined : done(state, `!${state.failure}`);
      },
    },
    wait: {
      weight: 2,
      run: (each, _, options) => each.wait(options?.timeout),
      ...{ line: 'linked', late: '=undefined' },
      step: (state) => {
        const isReady = (state.value ?? state.failure) !== undefined;
        return isReady ? done(state, `=${state.value}`) : undefined;
      },
    },
    set: {
      weight: 0.5,
      makeArgument: (random, id) => id,
      run: (each, value) => each.set(value),
      step: (state, value) => done({ ...state, value }),
    },
    fail: {
      weight: 0.5,
      makeArgument: (random, id) => `failure ${id}`,
      run: (each, code) => each.setException(Object.assign(new Error(), { code })),
      step: (state, failure) => done({ ...state, failure }),
    },
  },
};

// What is held from `enter` on until `leave` or death, by a greenlet that the operation makes or is.
const holding = {
  leave: {
    weight: 4,
    needsHolder: true,
    run: (_, holder) => holder.gate.set(),
    step: (state, holder) => done({ ...state, inside: state.inside.filter((id) => id !== holder.id) }),
  },
  die: {
    weight: 1,
    needsHolder: true,
    run: (_, holder) => kill(holder.holder),
    step: (state, holder) => done({ ...state, inside: state.inside.filter((id) => id !== holder.id) }),
  },
};
const enterIfRoom = (state, _, id) =>
  state.inside.length < state.room ? done({ ...state, inside: [...state.inside, id].sort() }, '=in') : undefined;

const rlock = {
  name: 'RLock',
  create: () => ({ object: new RLock(), state: { room: 1, inside: [] } }),
  view: (lock) => String(lock.locked()),
  viewOf: ({ inside }) => String(inside.length > 0),
  operations: {
    ...holding,
    enter: {
      weight: 5,
      holds: true,
      run: (lock, _, options, operation) => {
        if (!lock.acquire(options)) return false;
        try {
          lock.acquire();
          lock.release();
          operation.result = '=in';
          operation.holder = operation.greenlet;
          operation.gate.wait();
        } finally {
          lock.release();
        }
        return undefined;
      },
      ...{ line: 'linked', refused: '=false', late: '=false' },
      step: enterIfRoom,
    },
  },
};

const pool = {
  name: 'Pool',
  create: (random) => {
    const room = 1 + random(3);
    return { object: new Pool(room), state: { room, inside: [] } };
  },
  view: (each) => `${each.size},${each.full()}`,
  viewOf: ({ room, inside }) => `${inside.length},${inside.length === room}`,
  operations: {
    ...holding,
    enter: {
      weight: 6,
      holds: true,
      run: (each, _, options, operation) => {
        const member = new Greenlet(() => operation.gate.wait());
        each.start(member, options);
        operation.holder = member;
        return 'in';
      },
      ...{ line: 'linked', refused: '!ERR_UNBLOCK_POOL_FULL', late: '!ERR_UNBLOCK_POOL_FULL' },
      step: enterIfRoom,
    },
    join: {
      weight: 1,
      run: (each, _, options) => each.join(options?.timeout),
      ...{ line: 'joiners', late: '=false' },
      step: (state) => (state.inside.length === 0 ? done(state, '=true') : undefined),
    },
  },
};

const kinds = [
  queueKind(Queue, (items) => items[0]),
  queueKind(LifoQueue, (items) => items.at(-1)),
  queueKind(PriorityQueue, (items) => Math.min(...items)),
  ...[channel, semaphoreKind(Semaphore), semaphoreKind(BoundedSemaphore), event, asyncResult, rlock, pool],
];

module.exports = { kinds };
