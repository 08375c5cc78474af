import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';
import { spawnSource } from '../support/spawn-script';

const line = Number(process.versions.node.split('.')[0]);

/** Both carriers of AsyncLocalStorage, where a line has two. */
const carriers: ReadonlyArray<readonly [title: string, flags: readonly string[]]> = [
  ['', []],
  ...(line === 22
    ? [[' with --experimental-async-context-frame', ['--experimental-async-context-frame']] as const]
    : []),
  ...(line >= 24 ? [[' with --no-async-context-frame', ['--no-async-context-frame']] as const] : []),
];

// Greenlets and callbacks of every kind, each with a store of its own, that block in every way; `wrong` counts what any
// of them finds changed, the hub and unrelated callbacks included.
const soak = `
  const { AsyncLocalStorage, AsyncResource, executionAsyncId, executionAsyncResource, triggerAsyncId } = require('node:async_hooks');
  const { readFileSync, stat } = require('node:fs');
  const { getCurrent, getHub, RawGreenlet, sleep, spawn, wait } = require('unblock');
  const storage = new AsyncLocalStorage();
  const other = new AsyncLocalStorage();
  let wrong = 0;
  let left = 0;
  let seed = 1;
  const random = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const check = (condition, where) => { if (!condition && wrong++ < 5) console.log('wrong', where, storage.getStore()); };
  const block = () => {
    switch (random(5)) {
      case 0: return sleep(0);
      case 1: return sleep(1);
      case 2: return wait(Promise.resolve());
      case 3: return void readFileSync(__filename);
      default: return wait(new Promise((resolve) => setImmediate(resolve)));
    }
  };
  const blockHere = (where, store) => {
    const before = [executionAsyncId(), triggerAsyncId(), executionAsyncResource(), other.getStore()];
    block();
    const after = [executionAsyncId(), triggerAsyncId(), executionAsyncResource(), other.getStore()];
    check(storage.getStore() === store, where + ': store');
    before.forEach((value, i) => check(value === after[i], where + ': ' + ['id', 'trigger', 'resource', 'other store'][i]));
    if (globalThis.gc && random(10) === 0) gc({ type: random(3) ? 'minor' : 'major' });
  };
  const steps = [
    (own) => blockHere('plain', own),
    (own) => storage.run({ nested: own }, () => blockHere('run', storage.getStore())),
    (own) => storage.exit(() => blockHere('exit', undefined)),
    (own) => other.run(own, () => blockHere('other', own)),
    (own) => { const entered = { entered: own }; storage.enterWith(entered); blockHere('enterWith', entered); storage.enterWith(own); },
    (own) => new AsyncResource('TEST').runInAsyncScope(() => blockHere('runInAsyncScope', own)),
    (own) => own.resource.runInAsyncScope(() => blockHere('scope of an old resource', own.outer)),
    (own) => AsyncLocalStorage.bind(() => blockHere('bind', own))(),
    (own) => new RawGreenlet(() => check(storage.getStore() === own, 'inherited')).switch(),
    (own) => { let result; spawn(() => { blockHere('spawned', own); storage.enterWith('leak'); result = true; }); while (!result) sleep(1); },
    (own) => { try { storage.run('leak', () => new AsyncResource('TEST').runInAsyncScope(() => { block(); throw own; })); } catch (error) { check(error === own, 'error'); } },
  ];
  const life = (own) => {
    for (let turn = 0; turn < 12; turn++) { steps[random(steps.length)](own); check(storage.getStore() === own, 'between steps'); }
    left--;
  };
  const asyncLife = async (own) => {
    for (let turn = 0; turn < 6; turn++) {
      steps[random(steps.length)](own);
      await null;
      check(storage.getStore() === own, 'after await');
      steps[random(steps.length)](own);
      await new Promise((resolve) => setTimeout(resolve, random(2)));
      check(storage.getStore() === own, 'after a timer');
    }
    left--;
  };
  const kinds = [
    (own) => spawn(life, own),
    (own) => setTimeout(life, 1, own),
    (own) => setImmediate(life, own),
    (own) => process.nextTick(life, own),
    (own) => stat('.', () => life(own)),
    (own) => void asyncLife(own),
    (own) => spawn(() => new RawGreenlet(() => life(own)).switch()),
  ];
  const outside = storage.getStore();
  const finish = () => {
    check(storage.getStore() === undefined && other.getStore() === undefined, 'on the outside');
    getHub().runCallback(() => check(storage.getStore() === undefined, 'on the hub'));
    if (left > 0) setTimeout(finish, 1);
    else console.log('wrong:', wrong);
  };
  setImmediate(() => {
    for (let id = 0; id < 140; id++) {
      left++;
      const outer = { outer: id };
      const resource = storage.run(outer, () => new AsyncResource('OLD'));
      const own = { id, outer, resource };
      storage.run(own, () => kinds[id % kinds.length](own));
    }
  });
  setTimeout(finish, 1);`;

// Counts what a hook sees of each id, and what order must not be.
const hooked = `
  const { createHook } = require('node:async_hooks');
  const seen = new Map();
  const odd = [];
  const count = (id, event, allowed) => {
    const counts = seen.get(id);
    // What had begun before the hook was enabled is nothing to go by.
    if (counts !== undefined && ++counts[event] > allowed(counts)) odd.push('too many: ' + event);
  };
  createHook({
    init(id) { if (seen.has(id)) odd.push('two inits'); seen.set(id, { before: 0, after: 0, destroy: 0 }); },
    before: (id) => count(id, 'before', () => Infinity),
    after: (id) => count(id, 'after', ({ before }) => before),
    destroy: (id) => count(id, 'destroy', () => 1),
  }).enable();
  process.on('exit', () => {
    for (const { before, after } of seen.values()) if (before !== after) odd.push('before without after');
    console.log('hooks:', seen.size > 1000, [...new Set(odd)].join());
  });`;

describe('the async context of what blocks', () => {
  for (const [title, flags] of carriers) {
    it(`stays its own, over hundreds of switches, errors and collections${title}`, async () => {
      const { code, stdout, stderr } = await spawnSource(soak, { loader: true, flags: [...flags, '--expose-gc'] });
      expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'wrong: 0\n', stderr: '' });
    });

    it(`is what async hooks see begin and end in balance${title}`, async () => {
      const source = `setTimeout(() => { ${hooked} }, 1); ${soak.replace('setImmediate(() => {', 'setTimeout(() => {').replace(/\}\);\n {2}setTimeout\(finish, 1\);$/, '}, 5);\n  setTimeout(finish, 10);')}`;
      const { code, stdout, stderr } = await spawnSource(source, { loader: true, flags });
      expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'wrong: 0\nhooks: true \n', stderr: '' });
    });

    it(`is that of plain Node in the main module and whatever begins there${title}`, async () => {
      const { plain, loaded } = await runBothWays(
        `
        const { AsyncLocalStorage, AsyncResource, executionAsyncId } = require('node:async_hooks');
        const storage = new AsyncLocalStorage();
        const log = [];
        const say = (where) => log.push(where + ' ' + storage.getStore());
        const blockAndSay = (where) => { say(where); sleep(2); say(where + ', later'); };
        storage.run('run', () => {
          spawn(() => blockAndSay('spawned'));
          setTimeout(() => blockAndSay('timer'), 1);
          setImmediate(() => blockAndSay('immediate'));
          process.nextTick(() => blockAndSay('tick'));
          Promise.resolve().then(() => blockAndSay('promise'));
          (async () => { blockAndSay('async'); await null; blockAndSay('await'); })();
          require('node:fs').stat('.', () => blockAndSay('file'));
          inGreenlet(() => blockAndSay('greenlet'));
          blockAndSay('main');
        });
        say('after run');
        const bound = storage.run('bound', () => AsyncResource.bind(() => blockAndSay('bound')));
        setTimeout(bound, 5);
        setTimeout(() => blockAndSay('unrelated'), 1);
        storage.enterWith('entered');
        blockAndSay('entered');
        storage.exit(() => { spawn(() => blockAndSay('spawned in exit')); blockAndSay('exit'); });
        spawn(() => blockAndSay('spawned after enterWith'));
        setTimeout(() => { storage.enterWith('own'); blockAndSay('timer of its own'); }, 1);
        setTimeout(() => blockAndSay('timer after it'), 1);
        process.on('exit', () => console.log(log.sort().join('\\n')));`,
        { flags: ['--import', 'data:text/javascript,', ...flags] },
      );
      expect(plain.stdout.split('\n')).to.have.length.above(30);
      expect(loaded).to.deep.equal(plain);
    });
  }

  it('is the root again for who has had an uncaught error, whoever runs below later', async () => {
    const program = `
      const { executionAsyncId } = require('node:async_hooks');
      const { Event, sleep } = require('unblock');
      const event = new Event();
      process.on('uncaughtException', () => {});
      const blockInTick = () => {
        setTimeout(() => event.set(), 1);
        event.wait();
        Promise.resolve().then(() => console.log(executionAsyncId()));
      };
      setTimeout(() => process.nextTick(() => {
        sleep(1);
        queueMicrotask(() => { throw new Error('nobody handles this'); });
        queueMicrotask(() => process.nextTick(blockInTick));
      }), 1);`;
    expect(await spawnSource(program, { loader: true })).to.deep.include({ code: 0, stdout: '0\n', stderr: '' });
  });

  // As tracers do: the caller goes on and takes the store away again while the handler is suspended.
  const wraps = {
    run: 'traces.run(trace, inside)',
    enterWith:
      '{ const before = traces.getStore(); traces.enterWith(trace); try { return inside(); } finally { traces.enterWith(before); } }',
  };
  const traced = carriers.flatMap(([title, flags]) =>
    Object.entries(wraps).map(([by, wrap]) => ({ by, wrap, title, flags })),
  );
  for (const { by, wrap, title, flags } of traced) {
    it(`of a handler is that in which its server has called it, by ${by}${title}`, async () => {
      const program = `
        const { AsyncLocalStorage } = require('node:async_hooks');
        const http = require('node:http');
        const { sleep } = require('unblock');
        const traces = new AsyncLocalStorage();
        const entered = new AsyncLocalStorage();
        const { emit } = http.Server.prototype;
        let last = 0;
        http.Server.prototype.emit = function (...args) {
          const inside = () => Reflect.apply(emit, this, args);
          if (args[0] !== 'request') return inside();
          const trace = 'trace ' + ++last;
          ${wrap.startsWith('{') ? wrap : `return ${wrap};`}
        };
        const answers = new Set();
        const server = http.createServer((request, response) => {
          const own = traces.getStore();
          const seen = [];
          const see = () => seen.push(traces.getStore() === own ? 'own' : traces.getStore());
          entered.enterWith(own);
          while (last < 5) sleep(1);
          see();
          traces.run('inner', () => { sleep(1); see(); });
          sleep(1);
          see();
          setImmediate(() => see());
          sleep(2);
          request.on('end', () => {
            sleep(1);
            response.end([...seen, entered.getStore() === own].join());
          });
          request.resume();
        }).listen(0, async () => {
          const url = 'http://127.0.0.1:' + server.address().port;
          const post = async () => answers.add(await (await fetch(url, { method: 'POST', body: 'x' })).text());
          await Promise.all(Array.from({ length: 5 }, post));
          console.log([...answers].join(' '), traces.getStore(), entered.getStore());
          process.exit();
        });`;
      const { code, stdout, stderr } = await spawnSource(program, { loader: true, flags });
      expect({ code, stdout, stderr }).to.deep.equal({
        code: 0,
        stdout: 'own,inner,own,own,true undefined undefined\n',
        stderr: '',
      });
    });
  }

  // The parser that has called it is used again, or given up, while it is suspended.
  for (const [title, flags] of carriers) {
    it(`of a callback that Node's parser makes is still there when the parser is not${title}`, async () => {
      const program = `
        const { AsyncLocalStorage } = require('node:async_hooks');
        const http = require('node:http');
        const { sleep } = require('unblock');
        const storage = new AsyncLocalStorage();
        const server = http.createServer((request, response) => response.end('x')).listen(0, () => {
          http.get({ port: server.address().port }, (response) => {
            storage.run('run', () => {
              let isClosed = false;
              response.socket.on('close', () => (isClosed = true));
              response.resume();
              server.close();
              server.closeAllConnections();
              while (!isClosed) sleep(1);
              console.log(storage.getStore());
            });
            console.log(storage.getStore());
          });
        });`;
      const { code, stdout, stderr } = await spawnSource(program, { loader: true, flags });
      expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'run\nundefined\n', stderr: '' });
    });
  }

  it('is shown to async hooks as plain Node does when nothing blocks', async () => {
    const { plain, loaded } = await runBothWays(`
      const { AsyncResource, createHook, executionAsyncId, triggerAsyncId } = require('node:async_hooks');
      const fs = require('node:fs');
      const log = [];
      const start = () => {
        const base = executionAsyncId();
        const names = new Map([[base, 'base']]);
        const name = (id) => names.get(id) ?? (id === 0 ? 'none' : 'older');
        createHook({
          init: (id, type, trigger) => { names.set(id, type + names.size); log.push(['init', name(id), name(trigger), name(executionAsyncId())]); },
          before: (id) => log.push(['before', name(id), name(executionAsyncId()), name(triggerAsyncId())]),
          after: (id) => log.push(['after', name(id), name(executionAsyncId())]),
          promiseResolve: (id) => log.push(['resolve', name(id)]),
        }).enable();
        const steps = [
          () => setTimeout(next, 1),
          () => setImmediate(next),
          () => process.nextTick(next),
          () => fs.stat('.', next),
          () => Promise.resolve().then(next),
          () => void (async () => { await null; await null; next(); })(),
          () => new AsyncResource('OWN').runInAsyncScope(() => setImmediate(next)),
          () => queueMicrotask(next),
          () => require('node:crypto').randomBytes(8, next),
        ];
        const next = () => { const step = steps.shift(); if (step) setImmediate(step); else console.log(JSON.stringify(log)); };
        next();
      };
      setTimeout(start, 5);`);
    expect(JSON.parse(plain.stdout)).to.have.length.above(60);
    expect(loaded).to.deep.equal(plain);
  });
});
