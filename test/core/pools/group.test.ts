import { expect } from 'chai';
import { inspect } from 'node:util';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnRaw } from '../../../src/core/greenlets/spawn';
import { Group } from '../../../src/core/pools/group';
import { withTimeout } from '../../../src/core/waiting/timeout';
import type { RawGreenlet } from '../../../src/index';
import { BlockingSwitchOutError, GreenletExit, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** Counts what it is shot with, and only a SomeError ends it. */
class Undead extends Greenlet<void> {
  shots = 0;

  protected override _run(): void {
    for (;;) {
      try {
        sleep(100_000);
      } catch (error) {
        if (error instanceof SomeError) return;
        this.shots++;
      }
    }
  }
}

describe('a Group', () => {
  collectReports();

  it(
    'has its greenlets as long as they live',
    inGreenlet(() => {
      const group = new Group();
      const short = group.spawn(() => sleep(1));
      const long = group.spawn((milliseconds: number) => sleep(milliseconds), 20);
      expect([group.size, group.has(short), ...group]).to.deep.equal([2, true, short, long]);
      short.join();
      sleep(0);
      expect([group.size, group.has(short), ...group]).to.deep.equal([1, false, long]);
      long.join();
      sleep(0);
      expect(group.size).to.equal(0);
    }),
  );

  it(
    'takes in greenlets that are there already',
    inGreenlet(() => {
      const greenlets = [spawn(() => sleep(1)), spawn(() => sleep(2))];
      const group = new Group(greenlets);
      expect(group.size).to.equal(2);
      group.add(greenlets[0]!);
      expect(group.size).to.equal(2);
      expect(group.join()).to.equal(true);
    }),
  );

  it(
    'starts greenlets of its class',
    inGreenlet(() => {
      class Mine extends Greenlet {}
      const group = new Group();
      group.greenletClass = Mine;
      expect(group.spawn(() => 1)).to.be.an.instanceOf(Mine);
      const greenlet = new Greenlet(() => 7);
      group.start(greenlet);
      expect(greenlet.get()).to.equal(7);
      group.join();
    }),
  );

  it(
    'lets one go that is discarded, alive',
    inGreenlet(() => {
      const group = new Group();
      const greenlet = group.spawn(() => sleep(100_000));
      group.discard(greenlet);
      group.discard(greenlet);
      expect([group.size, greenlet.linkCount, greenlet.dead]).to.deep.equal([0, 0, false]);
      expect(group.join()).to.equal(true);
      greenlet.kill();
    }),
  );

  it('refuses what is no greenlet', () => {
    const group = new Group();
    expect(() => group.add({} as RawGreenlet)).to.throw(TypeError, '"greenlet"');
    expect(() => new Group([5 as unknown as RawGreenlet])).to.throw(TypeError, '"greenlet"');
    expect(group.size).to.equal(0);
  });

  it(
    'is shown with how many are in it',
    inGreenlet(() => {
      const group = new Group();
      expect(inspect(group)).to.equal('Group { 0 greenlets }');
      group.spawn(() => undefined);
      expect(inspect(group)).to.equal('Group { 1 greenlet }');
      group.join();
    }),
  );

  it(
    'is killed at the end of a block that declares it with using',
    inGreenlet(() => {
      let greenlet;
      {
        using group = new Group();
        greenlet = group.spawn(() => sleep(100_000));
      }
      expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
    }),
  );
});

describe('Group.join', () => {
  collectReports();

  it(
    'waits until the group is empty',
    inGreenlet(() => {
      const group = new Group();
      expect(group.join()).to.equal(true);
      group.spawn(() => sleep(2));
      group.spawn(() => sleep(5));
      expect(group.join()).to.equal(true);
      expect(group.size).to.equal(0);
    }),
  );

  it(
    'gives up when the time is over',
    inGreenlet(() => {
      const group = new Group();
      const greenlet = group.spawn(() => sleep(100_000));
      for (const timeout of [0, 5]) expect(group.join(timeout)).to.equal(false);
      expect(group.join(5, { raiseError: true })).to.equal(false);
      greenlet.kill();
    }),
  );

  it(
    'throws the error of one that has failed meanwhile, if asked to',
    inGreenlet(() => {
      const group = new Group();
      group.spawn(() => sleep(1));
      const failing = group.spawn(() => {
        sleep(1);
        throw new SomeError();
      });
      expect(thrownBy(() => group.join(undefined, { raiseError: true }))).to.equal(failing.exception);
      expect(group.join(undefined, { raiseError: true })).to.equal(true);
    }),
  );

  it('must not wait on the hub', () => {
    const greenlet = new Greenlet();
    const group = new Group([greenlet]);
    expect(() => group.join()).to.throw(BlockingSwitchOutError);
    expect(() => group.join(undefined, { raise: true } as object)).to.throw(TypeError, 'raise');
    group.discard(greenlet);
  });
});

describe('Group.kill', () => {
  collectReports();

  it(
    'kills all and waits for their death',
    inGreenlet(() => {
      const group = new Group();
      const greenlets = [1, 2].map(() => group.spawn(() => sleep(100_000)));
      sleep(0);
      group.kill();
      expect(group.size).to.equal(0);
      for (const greenlet of greenlets) expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
    }),
  );

  it(
    'does not wait if asked not to',
    inGreenlet(() => {
      const group = new Group();
      for (let count = 0; count < 2; count++) group.spawn(() => sleep(100_000));
      sleep(0);
      group.kill(undefined, { block: false });
      expect(group.size).to.equal(2);
      sleep(0);
      sleep(0);
      expect(group.size).to.equal(0);
    }),
  );

  it(
    'shoots each only once',
    inGreenlet(() => {
      const undead = [Undead.spawn(), Undead.spawn()] as const;
      const shots = (): number[] => undead.map((greenlet) => greenlet.shots);
      sleep(0);
      const group = new Group(undead);
      expect(shots()).to.deep.equal([0, 0]);
      group.killOne(undead[0], undefined, { block: false });
      expect(shots()).to.deep.equal([0, 0]);
      sleep(0);
      expect(shots()).to.deep.equal([1, 0]);
      group.killOne(undead[0]);
      group.killOne(undead[0]);
      for (let time = 0; time < 3; time++) group.kill(undefined, { block: false });
      expect(shots()).to.deep.equal([1, 0]);
      sleep(1);
      expect(shots()).to.deep.equal([1, 1]);
      const nothing = {};
      expect(withTimeout({ milliseconds: 5, timeoutValue: nothing }, () => group.kill())).to.equal(nothing);
      expect(group.size).to.equal(2);
      expect(shots()).to.deep.equal([1, 1]);
      for (const greenlet of undead) greenlet.kill(SomeError);
    }),
  );

  it(
    'returns when the time is over, whoever lives',
    inGreenlet(() => {
      const undead = Undead.spawn();
      sleep(0);
      const group = new Group([undead]);
      group.kill(undefined, { timeout: 5 });
      expect([group.size, undead.linkCount]).to.deep.equal([1, 1]);
      undead.kill(SomeError);
    }),
  );

  it(
    'kills those too that come while it waits',
    inGreenlet(() => {
      const group = new Group();
      group.spawn(() => {
        try {
          sleep(100_000);
        } finally {
          group.spawn(() => sleep(100_000));
        }
      });
      sleep(0);
      group.kill();
      expect(group.size).to.equal(0);
    }),
  );

  it(
    'kills raw greenlets, and does not wait for those',
    inGreenlet(() => {
      const raw = spawnRaw(() => sleep(100_000));
      const group = new Group([raw]);
      sleep(0);
      group.kill();
      sleep(0);
      expect([raw.dead, group.size]).to.deep.equal([true, 1]);
      group.discard(raw);
      expect(group.size).to.equal(0);
    }),
  );

  it(
    'with another error ends them with that',
    inGreenlet(() => {
      const group = new Group();
      const greenlets = [group.spawn(() => sleep(100_000)), group.spawn(() => sleep(100_000))];
      sleep(0);
      group.killOne(greenlets[0]!, SomeError);
      group.kill(SomeError);
      for (const greenlet of greenlets) expect(greenlet.exception).to.be.an.instanceOf(SomeError);
    }),
  );
});
