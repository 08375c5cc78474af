import { expect } from 'chai';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnRaw } from '../../../src/core/greenlets/spawn';
import { keepSpawningStacks } from '../../../src/core/greenlets/spawn-tree';
import { getCurrent, getMain, sleep } from '../../../src/index';
import { runCollecting } from '../../support/collect';
import { declareCore } from '../../support/core-script';
import { collectReports } from '../../support/error-reports';
import { inGreenlet } from '../../support/in-greenlet';
import { spawnSource } from '../../support/spawn-script';

describe('the tree of greenlets', () => {
  it(
    'knows who has spawned each, raw or not',
    inGreenlet(() => {
      const parent = getCurrent();
      for (const start of [spawn, spawnRaw]) {
        const child = start(() => {
          expect(new Greenlet().spawningGreenlet).to.equal(child);
        });
        expect(child.spawningGreenlet).to.equal(parent);
      }
      sleep(0);
    }),
  );

  it('knows the main greenlet as a spawner', () => {
    expect(new Greenlet().spawningGreenlet).to.equal(getMain());
  });

  it('shares an object among all that descend from one child of the main greenlet, and no others', async () => {
    const localsOf = (greenlet: Greenlet): Promise<unknown> =>
      new Promise((resolve) => {
        greenlet.rawLink(() => resolve(greenlet.value));
      });
    const family = (): unknown[] => [
      spawn(() => spawn(() => (getCurrent() as Greenlet).spawnTreeLocals).get()).get(),
      new Greenlet().spawnTreeLocals,
      (getCurrent() as Greenlet).spawnTreeLocals,
    ];
    const [first, second] = [spawn(family), spawn(family)];
    const locals = (await Promise.all([localsOf(first), localsOf(second)])) as unknown[][];
    for (const [index, greenlet] of [first, second].entries()) {
      expect(new Set([...locals[index]!, greenlet.spawnTreeLocals]).size).to.equal(1);
    }
    expect(first.spawnTreeLocals).not.to.equal(second.spawnTreeLocals);
  });

  it(
    'shares it with raw greenlets and their children too',
    inGreenlet(() => {
      const raw = spawnRaw(() => {
        expect(new Greenlet().spawnTreeLocals).to.equal(raw.spawnTreeLocals);
      });
      expect(raw.spawnTreeLocals).to.equal(new Greenlet().spawnTreeLocals);
      sleep(0);
    }),
  );

  it('holds the spawners weakly', async () => {
    const isGone = await runCollecting(`
      ${declareCore}
      const { spawn } = core('greenlets/spawn');
      const children = [];
      spawn(() => children.push(spawn(() => {})));
      await collect(() => children.length === 1 && children[0].spawningGreenlet === undefined);
      return children[0].spawningGreenlet === undefined;
    `);
    expect(isGone).to.equal(true);
  });
});

describe('the name of a greenlet', () => {
  it('is its class and a small number, and can be set', () => {
    const greenlet = new Greenlet();
    expect(greenlet.name).to.equal(`Greenlet-${greenlet.minimalIdent}`);
    expect(greenlet.minimalIdent).to.be.at.least(0);
    expect(new Greenlet().minimalIdent).not.to.equal(greenlet.minimalIdent);
    greenlet.name = 'Foo';
    expect(greenlet.name).to.equal('Foo');
  });
});

describe('the spawning stack of a greenlet', () => {
  const reports = collectReports();

  function make(): Greenlet {
    return spawn(() => {
      throw new Error('expected');
    });
  }

  function deeply(depth: number): Greenlet {
    return depth === 0 ? make() : deeply(depth - 1);
  }

  it('is not kept unless asked for', () => {
    expect(new Greenlet().spawningStack).to.equal(undefined);
  });

  it('is kept if the environment says so', async () => {
    const script = `
      ${declareCore}
      function spawner() { core('greenlets/spawn').spawn(() => { throw new Error('expected'); }); }
      spawner();
    `;
    const { stderr } = await spawnSource(script, { env: { UNBLOCK_TRACK_GREENLET_TREE: '1' } });
    expect(stderr).to.match(/\n {2}spawned\n {4}at spawner /);
  });

  it(
    'has the 10 innermost frames of the program, whatever the limit for errors is',
    inGreenlet(() => {
      const limit = Error.stackTraceLimit;
      const before = keepSpawningStacks(true);
      try {
        for (const other of [limit, 0, 100]) {
          Error.stackTraceLimit = other;
          const greenlet = deeply(20);
          expect(Error.stackTraceLimit).to.equal(other);
          Error.stackTraceLimit = limit;
          const frames = greenlet.spawningStack!.split('\n');
          expect(frames).to.have.length(10);
          expect(frames[0]).to.match(/^ {4}at make /);
          expect(frames.slice(1).every((frame) => frame.startsWith('    at deeply '))).to.equal(true);
          greenlet.join();
        }
      } finally {
        Error.stackTraceLimit = limit;
        expect(keepSpawningStacks(before)).to.equal(true);
      }
    }),
  );

  it(
    'is told when the greenlet fails',
    inGreenlet(() => {
      const before = keepSpawningStacks(true);
      try {
        make().join();
      } finally {
        keepSpawningStacks(before);
      }
      expect(reports.join('')).to.match(/Error: expected\n[^]*\n {2}spawned\n {4}at make [^]*failed with Error\n$/);
    }),
  );
});
