import { expect } from 'chai';
import path from 'node:path';

import { repoRoot, spawnSource } from '../../support/spawn-script';

const bindingPath = path.join(repoRoot, 'dist', 'src', 'core', 'binding.js');

// What comes after a collection comes by and by: `settled` waits for as long as it takes, `collect` for what has to happen.
const prelude = `
  const { getCurrent, getMain, RawGreenlet } = require('unblock');
  const { binding } = require(${JSON.stringify(bindingPath)});
  const { setImmediate: nextTurn } = require('node:timers/promises');
  const use = (count) => {
    const greenlets = Array.from({ length: count }, () => new RawGreenlet(() => getMain().switch('in')));
    if (!greenlets.every((greenlet) => greenlet.switch() === 'in')) throw new Error('a wrong value');
    const { active } = binding.counts();
    for (const greenlet of greenlets) greenlet.switch();
    return active;
  };
  const collect = async () => { gc(); for (let turn = 0; turn < 20; turn++) await nextTurn(); };
  const settled = async (idle) => {
    for (let turn = 0; turn < 200 && binding.counts().idle !== idle; turn++) await collect();
    return binding.counts();
  };
`;

async function resultOf<T>(source: string, pool?: string): Promise<T> {
  const body = `${prelude}\n(async () => { ${source} })().then((result) => console.log(JSON.stringify(result)));`;
  const env = { UNBLOCK_STACK_POOL: pool };
  const { stdout, ...end } = await spawnSource(body, { flags: ['--expose-gc'], env });
  expect(end).to.deep.equal({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as T;
}

describe('the stacks of finished greenlets', () => {
  for (const pool of ['0', '5', undefined]) {
    it(`are there for the next ones, with UNBLOCK_STACK_POOL ${pool ?? 'unset'}`, async () => {
      const rounds = await resultOf('return [1, 2].map(() => [use(200), binding.counts()]);', pool);
      const round = [200, { active: 0, idle: 200 }];
      expect(rounds).to.deep.equal([round, round]);
    });
  }

  for (const [pool, kept] of [
    ['0', 0],
    ['5', 5],
    [undefined, 128],
    ['1000', 600],
  ] as const) {
    it(`are given back when nobody needs them, but for ${kept} with UNBLOCK_STACK_POOL ${pool ?? 'unset'}`, async () => {
      const source = `use(600); const counts = await settled(${kept}); await collect(); return [counts, binding.counts(), use(600)];`;
      const counts = { active: 0, idle: kept };
      expect(await resultOf(source, pool)).to.deep.equal([counts, counts, 600]);
    });
  }

  it('are kept as long as they are needed between two collections, and others go', async () => {
    const source = `
      use(300);
      const seen = [];
      for (let round = 0; round < 10; round++) { use(50); await collect(); seen.push(binding.counts().idle); }
      return [seen[0], seen.slice(3)];`;
    expect(await resultOf(source, '0')).to.deep.equal([300, Array(7).fill(50)]);
  });

  it('are given back while others are suspended, who go on', async () => {
    const source = `
      const held = Array.from({ length: 10 }, (_, index) => {
        const greenlet = new RawGreenlet(() => getMain().switch() + index);
        greenlet.switch();
        use(20);
        return greenlet;
      });
      const counts = await settled(0);
      return [counts, held.map((greenlet) => greenlet.switch(1)), use(30)];`;
    expect(await resultOf(source, '0')).to.deep.equal([{ active: 10, idle: 0 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 30]);
  });

  it('do not keep the process going', async () => {
    expect(await resultOf(`use(600); gc(); setImmediate(gc); return 'done';`, '0')).to.equal('done');
  });
});
