import { expect } from 'chai';

import { loaderUrl, type ScriptResult, spawnSource } from '../support/spawn-script';

// What a build of Node that shows less of its internals is like: the add-on finds none of them, or one name is not there.
const blindfold = `
  const { dlopen } = process;
  const without = (object, name) => {
    if (!(name in object)) throw new Error('there is no ' + name);
    const rest = Object.create(Object.getPrototypeOf(object), Object.getOwnPropertyDescriptors(object));
    delete rest[name];
    return rest;
  };
  process.dlopen = function (module, ...args) {
    Reflect.apply(dlopen, this, [module, ...args]);
    const { internals } = module.exports;
    if (internals === undefined) return;
    const [place, name] = process.env.LACKING.split(' ');
    module.exports.internals = () => {
      if (place === 'everything') return undefined;
      const { internalBinding, require } = internals();
      const lacking = (get) => (id) => (id === place ? without(get(id), name) : get(id));
      return { internalBinding: lacking(internalBinding), require: lacking(require) };
    };
  };`;

const prelude = `
  const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
  const fs = require('node:fs');
  const { isModulePatched } = require('unblock/patch');
  const { joinAll, sleep, spawn, spawnRaw, wait } = require('unblock');
  const outcomeOf = (call) => { try { return call(); } catch ({ code }) { return code; } };
  const othersRun = (block) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    try { block(); } finally { clearInterval(timer); }
    return turns > 0;
  };
  const ways = {
    sleep: () => sleep(20),
    wait: () => wait(new Promise((resolve) => setTimeout(resolve, 20))),
    crypto: () => require('node:crypto').pbkdf2Sync('secret', 'salt', 300000, 64, 'sha512'),
    child_process: () => require('node:child_process').execSync('sleep 0.1'),
    fs: () => { for (const end = Date.now() + 20; Date.now() < end; ) fs.readFileSync(__filename); },
  };
  const cooperative = () => Object.keys(ways).filter((name) => othersRun(ways[name])).join();`;

async function run(lacking: string, source: string, env: Record<string, string> = {}): Promise<ScriptResult> {
  return await spawnSource(`${prelude}${source}`, {
    // By --require, as whatever is loaded before is warned of.
    flags: ['--require', './blindfold.cjs', '--import', loaderUrl],
    files: { 'blindfold.cjs': blindfold },
    env: { LACKING: lacking, ...env },
  });
}

function warningsIn(stderr: string): string[] {
  return [...stderr.matchAll(/^.*\[UNBLOCK_DEGRADED\] UnblockPatchWarning: (.*)$/gm)].map(([, text = '']) => text);
}

/** Runs a program, and returns what it has printed, sorted, and what was said of what is missing. */
async function linesOf(lacking: string, source: string): Promise<{ lines: string[]; warnings: string[] }> {
  const { code, stdout, stderr } = await run(lacking, source);
  expect(code, stderr).to.equal(0);
  return { lines: stdout.trimEnd().split('\n').sort(), warnings: warningsIn(stderr) };
}

const rest = '. The rest is cooperative, in greenlets that the program spawns';
const so = 'So this is left as in plain Node, and blocks the process: ';

describe('a Node that shows none of its internals', () => {
  const nothing = `This build of Node ${process.version} shows none of its internals`;
  const everything = `${nothing}. ${so}callbacks, the main program, fs, child_process, zlib${rest}`;

  it('has cooperative greenlets; all others really block, or are told that they cannot; it is said once', async () => {
    const { lines, warnings } = await linesOf(
      'everything',
      `console.log('main', outcomeOf(() => sleep(1)), fs.readFileSync(__filename).length > 0, outcomeOf(cooperative));
      setTimeout(() => console.log('callback', outcomeOf(() => sleep(1)), fs.existsSync(__filename)), 1);
      Promise.resolve().then(() => console.log('promise', outcomeOf(() => sleep(1)), fs.existsSync(__filename)));
      spawn(() => console.log('greenlet', cooperative()));
      console.log(['timers', 'crypto', 'fs', 'child_process', 'zlib'].filter(isModulePatched).join());
      require('unblock/patch').patchAll();`,
    );
    const cannot = 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT';
    expect(lines).to.deep.equal([
      `callback ${cannot} true`,
      'greenlet sleep,wait,crypto',
      `main ${cannot} true ${cannot}`,
      `promise ${cannot} true`,
      'timers,crypto',
    ]);
    expect(warnings).to.deep.equal([everything]);
  });

  it('shows a greenlet its own stores, and cannot suspend it in an AsyncResource', async () => {
    const { lines } = await linesOf(
      'everything',
      `const storage = new AsyncLocalStorage();
      let wrong = 0;
      const check = (store) => { if (storage.getStore() !== store) wrong++; };
      const body = (own) => {
        for (let turn = 0; turn < 5; turn++) {
          sleep(turn % 3);
          check(own);
          storage.run('inner ' + own, () => { sleep(1); check('inner ' + own); });
          check(own);
        }
        storage.enterWith('entered ' + own);
        sleep(1);
        check('entered ' + own);
        setTimeout(() => check('entered ' + own), 1);
        sleep(5);
      };
      spawn(() => {
        const greenlets = Array.from({ length: 20 }, (_, i) => storage.run(i, () => spawn(body, i)));
        joinAll(greenlets);
        console.log('stores', wrong, storage.getStore());
        const resource = new AsyncResource('A');
        console.log('resource', resource.runInAsyncScope(() => outcomeOf(() => sleep(1))));
        console.log('blocks', resource.runInAsyncScope(() => othersRun(ways.crypto)), othersRun(ways.crypto));
        console.log('raw', outcomeOf(() => resource.runInAsyncScope(() => require('unblock').getHub().greenlet.switch())));
      });
      setTimeout(() => console.log('hub', storage.getStore()), 10);`,
    );
    expect(lines).to.deep.equal([
      'blocks false true',
      'hub undefined',
      'raw ERR_UNBLOCK_BLOCKING_SWITCH_OUT',
      'resource ERR_UNBLOCK_BLOCKING_SWITCH_OUT',
      'stores 0 undefined',
    ]);
  });

  it('ends by an uncaught error of a greenlet, which can be caught as ever', async () => {
    const uncaught = `spawnRaw(() => { sleep(1); throw new Error('boom'); }); setInterval(() => {}, 1000);`;
    const { code, stderr } = await run('everything', uncaught);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^Error: boom$/m);
    const caught = `process.on('uncaughtException', ({ message }) => { console.log(message); process.exit(0); });`;
    expect((await linesOf('everything', `${caught}${uncaught}`)).lines).to.deep.equal(['boom']);
  });

  it('tells with UNBLOCK_DEBUG=patch what was left, and why', async () => {
    const { stderr } = await run('everything', '', { UNBLOCK_DEBUG: 'patch' });
    for (const part of ['callbacks, the main program', 'fs', 'child_process', 'zlib']) {
      expect(stderr).to.contain(`unblock: ${part}: nothing patched\nunblock: ${part}: left, because ${nothing}\n`);
    }
    expect(stderr).to.match(/^unblock: crypto: .*pbkdf2Sync/m);
  });
});

describe('a Node that lacks one of its internals', () => {
  const program = `
    spawn(() => console.log('greenlet', cooperative()));
    console.log('main', outcomeOf(() => { sleep(1); return 'slept'; }));`;
  const hooks = 'callbacks, the main program, fs';
  const cannot = 'main ERR_UNBLOCK_BLOCKING_SWITCH_OUT';
  const withoutHooks = ['greenlet sleep,wait,crypto,child_process', cannot];
  const cases: ReadonlyArray<readonly [place: string, name: string, left: string, lines: readonly string[]]> = [
    ['async_wrap', 'setCallbackTrampoline', hooks, withoutHooks],
    ['task_queue', 'setTickCallback', hooks, withoutHooks],
    ['internal/timers', 'getTimerCallbacks', hooks, withoutHooks],
    ['internal/modules/cjs/loader', 'kIsExecuting', hooks, withoutHooks],
    ['internal/bootstrap/realm', 'BuiltinModule', hooks, withoutHooks],
    ['internal/async_hooks', 'pushAsyncContext', hooks, withoutHooks],
    ['stream_wrap', 'WriteWrap', 'child_process', ['greenlet sleep,wait,crypto,fs', 'main slept']],
    ['fs', 'FSReqCallback', 'fs', ['greenlet sleep,wait,crypto,child_process', 'main slept']],
  ];
  for (const [place, name, left, lines] of cases) {
    it(`leaves all that needs ${name} as it is, and nothing else`, async () => {
      const found = await linesOf(`${place} ${name}`, program);
      expect(found.lines).to.deep.equal(lines);
      expect(found.warnings).to.deep.equal([
        `Node ${process.version} has no ${name} in its ${place}. ${so}${left}${rest}`,
      ]);
    });
  }

  it('is warned of when a module is loaded that needs it, also after a subscriber has thrown', async () => {
    const program = `
      const { patchAll, subscribers } = require('unblock/patch');
      subscribers.push(({ module }) => { if (module === 'globals') throw new RangeError('mine'); });
      try { patchAll(); } catch ({ message }) { console.log(message); }
      require('node:child_process');`;
    const { stdout, stderr } = await spawnSource(program, {
      flags: ['--require', './blindfold.cjs'],
      files: { 'blindfold.cjs': blindfold },
      env: { LACKING: 'stream_wrap WriteWrap' },
    });
    expect(stdout).to.equal('mine\n');
    expect(warningsIn(stderr)).to.have.length(1);
    expect(warningsIn(stderr)[0]).to.contain(`${so}child_process${rest}`);
  });
});
