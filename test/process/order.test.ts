import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';
import { spawnSource } from '../support/spawn-script';

// Programs that do not block. Each is given `log`.
const programs: Readonly<Record<string, string>> = {
  'ticks, microtasks, immediates and timers': `
    setImmediate(() => { log('immediate'); setTimeout(() => log('timer'), 1); });
    process.nextTick(() => { log('tick'); process.nextTick(() => log('tick of tick')); Promise.resolve().then(() => log('promise of tick')); });
    Promise.resolve().then(() => { log('promise'); process.nextTick(() => log('tick of promise')); queueMicrotask(() => log('microtask of promise')); });
    queueMicrotask(() => log('microtask'));
    log('main');`,
  'async functions that take turns': `
    const run = async (name, turns) => { for (let i = 0; i < turns; i++) { log(name, i); await (i % 2 ? null : Promise.resolve()); } };
    run('a', 4); run('b', 3);
    (async () => { await run('c', 2); log('c is done'); })();`,
  'thenables and chained promises': `
    const thenable = { then: (resolve) => { log('then called'); resolve('thenable'); } };
    Promise.resolve(thenable).then(log);
    (async () => log(await thenable, 'awaited'))();
    Promise.resolve(Promise.resolve('direct')).then(log);
    new Promise((resolve) => resolve(Promise.resolve('adopted'))).then(log);
    [1, 2, 3].reduce((chain, i) => chain.then(() => log('link', i)), Promise.resolve());`,
  combinators: `
    const after = (turns, value) => { let chain = Promise.resolve(value); for (let i = 0; i < turns; i++) chain = chain.then((v) => v); return chain; };
    Promise.all([after(3, 'x'), after(1, 'y')]).then((values) => log('all', values.join()));
    Promise.race([after(3, 'slow'), after(1, 'fast')]).then((value) => log('race', value));
    Promise.any([Promise.reject(1), after(2, 'any')]).then(log);
    Promise.allSettled([Promise.reject(1), 2]).then((ends) => log(ends.map((end) => end.status).join()));
    after(1, 0).finally(() => log('finally'));
    Promise.reject(3).catch((reason) => log('caught', reason)).then(() => log('and then'));`,
  'async generators': `
    const numbers = async function* () { try { for (let i = 0; i < 3; i++) { log('make', i); yield i; } } finally { log('return'); } };
    (async () => { for await (const number of numbers()) { log('use', number); if (number === 1) break; } log('done'); })();
    Promise.resolve().then(() => log('1')).then(() => log('2')).then(() => log('3')).then(() => log('4'));`,
  'timers of one list, with ticks and microtasks between': `
    for (let i = 0; i < 3; i++) setTimeout(() => { log('timer', i); process.nextTick(() => log('tick', i)); Promise.resolve().then(() => log('promise', i)); }, 1);
    const interval = setInterval(() => { log('interval'); clearInterval(interval); }, 1);`,
  'immediates, with ticks and microtasks between': `
    for (let i = 0; i < 3; i++) setImmediate(() => { log('immediate', i); process.nextTick(() => log('tick', i)); Promise.resolve().then(() => log('promise', i)); setImmediate(() => log('next turn', i)); });
    const cancelled = setImmediate(() => log('never'));
    setImmediate(() => clearImmediate(cancelled));`,
  'promises of timers and events': `
    const { once, on, EventEmitter } = require('node:events');
    const emitter = new EventEmitter();
    once(emitter, 'go').then(([value]) => log('once', value));
    (async () => { for await (const [value] of on(emitter, 'item')) { log('item', value); if (value === 2) break; } log('no more'); })();
    emitter.on('go', () => log('on'));
    setImmediate(() => { emitter.emit('go', 7); for (const value of [1, 2, 3]) emitter.emit('item', value); log('emitted'); });
    require('node:timers/promises').setImmediate('immediate').then(log);`,
  streams: `
    const { Readable, Transform, Writable, finished, pipeline } = require('node:stream');
    const upper = new Transform({ objectMode: true, transform(chunk, _, done) { process.nextTick(done, null, chunk.toUpperCase()); } });
    const sink = new Writable({ objectMode: true, write(chunk, _, done) { log('write', chunk); setImmediate(done); }, final(done) { log('final'); done(); } });
    for (const event of ['data', 'end', 'close']) upper.on(event, () => log(event));
    finished(sink, () => log('finished'));
    pipeline(Readable.from(['a', 'b', 'c']), upper, sink, (error) => log('pipeline', error));`,
  'files, one after the other': `
    const fs = require('node:fs');
    fs.stat('.', () => { log('callback'); process.nextTick(() => log('tick')); Promise.resolve().then(() => log('promise')); setImmediate(() => { log('immediate'); setTimeout(later, 1); }); });
    const later = async () => { await fs.promises.stat('.'); log('stat'); process.nextTick(() => log('tick')); await null; log('await'); await fs.promises.access('.'); log('access'); };`,
  messages: `
    const { MessageChannel } = require('node:worker_threads');
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (message) => { log('message', message); process.nextTick(() => log('tick', message)); Promise.resolve().then(() => log('promise', message)); if (message === 2) port2.close(); });
    port2.on('close', () => log('close'));
    port1.postMessage(1); port1.postMessage(2);
    structuredClone(0); log('posted');`,
  'aborts and events of the web': `
    const controller = new AbortController();
    const target = new EventTarget();
    controller.signal.addEventListener('abort', () => { log('abort'); Promise.resolve().then(() => log('promise of abort')); });
    target.addEventListener('ping', () => { log('ping'); queueMicrotask(() => log('microtask of ping')); });
    target.dispatchEvent(new Event('ping')); log('dispatched');
    require('node:timers/promises').setTimeout(1e6, null, { signal: controller.signal }).catch((error) => log(error.name));
    setImmediate(() => { controller.abort(); log('aborted'); });`,
  'rejections handled late': `
    const early = Promise.reject(new Error('early'));
    const late = Promise.reject(new Error('late'));
    process.nextTick(() => early.catch((error) => log('caught', error.message)));
    setTimeout(() => late.catch((error) => log('caught', error.message)), 5);`,
};

// Runs one after the other, each when the one before has long come to rest.
const sequence = (start: string): string => `
  const programs = {${Object.entries(programs).map(([title, source]) => `${JSON.stringify(title)}(log) { ${source} }`)}};
  const titles = Object.keys(programs);
  const lines = new Map(titles.map((title) => [title, []]));
  for (const event of ['unhandledRejection', 'rejectionHandled']) process.on(event, () => lines.get('rejections handled late').push(event));
  const next = () => {
    const title = titles.shift();
    if (title === undefined) return console.log(JSON.stringify([...lines], null, 1));
    ${start}(() => programs[title]((...words) => lines.get(title).push(words.join(' '))));
    setTimeout(next, 80);
  };
  next();`;

describe('a program that does not block', () => {
  const starts = {
    'in a timer': '(run) => setTimeout(run, 1)',
    'in an immediate': '(run) => setImmediate(run)',
    'in a tick': '(run) => process.nextTick(run)',
    'in a promise callback': '(run) => void Promise.resolve().then(run)',
    'in a callback of a file': `(run) => require('node:fs').stat('.', run)`,
  };
  for (const [place, start] of Object.entries(starts)) {
    it(`runs in the order of plain Node, begun ${place}`, async () => {
      const { plain, loaded } = await runBothWays(sequence(`(${start})`));
      expect(plain.code).to.equal(0);
      expect(JSON.parse(plain.stdout)).to.have.length(Object.keys(programs).length);
      expect(loaded).to.deep.equal(plain);
    });
  }

  it('runs in the order of Node with any other preload, begun in the main module', async () => {
    // Node itself evaluates the main module in a promise callback then.
    const flags = ['--import', 'data:text/javascript,'];
    for (const [title, source] of Object.entries(programs).slice(0, 5)) {
      const program = `const log = (...words) => console.log(words.join(' ')); ${source}`;
      const { plain, loaded } = await runBothWays(program, { flags });
      expect(plain.stdout.split('\n'), title).to.have.length.above(5);
      expect(loaded, title).to.deep.equal(plain);
    }
  });
});

describe('a greenlet that a tick has woken at the very end', () => {
  it('has its own ticks run before the process ends', async () => {
    const program = `
      const { wait, sleep, spawn } = require('unblock');
      const { EventEmitter, once } = require('node:events');
      const { PassThrough, Readable } = require('node:stream');
      const { pipeline } = require('node:stream/promises');
      sleep(5);
      const emitter = new EventEmitter();
      spawn(() => emitter.emit('event'));
      wait(once(emitter, 'event'));
      const end = new PassThrough();
      wait(pipeline(Readable.from(['a', 'b']), end));
      wait((async () => { for await (const chunk of end); })());
      process.nextTick(() => console.log('tick'));
      process.on('exit', (code) => console.log('exit', code));`;
    const { stdout, stderr } = await spawnSource(program, { loader: true });
    expect(stdout + stderr).to.equal('tick\nexit 0\n');
  });
});
