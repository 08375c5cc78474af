import { expect } from 'chai';

import { loaderUrl, spawnSource, type SpawnSourceOptions } from '../../support/spawn-script';

// What runs while a patched call is under way, and what becomes of a call that can only wait.
const prelude = `
  const { getCurrent, RawGreenlet, sleep, spawn } = require('unblock');
  const { execSync } = require('node:child_process');
  const fs = require('node:fs');
  const others = () => {
    let ran = false;
    process.nextTick(() => { ran = true; });
    execSync('true');
    return ran ? 'others ran' : 'nothing ran';
  };
  const attempt = () => { try { sleep(1); return 'slept'; } catch (error) { return error.message; } };
  const tryAll = () => [others(), attempt()].join(', ');
  const results = {};
  process.on('exit', () => console.log(JSON.stringify(results)));`;

async function resultsOf(source: string, options: SpawnSourceOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await spawnSource(prelude + source, { loader: true, ...options });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const free = 'others ran, slept';
const held = (where: string): string => `nothing ran, Impossible to block ${where}`;

describe('a patched call blocks for real', () => {
  it('while a stack trace is prepared', async () => {
    const results = await resultsOf(`
      results.before = tryAll();
      Error.prepareStackTrace = (error, frames) => { results.inside = tryAll(); return frames.length > 0; };
      results.returned = new Error().stack;
      const target = {};
      Error.captureStackTrace(target);
      results.captured = target.stack;
      Error.prepareStackTrace = () => { throw 'thrown'; };
      try { new Error().stack; } catch (error) { results.threw = error; }
      results.after = tryAll();`);
    expect(results).to.deep.equal({
      ...{ before: free, after: free, returned: true, captured: true, threw: 'thrown' },
      inside: held('while a stack trace is prepared'),
    });
  });

  it('while a stack trace is prepared with source maps', async () => {
    const results = await resultsOf(
      `
      process.setSourceMapsEnabled(true);
      results.frame = / at .*script\\.cjs:\\d+/.test(new Error().stack);
      results.after = tryAll();`,
      { flags: ['--enable-source-maps'] },
    );
    expect(results).to.deep.equal({ frame: true, after: free });
  });

  it('in the callbacks of an async hook', async () => {
    const results = await resultsOf(`
      const { AsyncResource, createHook } = require('node:async_hooks');
      let ours;
      const once = (name) => (id, type) => {
        if (type === 'TEST' || (type === 'PROMISE' && name === 'init')) ours = id;
        if (results[name] === undefined && id === ours) results[name] = tryAll();
      };
      const hook = createHook({ init: once('init'), before: once('before'), after: once('after'), promiseResolve: once('resolve') });
      hook.enable();
      const resource = new AsyncResource('TEST');
      results.within = resource.runInAsyncScope(tryAll);
      ours = undefined;
      Promise.resolve();
      hook.disable();
      results.after_ = tryAll();`);
    expect(results).to.deep.equal({
      ...Object.fromEntries(
        ['init', 'before', 'after', 'resolve'].map((k) => [k, held('in a callback of an async hook')]),
      ),
      ...{ within: free, after_: free },
    });
  });

  it('in a script with a timeout, which ends nothing else', async () => {
    const results = await resultsOf(`
      const vm = require('node:vm');
      const context = vm.createContext({ tryAll });
      results.timed = vm.runInContext('tryAll()', context, { timeout: 1000 });
      results.here = vm.runInThisContext('tryAll => tryAll()')(tryAll);
      globalThis.tryAll = tryAll;
      results.timedHere = new vm.Script('tryAll()').runInThisContext({ timeout: 1000 });
      results.fresh = vm.runInNewContext('tryAll()', { tryAll }, { timeout: 1000 });
      results.untimed = vm.runInContext('tryAll()', context);
      try { vm.runInContext('for (;;);', context, { timeout: 5 }); } catch (error) { results.late = error.code; }
      try { vm.runInContext('1', context, { timeout: -1 }); } catch (error) { results.invalid = error.code; }
      results.after = tryAll();`);
    const timed = held('in a script with a timeout');
    expect(results).to.deep.equal({
      ...{ timed, timedHere: timed, fresh: timed, here: free, untimed: free, after: free },
      ...{ late: 'ERR_SCRIPT_EXECUTION_TIMEOUT', invalid: 'ERR_OUT_OF_RANGE' },
    });
  });

  it('in a module of vm with a timeout', async () => {
    const results = await resultsOf(
      `
      const vm = require('node:vm');
      const run = async (options) => {
        const output = {};
        const module = new vm.SourceTextModule('output.result = tryAll()', { context: vm.createContext({ tryAll, output }) });
        await module.link(() => {});
        await module.evaluate(options);
        return output.result;
      };
      (async () => { results.timed = await run({ timeout: 1000 }); results.untimed = await run(); })();`,
      { flags: ['--experimental-vm-modules', '--no-warnings'] },
    );
    expect(results).to.deep.equal({ timed: held('in a script with a timeout'), untimed: free });
  });

  it('when the console is a file', async () => {
    const program = `
      const fs = require('node:fs');
      const { sleep } = require('unblock');
      const { writeSync } = fs;
      // The console takes the function that it finds when it is first written to.
      fs.writeSync = (fd, text) => {
        let outcome = 'slept';
        try { sleep(1); } catch (error) { outcome = error.message; }
        return writeSync(fd, outcome + ': ' + text);
      };
      setTimeout(() => { console.log('to a file'); console.error('to a file as well'); }, 1);`;
    const results = await resultsOf(`
      const file = require('node:path').join(__dirname, 'output');
      const fd = fs.openSync(file, 'w');
      const { spawnSync } = require('node:child_process');
      const args = ['--import', ${JSON.stringify(loaderUrl)}, '-e', ${JSON.stringify(program)}];
      results.status = spawnSync(process.execPath, args, { stdio: ['ignore', fd, fd], cwd: __dirname }).status;
      results.text = fs.readFileSync(file, 'utf8');`);
    const impossible = 'Impossible to block while the console writes';
    expect(results).to.deep.equal({ status: 0, text: `${impossible}: to a file\n${impossible}: to a file as well\n` });
  });

  it('in a blocking section', async () => {
    const results = await resultsOf(`
      const { blocking } = require(require('node:path').join(require.resolve('unblock'), '..', 'core', 'hub', 'no-yield.js'));
      results.inside = blocking(tryAll);
      results.after = tryAll();`);
    expect(results).to.deep.equal({ inside: held('in a blocking section'), after: free });
  });
});

describe('the functions of Node that call the program where nothing can be suspended', () => {
  it('look as they did', async () => {
    const results = await resultsOf(`
      const asyncHooks = require('node:async_hooks');
      const vm = require('node:vm');
      const look = (fn) => [fn.name, fn.length].join();
      results.looks = [asyncHooks.createHook, vm.Script.prototype.runInContext, vm.Script.prototype.runInThisContext].map(look);
      const codeOf = (run) => { try { run(); } catch (error) { return error.code ?? error.name; } };
      results.errors = [codeOf(() => asyncHooks.createHook({ init: 1 })), codeOf(() => asyncHooks.createHook())];
      results.frozen = typeof asyncHooks.createHook(Object.freeze({ init() {} })).enable().disable;`);
    expect(results).to.deep.equal({
      looks: ['createHook,1', 'runInContext,2', 'runInThisContext,1'],
      errors: ['ERR_ASYNC_CALLBACK', 'TypeError'],
      frozen: 'function',
    });
  });
});
