import { expect } from 'chai';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';

import {
  AsyncResult,
  Channel,
  config,
  Pool,
  Queue,
  setConfig,
  setErrorStream,
  setTrace,
  sleep,
  spawn,
  spawnLater,
  spawnRaw,
  wait,
} from '../src/index';
import { blocksIn, examplesIn, knowsUsing, runExample, stripTypes } from './support/doc-examples';
import { runInGreenlet } from './support/in-greenlet';
import { repoRoot } from './support/spawn-script';

/** What the examples take for granted: the rest of somebody's program. */
function makeStubs(): Record<string, unknown> {
  const server = new EventEmitter();
  spawnRaw(() => server.emit('connection', {}));
  const step = (): void => sleep(1);
  const channel = new Channel<string>();
  const queue = new Queue<string>(null, { items: ['line', 'another'] });
  // Somebody at the other end, for as long as the example runs.
  spawnRaw(() => channel.put('line'));
  spawnRaw(() => channel.get());
  spawnLater(20, () => queue.shutdown());
  return {
    ...{ server, channel, queue, pool: new Pool(2), result: new AsyncResult(), items: [{}], accounts: new Map() },
    ...{
      greenlet: spawn(step),
      greenlets: [spawn(step)],
      workers: [spawn(step)],
      first: spawn(step),
      second: spawn(step),
    },
    ...{
      pages: ['/a'],
      paths: ['/a', '/b'],
      urls: ['/a', '/b'],
      url: 'data:,',
      file: __filename,
      fallback: 0,
      name: '',
      from: 0,
      to: 1,
    },
    ...{
      fs: { ...fs, writeFileSync() {} },
      readline: { createInterface: () => Readable.from(['line']) },
      input: undefined,
      console: { log() {} },
    },
    ...{
      fetchPage: (page: string) => (step(), page),
      index() {},
      compute: () => 1,
      sizeOf: async () => 1,
      makeReport: () => '',
      readAccount: () => 1,
    },
    ...{ loadLeft: step, loadRight: step, drawLeft() {}, drawRight() {}, connect: step, transfer() {}, send: () => [] },
    ...{ request: step, serve: step, query: step, sayGoodbye() {}, connection: { reset: step }, answer: '' },
    ...{ socket: { read: step, readLine: step }, logger: { error() {} }, require: { resolve: () => '/digest.js' } },
    ask: step,
    connections: { take: () => ({ write() {}, readAnswer: step, destroy() {} }), giveBack() {} },
    app: { get: (_: string, handle: (...args: object[]) => unknown) => handle({ query: {} }, { send() {} }) },
  };
}

const sources = fs
  .readdirSync(path.join(repoRoot, 'src', 'core'), { encoding: 'utf8', recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/core/${file}`);
const examples = [...sources.flatMap(examplesIn), ...['README.md', 'docs/cancellation.md'].flatMap(blocksIn)];

/** Examples that cannot run here, by title, with the reason. */
const notRun: Readonly<Record<string, string>> = {
  'src/core/pools/thread-job.ts: moduleFunction': 'the module is not there',
  'src/core/loop/handle-watcher.ts: sendAsync': 'it waits for a worker thread',
  'src/core/loop/hub-wait.ts: waitRead': 'standard input may be a file',
  'src/core/seeing/loop-exit.ts: join': 'the loop of the tests does not run empty',
  'README.md: block 2': 'it serves for ever, with patched methods',
};

describe('an example in the documentation', () => {
  const settings = { ...config };

  afterEach(() => {
    setTrace(undefined);
    setErrorStream(undefined);
    setConfig(settings);
  });

  for (const example of examples) {
    it(`${example.title} runs`, async function () {
      if (example.title in notRun || stripTypes === undefined) this.skip();
      if (/^\s*using /m.test(example.source) && !knowsUsing) this.skip();
      setErrorStream({ write: (text) => reports.push(text) });
      const reports: string[] = [];
      await runInGreenlet(() =>
        wait(runExample(example, makeStubs(), (actual, claimed) => expect(actual).to.deep.equal(claimed))),
      );
      expect(reports).to.deep.equal([]);
    });
  }
});
