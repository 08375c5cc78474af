import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import * as unblock from '../src/index';
import { repoRoot, spawnSource } from './support/spawn-script';

// What the package exports, each name on purpose: whoever adds or takes away one does so here too.
const values: ReadonlyArray<string> = [
  ...[
    'idle',
    'SignalHandler',
    'signalHandler',
    'FailedToSwitchError',
    'HubDestroyedError',
    'LoopExit',
    'WatcherClosedError',
  ],
  ...[
    'wrapErrors',
    'Loop',
    'Watcher',
    'READ',
    'WRITE',
    'waitOnWatcher',
    'waitRead',
    'waitReadWrite',
    'waitWrite',
    'closedWhileWaiting',
    'sendAsync',
    'ignoreCurrentGreenletBlocking',
    'assertSwitches',
  ],
  ...[
    'spawn',
    'spawnLater',
    'spawnRaw',
    'Greenlet',
    'joinAll',
    'wait',
    'iwait',
    'WaitIterator',
    'kill',
    'killAll',
    'sleep',
  ],
  ...['Timeout', 'withTimeout'],
  ...['Event', 'AsyncResult', 'Semaphore', 'BoundedSemaphore', 'DummySemaphore', 'RLock', 'Condition', 'Barrier'],
  ...[
    'SimpleQueue',
    'Queue',
    'JoinableQueue',
    'UnboundQueue',
    'PriorityQueue',
    'LifoQueue',
    'Channel',
    'StopIteration',
  ],
  ...['Local', 'Group', 'Pool', 'ThreadPool', 'moduleFunction'],
  ...['waitCallback', 'waitEvent', 'toPromise', 'iterate', 'toAsyncIterable', 'withSignal'],
  ...['isCancellation', 'rethrowCancellation', 'setStickyCancellation', 'uncancel', 'shield', 'critical', 'blocking'],
  ...['setErrorStream', 'AbortError', 'BinaryError', 'BlockingSwitchOutError', 'BrokenBarrierError'],
  ...[
    'ConcurrentObjectUseError',
    'ConfigError',
    'CriticalSectionError',
    'Empty',
    'Full',
    'GreenletError',
    'GreenletExit',
  ],
  ...['InvalidSwitchError', 'kCancellation', 'LoadedTwiceError', 'LockError', 'PoolFull', 'ShutDown', 'TaskDoneError'],
  ...['ThreadPoolKilled', 'TimeoutStateError', 'UnsupportedError'],
  ...[
    'keepSpawningStacks',
    'config',
    'setConfig',
    'surveyGreenlets',
    'blockedGreenlets',
    'formatRunInfo',
    'printRunInfo',
    'GreenletTree',
  ],
  ...[
    'getHub',
    'Waiter',
    'MultipleWaiter',
    'AbstractLinkable',
    'RawGreenlet',
    'getCurrent',
    'getMain',
    'setTrace',
    'getTrace',
  ],
];

const types: ReadonlyArray<string> = [
  ...['WatcherCallback', 'WatcherOptions', 'AsyncWatcher', 'CheckWatcher', 'ChildWatcher', 'IdleWatcher', 'IoWatcher'],
  ...['PrepareWatcher', 'SignalWatcher', 'StatWatcher', 'TimerWatcher', 'SleepOptions', 'AssertSwitchesOptions'],
  ...['GreenletMessage', 'SpawnMessage', 'SwitchMessage', 'EventLoopBlockedMessage'],
  ...['MemoryUsageThresholdExceededMessage', 'MemoryUsageUnderThresholdMessage'],
  ...['BlockOptions', 'WaitOptions', 'WaitLimits', 'JoinAllOptions', 'GroupJoinOptions', 'IMapOptions', 'QueueOptions'],
  ...['JoinableQueueOptions', 'PriorityQueueOptions', 'ThreadPoolOptions', 'TimeoutOptions', 'WithTimeoutOptions'],
  ...['Waitable', 'Joinable', 'Settling', 'Outcome', 'Lock', 'Task', 'IMap', 'IMapUnordered', 'Emitter', 'Target'],
  ...['Callback', 'Hub', 'SpawnedGreenlet', 'GreenletClass', 'ErrorClass', 'Run', 'TimeoutException', 'ErrorStream'],
  ...['Comparator', 'LinkCallback', 'NodeCallback', 'PoolFunction', 'SpawnCallback', 'Tracer'],
  ...[
    'GreenletErrorCode',
    'LockErrorCode',
    'Config',
    'GreenletReport',
    'GreenletState',
    'RunInfoOptions',
    'TreeOptions',
  ],
];

// Exports that show themselves in the example of another one, or hardly need any.
const noExample = [
  ...['SignalHandler', 'Watcher', 'READ', 'WRITE', 'waitOnWatcher', 'waitReadWrite', 'waitWrite'],

  'getCurrent',
  'getMain',
  'WaitIterator',
  'DummySemaphore',
  'JoinableQueue',
  'UnboundQueue',
  'getTrace',
  'kCancellation',
];

interface Export {
  readonly name: string;
  readonly isType: boolean;
  /** Where it is declared. */
  readonly file: string;
}

/** What src/index.ts says. */
function exportsOf(index: string): Export[] {
  const text = fs.readFileSync(path.join(repoRoot, index), 'utf8');
  return [...text.matchAll(/^export (type )?\{([^}]*)\} from '(.*)';/gm)].flatMap(
    ([, allTypes, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => ({
          name: name.replace(/^type /, ''),
          isType: allTypes !== undefined || name.startsWith('type '),
          file: path.join(path.dirname(index), `${from}.ts`),
        })),
  );
}

/** The documentation comment of a declaration; undefined if there is none. */
function docOf({ name, file }: Export): string | undefined {
  const text = fs.readFileSync(path.join(repoRoot, file), 'utf8');
  const declaration = `export (?:declare )?(?:abstract )?(?:class|function|const|type|interface) ${name}\\b`;
  return new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n${declaration}`).exec(text)?.[1];
}

const exported = exportsOf('src/index.ts');

describe('the package', () => {
  it('exports these values and no others', () => {
    expect(Object.keys(unblock).sort()).to.deep.equal([...values].sort());
  });

  it('exports these types and no others', () => {
    const found = exported.filter(({ isType }) => isType).map(({ name }) => name);
    expect(found.sort()).to.deep.equal([...types].sort());
  });

  it('documents each of them', () => {
    const missing = exported.filter((each) => docOf(each) === undefined && each.name !== 'JoinableQueue');
    expect(missing).to.deep.equal([]);
  });

  it('has an example of each but the errors, and says where it comes from', () => {
    const needing = exported.filter(
      ({ name, isType }) =>
        !isType && !noExample.includes(name) && !(Reflect.get(unblock, name).prototype instanceof Error),
    );
    const lacking = needing.filter((each) => !/@example/.test(docOf(each) ?? ''));
    expect(lacking.map(({ name }) => name)).to.deep.equal([]);
    const fromNowhere = needing.filter((each) => !/Source: |no twin in g/.test(docOf(each) ?? ''));
    expect(fromNowhere.map(({ name }) => name)).to.deep.equal([]);
  });

  it('has a code on each of its errors', () => {
    type Coded = new (...args: string[]) => Error & { code: string };
    const all: unknown[] = Object.values(unblock);
    const errors = all.filter(
      (value): value is Coded => typeof value === 'function' && value.prototype instanceof Error,
    );
    expect(errors.length).to.be.above(15);
    for (const Class of errors) {
      // A Timeout is made of a time, and looks at it.
      const error = Class.name === 'Timeout' ? new unblock.Timeout(1) : new Class('ERR_UNBLOCK_STARTED', 'text');
      expect(error.code, Class.name).to.match(/^ERR_UNBLOCK_[A-Z_]+$|^ABORT_ERR$/);
      expect(error.name).to.equal(Class.name);
    }
  });

  it('has what is configured seen, without the loader', async () => {
    const { code, stderr } = await spawnSource(
      `const { sleep, spawn } = require('unblock');
       spawn(function blocker() {
         sleep(1);
         for (const end = Date.now() + 400; Date.now() < end; );
         sleep(1);
         process.kill(process.pid, 'SIGUSR2');
         sleep(100);
       });`,
      { env: { UNBLOCK_WATCHDOG: '1' } },
    );
    expect(code).to.equal(0);
    expect(stderr).to.match(/unblock: the loop was blocked for \d+ ms, .*\n +at blocker /);
    expect(stderr).to.match(/^unblock: process \d+: 1 greenlet \(1 waiting\)$/m);
  });
});
