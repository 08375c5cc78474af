import { expect } from 'chai';
import path from 'node:path';

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
