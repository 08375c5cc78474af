import { expect } from 'chai';
import path from 'node:path';

import { repoRoot, type ScriptResult, spawnSource, type SpawnSourceOptions } from '../support/spawn-script';

const bindingPath = path.join(repoRoot, 'dist', 'src', 'core', 'binding.js');

// The least that the setting accepts.
const SMALLEST = String(160 * 1024);

const prelude = `
  const { getCurrent, getMain, GreenletError, RawGreenlet, sleep, spawnRaw } = require('unblock');
  const { binding } = require(${JSON.stringify(bindingPath)});
  const fs = require('node:fs');
  const inGreenlet = (run) => new RawGreenlet(run).switch();
  const start = () => {
    const greenlet = new RawGreenlet((first) => getCurrent().parent.switch(first + 1) + 1);
    if (greenlet.switch(1) !== 2) throw new Error('a wrong value');
    return greenlet;
  };
  const depth = () => { let levels = 0; const recurse = () => { levels++; recurse(); }; try { recurse(); } catch (error) { if (!(error instanceof RangeError)) throw error; } return levels; };
`;

function run(source: string, options: SpawnSourceOptions = {}): Promise<ScriptResult> {
  return spawnSource(prelude + source, options);
}

async function expectOutput(source: string, stdout: string, options: SpawnSourceOptions = {}): Promise<void> {
  expect(await run(source, options)).to.deep.equal({ code: 0, signal: null, stderr: '', stdout });
}

async function resultOf<T>(source: string, options: SpawnSourceOptions = {}): Promise<T> {
  const { stdout, ...end } = await run(`${source}\nconsole.log(JSON.stringify(result));`, options);
  expect(end).to.deep.equal({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as T;
}

// What needs much of the stack in C++ or in generated code, and what is known to recurse without end.
const hungry = `
  const attempt = (action) => { try { return String(action()); } catch (error) { return error.constructor.name; } };
  let nested = [];
  for (let i = 0; i < 1e5; i++) nested = [nested];
  const text = 'ab'.repeat(2e4);
  const hungry = [
    () => /^(?:(?:(?:(?:a|b)*?c?)*?d?)*?e?)*?$/.test(text),
    () => /(?:a|ab)*?b{3}$/.test('ab'.repeat(500) + 'x'),
    () => /((a)|(b))*(?:x|$)/.test(text),
    () => /(?:(?=(a+b))\\1|.)*?$/.exec(text)[0].length,
    () => new RegExp('(?:'.repeat(2e3) + 'a' + ')*'.repeat(2e3)).test(text),
    () => JSON.stringify(nested),
    () => JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)).length,
    () => structuredClone(nested),
    () => String(nested),
    () => nested.flat(Infinity).length,
    () => new Function('return ' + '('.repeat(1e5) + '1' + ')'.repeat(1e5)),
    () => text.replace(/b/g, () => 'c').length,
    () => [...text].sort((left, right) => (left < right ? -1 : 1)).length,
    () => String.fromCharCode(...Array(2e5).fill(65)).length,
    () => text.localeCompare(text + 'c', 'de'),
    () => { const proxy = new Proxy({}, { get: (target, key, self) => self[key] }); return proxy.endless; },
    () => { const looped = { toJSON: () => JSON.stringify(looped) }; return JSON.stringify(looped); },
    () => { class Endless { get [Symbol.toStringTag]() { return String(this); } } return String(new Endless()); },
  ];
  const attemptAll = () => hungry.map(attempt);`;

describe('a stack overflow in a greenlet', () => {
  it('is a RangeError there, and it and all others go on', async () => {
    await expectOutput(
      `
      const others = [start(), start()];
      const greenlet = new RawGreenlet(() => {
        for (let i = 0; i < 3; i++) if (depth() < 1000) throw new Error('too early');
        return getCurrent().parent.switch('still here') + depth();
      });
      console.log(greenlet.switch(), greenlet.switch(1) > 1000, others.map((other) => other.switch(5)).join());`,
      'still here true 6,6\n',
    );
  });

  it('uncaught is a RangeError in its parent, or the end of the process', async () => {
    await expectOutput(
      `
      const endless = () => endless() + 1;
      try { inGreenlet(endless); } catch (error) { console.log(error instanceof RangeError, error.message); }
      process.on('uncaughtException', (error) => console.log('uncaught', error instanceof RangeError));
      spawnRaw(endless);
      spawnRaw(() => console.log('goes on', inGreenlet(() => 42)));`,
      'true Maximum call stack size exceeded\nuncaught true\ngoes on 42\n',
    );
  });

  it('leaves room for what is hungry for stack: it ends as on the main stack', async () => {
    const { main, greenlet, afterwards } = await resultOf<Record<'main' | 'greenlet' | 'afterwards', string[]>>(`
      ${hungry}
      const main = attemptAll();
      const greenlet = inGreenlet(attemptAll);
      const afterwards = inGreenlet(() => { depth(); return attemptAll(); });
      const result = { main, greenlet, afterwards };`);
    expect(main.filter((outcome) => outcome.endsWith('Error'))).to.have.length.within(5, 14);
    expect(greenlet).to.deep.equal(main);
    expect(afterwards).to.deep.equal(main);
  });

  for (const [name, size] of [
    ['a stack of the preset size', undefined],
    ['the smallest stack', SMALLEST],
  ] as const) {
    it(`is a RangeError for each of them when hardly any is left of ${name}`, async () => {
      const source = `
        ${hungry}
        // Each is tried once at every one of the last levels, while the stack unwinds.
        const seen = new Set();
        const atTheEnd = (action) => {
          let left = 20;
          const recurse = () => {
            try { recurse(); } catch (error) { if (!(error instanceof RangeError)) throw error; }
            if (left-- > 0) seen.add(attempt(action).replace(/^(?!.*Error$).*$/, 'a value'));
            throw new RangeError();
          };
          try { recurse(); } catch (error) { if (!(error instanceof RangeError)) throw error; }
        };
        for (const action of hungry) inGreenlet(() => atTheEnd(action));
        const result = [...seen];`;
      const kinds = await resultOf<string[]>(source, { env: { UNBLOCK_STACK_SIZE: size } });
      // A pattern that is too deep to compile is a SyntaxError.
      expect(['RangeError', 'SyntaxError', 'a value']).to.include.members(kinds);
    });
  }

  it('comes no earlier than on the main stack, whatever recurses', async () => {
    const ratios = await resultOf<number[]>(`
      const overflow = (recurse) => { let levels = 0; const down = () => { levels++; return recurse(down); }; try { down(); } catch {} return levels; };
      const kinds = [
        (down) => { down(); },
        (down) => [1].map(down),
        (down) => { const [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6]; return down() + a + b + c + d + e + f; },
        (down) => 'x'.replace(/x/, down),
        (down) => JSON.stringify({ toJSON: down }),
        (down) => Reflect.apply(down, undefined, []),
        (down) => { for (const item of (function* () { yield down(); })()) return item; },
      ];
      const result = kinds.map((kind) => inGreenlet(() => overflow(kind)) / overflow(kind));`);
    for (const ratio of ratios) expect(ratio).to.be.within(0.85, 1.5);
  });

  it('is nothing that nested greenlets come to: each has a stack of its own', async () => {
    await expectOutput(
      `
      const nest = (levels) => (levels === 0 ? 0 : inGreenlet(() => nest(levels - 1)) + 1);
      const deep = (frames, then) => (frames === 0 ? then() : deep(frames - 1, then));
      console.log(nest(500), deep(4000, () => inGreenlet(() => deep(4000, () => inGreenlet(() => deep(4000, () => 7))))));`,
      '500 7\n',
    );
  });
});

describe('the stacks of greenlets', () => {
  // V8 knows one size of stack for the whole isolate, and aborts where it finds itself deeper.
  for (const size of [SMALLEST, String(600 * 1024), undefined]) {
    const named = `with UNBLOCK_STACK_SIZE ${size ?? 'unset'}`;
    it(`leave the main stack as deep as it was, ${named}, for recursion and for collections`, async () => {
      const source = `
        const before = depth();
        inGreenlet(depth);
        const collected = (levels) => { if (levels > 0) return collected(levels - 1); gc(); return Array.from({ length: 1e5 }, () => ({})).length; };
        const result = { ratio: depth() / before, collected: collected(before / 3), again: inGreenlet(depth) > 500 };`;
      const options = { flags: ['--expose-gc'], env: { UNBLOCK_STACK_SIZE: size } };
      const { ratio, ...rest } = await resultOf<{ ratio: number }>(source, options);
      expect(ratio).to.be.within(0.7, 1.5);
      expect(rest).to.deep.equal({ collected: 1e5, again: true });
    });

    it(`leave a worker's stack as deep as it was, ${named}`, async () => {
      const source = `
        const { Worker, isMainThread } = require('node:worker_threads');
        if (isMainThread) new Worker(__filename, { resourceLimits: { stackSizeMb: 16 } });
        else {
          const before = depth();
          const within = inGreenlet(depth);
          console.log(within > 500, before > 1e5, depth() > before * 0.7);
        }`;
      await expectOutput(source, 'true true true\n', { env: { UNBLOCK_STACK_SIZE: size } });
    });
  }

  for (const [size, least, most] of [
    [256 * 1024, 0.1, 0.35],
    [4 * 1024 * 1024, 3, 5],
  ] as const) {
    it(`have the size that UNBLOCK_STACK_SIZE=${size} says`, async () => {
      const env = { UNBLOCK_STACK_SIZE: String(size) };
      const ratio = await resultOf<number>(`const result = inGreenlet(depth) / depth();`, { env });
      expect(ratio).to.be.within(least, most);
    });
  }

  it('end in a page that cannot be touched, unless UNBLOCK_STACK_GUARD=0', async () => {
    const count = `
      const guards = () => fs.readFileSync('/proc/self/maps', 'latin1').match(/^\\S+ ---p 00000000 00:00 0/gm)?.length ?? 0;
      const before = guards();
      const held = Array.from({ length: 50 }, start);
      const result = { guards: guards() - before, overflows: inGreenlet(depth) > 1000, left: held.map((greenlet) => greenlet.switch(1)) };`;
    const left = Array.from({ length: 50 }, () => 2);
    const guarded = await resultOf<{ guards: number }>(count);
    expect(guarded).to.deep.include({ overflows: true, left });
    expect(guarded.guards).to.be.within(45, 55);
    const unguarded = await resultOf<{ guards: number }>(count, { env: { UNBLOCK_STACK_GUARD: '0' } });
    expect(unguarded).to.deep.include({ overflows: true, left });
    expect(unguarded.guards).to.be.below(5);
  });

  it('that are not to be had are an error in the caller, who can go on', async () => {
    const limited = `
      const { spawnSync } = require('node:child_process');
      const args = ['-c', 'ulimit -v 6000000 && exec "$0" "$@"', process.execPath, '-e', process.argv[2]];
      const { status, signal, stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
      console.log(stdout + stderr, status, signal);`;
    const program = `${prelude}
      const held = [];
      let error;
      try { for (;;) held.push(start()); } catch (caught) { error = caught; }
      console.log(error instanceof GreenletError, error.code, held.length > 2, getCurrent() === getMain());
      const later = new RawGreenlet((value) => value * 2);
      const codeOf = (action) => { try { return action(); } catch (caught) { return caught.code; } };
      console.log(codeOf(() => later.switch(4)), codeOf(() => held[0].switch(1)), later.active, later.dead);
      console.log(codeOf(() => later.switch(4)), later.dead, codeOf(() => start().active), codeOf(() => start().active));
      console.log(held.slice(1).every((greenlet) => greenlet.switch(5) === 6), binding.counts().active, inGreenlet(() => 7));`;
    const { stdout, stderr } = await spawnSource(limited, {
      args: [program],
      env: { UNBLOCK_STACK_SIZE: String(2 ** 28) },
    });
    expect(stderr).to.equal('');
    expect(stdout.trim().split('\n')).to.deep.equal([
      'true ERR_UNBLOCK_NO_STACK true true',
      'ERR_UNBLOCK_NO_STACK 2 false false',
      '8 true true ERR_UNBLOCK_NO_STACK',
      'true 1 7',
      ' 0 null',
    ]);
  });
});
