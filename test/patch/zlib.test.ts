import { expect } from 'chai';
import path from 'node:path';

import { runBothWays } from '../support/both-ways';
import { repoRoot, spawnSource } from '../support/spawn-script';

// Every function, on little and on much, with options, and on what it must refuse; prints a line for each call.
const calls = `
  const zlib = require('node:zlib');
  const { createHash } = require('node:crypto');
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const bytes = (length, kinds) => Buffer.from(Array.from({ length }, () => random(kinds)));
  const inputs = [Buffer.alloc(0), bytes(10, 256), bytes(9000, 8), bytes(300_000, 256), Buffer.alloc(500_000), 'text'.repeat(20_000)];
  const shown = (value) => {
    if (value?.buffer instanceof Buffer) return ['info', value.engine.constructor.name, value.engine.bytesWritten, shown(value.buffer)];
    return [value.constructor.name, value.length, createHash('sha1').update(value).digest('hex')];
  };
  const say = (name, ...args) => {
    let outcome;
    try {
      outcome = shown(zlib[name](...args));
    } catch (error) {
      outcome = [error.constructor.name, error.message, Object.entries(error), error.stack.split('\\n').length > 2];
    }
    console.log(JSON.stringify([name, outcome]));
  };
  const pairs = [['deflateSync', 'inflateSync'], ['gzipSync', 'gunzipSync'], ['deflateRawSync', 'inflateRawSync'],
    ['gzipSync', 'unzipSync'], ['deflateSync', 'unzipSync'], ['brotliCompressSync', 'brotliDecompressSync'],
    ['zstdCompressSync', 'zstdDecompressSync']].filter(([name]) => name in zlib);
  const quick = (name) => (name.startsWith('brotli') ? { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } } : {});
  for (const [compress, decompress] of pairs) {
    for (const input of inputs) {
      say(compress, input, quick(compress));
      const packed = zlib[compress](input, quick(compress));
      say(decompress, packed);
      say(decompress, packed, { info: true });
      say(decompress, packed, { chunkSize: 200_000 });
      say(decompress, packed, { maxOutputLength: 100 });
      say(decompress, packed.subarray(0, packed.length >> 1));
      const broken = Buffer.from(packed);
      if (broken.length > 20) broken.fill(0xff, broken.length >> 1);
      say(decompress, broken);
      say(decompress, Buffer.concat([packed, bytes(20_000, 256)]));
      if (!(typeof input === 'string')) say(decompress, Buffer.concat([bytes(20_000, 256), packed]));
    }
    say(compress, inputs[3], { ...quick(compress), chunkSize: 64, info: true });
    for (const wrong of [undefined, null, 5, {}, [], Symbol.iterator]) say(compress, wrong);
    for (const wrong of [{ level: 99 }, { chunkSize: 1 }, { flush: 'x' }, { maxOutputLength: -1 }, 7]) say(compress, inputs[3], wrong);
  }`;

const core = (name: string): string => path.join(repoRoot, 'dist', 'src', 'core', `${name}.js`);

describe('zlib', () => {
  it('answers and refuses like plain Node, call for call', async () => {
    const { plain, loaded } = await runBothWays(calls);
    expect(plain.stdout.split('\n').length).to.be.greaterThan(300);
    expect(loaded).to.deep.equal(plain);
  }).timeout(60_000);

  const others = `
    const zlib = require('node:zlib');
    const { sleep } = require('unblock');
    const { spawn } = require(${JSON.stringify(core('greenlets/spawn'))});
    const { killAll } = require(${JSON.stringify(core('greenlets/kill-all'))});
    const input = require('node:crypto').randomBytes(3_000_000);
    let turns = 0;
    const count = () => { turns++; timer = setImmediate(count); };
    let timer = setImmediate(count);`;

  it('lets others run while much is compressed, and not for little', async () => {
    const program = `${others}
      const small = input.subarray(0, 1000);
      zlib.gunzipSync(zlib.gzipSync(small));
      const afterLittle = turns;
      const packed = zlib.gzipSync(input);
      const afterMuch = turns;
      const same = zlib.gunzipSync(packed).equals(input);
      clearImmediate(timer);
      console.log(afterLittle, afterMuch > 3, same);`;
    const { stdout, stderr } = await spawnSource(program, { loader: true });
    expect(stdout + stderr).to.equal('0 true true\n');
  });

  it('can be killed at work, and the next call is not disturbed', async () => {
    const program = `${others}
      const killed = [];
      for (let round = 0; round < 20; round++) {
        const greenlets = Array.from({ length: 4 }, () => spawn(() => zlib.gzipSync(input)));
        sleep(0);
        killAll(greenlets);
        killed.push(greenlets.every((each) => each.dead));
        if (round % 5 === 0) globalThis.gc();
        const small = input.subarray(0, 100_000);
        if (!zlib.gunzipSync(zlib.gzipSync(small)).equals(small)) console.log('wrong');
      }
      clearImmediate(timer);
      console.log(killed.every(Boolean));`;
    const { code, stdout, stderr } = await spawnSource(program, { loader: true, flags: ['--expose-gc'] });
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'true\n', stderr: '' });
  });
});
