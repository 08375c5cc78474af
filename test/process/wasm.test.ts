import { expect } from 'chai';
import path from 'node:path';

import { runBothWays } from '../support/both-ways';
import { repoRoot, type ScriptResult, spawnSource } from '../support/spawn-script';

const modulePath = path.join(repoRoot, 'test', 'stress', 'wasm-module.cjs');

// Compiles modules, makes them hot so that V8 replaces their code, and lets it collect what it has replaced, while
// greenlets are suspended with frames of WebAssembly on their stacks and without.
function program(setUp: string): string {
  return `
    const { getCurrent, RawGreenlet } = require('unblock');
    const { wasmBytes } = require(${JSON.stringify(modulePath)});
    ${setUp}
    const instantiate = (salt, pause) =>
      new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(salt)), { host: { pause } }).exports;
    const inWasm = new RawGreenlet(() => instantiate(1000, (n) => (n === 3 ? getCurrent().parent.switch() : n)).sum(5));
    const outside = new RawGreenlet(() => getCurrent().parent.switch());
    inWasm.switch();
    outside.switch();
    let sum = 0;
    for (let salt = 1; salt <= 15; salt++) {
      const { deep, sum: add } = instantiate(salt, (n) => n);
      for (let i = 0; i < 200; i++) sum += add(2000) - salt;
      sum += deep(100) - 100;
    }
    gc();
    console.log(sum === 15 * 200 * (2000 * 2001) / 2, inWasm.switch(3), outside.switch('done'));`;
}

function run(setUp: string, flags: readonly string[]): Promise<ScriptResult> {
  return spawnSource(program(setUp), { flags: ['--expose-gc', ...flags] });
}

describe("V8's collector of WebAssembly code", () => {
  for (const flag of ['--stress-wasm-code-gc', '--wasm-code-gc']) {
    it(`does not meet suspended greenlets (${flag})`, async () => {
      const stdout = 'true 1015 done\n';
      expect(await run('', [flag])).to.deep.equal({ code: 0, signal: null, stdout, stderr: '' });
    });
  }

  it('would end the process, which is why it is turned off', async () => {
    const turnOn = `require('node:v8').setFlagsFromString('--wasm-code-gc');`;
    const { signal, stderr } = await run(turnOn, ['--stress-wasm-code-gc']);
    expect(signal).to.be.oneOf(['SIGABRT', 'SIGILL', 'SIGTRAP']);
    expect(stderr).to.include('archived threads in combination with wasm not supported');
  });
});

const hasPromising = 'promising' in (Reflect.get(globalThis, 'WebAssembly') as object);

describe('calls of WebAssembly.promising', () => {
  before(function () {
    // Node has it from 24 on.
    if (!hasPromising) this.skip();
  });

  const instances = `
    const { wasmBytes } = require(${JSON.stringify(modulePath)});
    const instance = (pause) =>
      new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(0)), { host: { pause } }).exports;
    const delayed = (value) => new Promise((resolve) => setTimeout(resolve, 1, value));`;

  async function linesOf(source: string, flags: readonly string[] = []): Promise<string[]> {
    const { code, signal, stdout, stderr } = await spawnSource(instances + source, { loader: true, flags });
    expect({ code, signal, stderr }, stdout).to.deep.equal({ code: 0, signal: null, stderr: '' });
    return stdout.trimEnd().split('\n');
  }

  it('that wait for promises survive the collections of others, in a program that knows of no greenlets', async () => {
    const lines = await linesOf(
      `const later = async (value) => delayed(await value);
      const sum = WebAssembly.promising(instance(new WebAssembly.Suspending(later)).sum);
      setInterval(() => {
        for (let i = 0; i < 20_000; i++) globalThis.litter = { i };
        gc({ type: 'minor' });
      }, 1).unref();
      const call = async () => {
        for (let n = 0; n < 20; n++) if ((await sum(n)) !== (n * (n + 1)) / 2) console.log('wrong', n);
      };
      Promise.all(Array.from({ length: 100 }, call)).then(() => console.log('done'));`,
      ['--expose-gc'],
    );
    expect(lines).to.deep.equal(['done']);
  });

  it('really block below WebAssembly as long as there are any, and where that cannot be, say so', async () => {
    const lines = await linesOf(`
      const { execSync } = require('node:child_process');
      const { joinAll, sleep, spawn, wait } = require('unblock');
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      const others = (block) => {
        const before = turns;
        block();
        return turns > before ? 'let others run' : 'blocks';
      };
      const says = [];
      const pause = (n) => {
        if (n === 2) says.push(others(() => execSync('sleep 0.05')));
        try {
          if (n === 1) sleep(20);
        } catch (error) {
          says.push(error.code + ': ' + error.message);
        }
        return n;
      };
      const host = instance(pause);
      const sum = WebAssembly.promising(host.sum);
      console.log(joinAll([1, 2].map(() => spawn(() => wait(sum(2))))).map((greenlet) => greenlet.value));
      says.push(host.sum(1));
      for (const line of new Set(says)) console.log(line);
      console.log('below WebAssembly alone it', others(() => instance((n) => (sleep(20), n)).sum(1)));
      clearInterval(timer);`);
    expect(lines).to.deep.equal([
      '[ 3, 3 ]',
      'blocks',
      'ERR_UNBLOCK_BLOCKING_SWITCH_OUT: Impossible to block below a call of WebAssembly.promising',
      '1',
      'below WebAssembly alone it let others run',
    ]);
  });

  it('are those of plain Node to a program', async () => {
    const source = `${instances}
      const { promising } = WebAssembly;
      console.log(promising.name, promising.length, JSON.stringify(Object.getOwnPropertyDescriptor(WebAssembly, 'promising')));
      const { sum, trap } = instance(new WebAssembly.Suspending(delayed));
      const call = promising(sum);
      console.log(typeof call, call.name === sum.name, call.length, call(1) instanceof Promise);
      for (const bad of [undefined, () => {}, call]) {
        try {
          promising(bad);
        } catch (error) {
          console.log(error.constructor.name, error.message);
        }
      }
      process.on('unhandledRejection', (error, promise) => {
        console.log(error.constructor.name, error.message, promise === unhandled);
      });
      const unhandled = promising(trap)(1);`;
    const { plain, loaded } = await runBothWays(source);
    expect(plain.stdout.split('\n')).to.have.length(6);
    expect(loaded).to.deep.equal(plain);
  });
});
