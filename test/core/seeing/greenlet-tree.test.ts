import { expect } from 'chai';

import type { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn } from '../../../src/core/greenlets/spawn';
import { keepSpawningStacks } from '../../../src/core/greenlets/spawn-tree';
import { GreenletTree } from '../../../src/core/seeing/greenlet-tree';
import { Event } from '../../../src/core/sync/event';
import { sleep } from '../../../src/core/waiting/sleep';
import { getCurrent, getMain, RawGreenlet } from '../../../src/index';
import { started, switchToParent } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function find(tree: GreenletTree, greenlet: RawGreenlet): GreenletTree | undefined {
  if (tree.greenlet === greenlet) return tree;
  return tree.children.map((child) => find(child, greenlet)).find((found) => found !== undefined);
}

function spawnNamed(name: string, run: () => unknown): Greenlet {
  const greenlet = spawn(run);
  greenlet.name = name;
  return greenlet;
}

describe('GreenletTree', () => {
  it(
    'has the hub at its root, and each greenlet under the one that has spawned it',
    inGreenlet(() => {
      const event = new Event();
      let grandchild: RawGreenlet | undefined;
      const child = spawn(() => {
        grandchild = spawn(() => event.wait());
        event.wait();
      });
      sleep(0);
      sleep(0);
      const tree = GreenletTree.currentTree();
      event.set();
      expect(tree.greenlet).to.equal(getMain());
      const above = find(tree, getCurrent())!;
      expect(tree.children).to.include(above);
      expect(above.children.map(({ greenlet }) => greenlet)).to.deep.equal([child]);
      expect(above.children[0]!.children.map(({ greenlet }) => greenlet)).to.deep.equal([grandchild]);
    }),
  );

  it(
    'has a spawner that has finished, as long as one of its descendants has not',
    inGreenlet(() => {
      const event = new Event();
      let last: RawGreenlet | undefined;
      const first = spawn(() => spawn(() => (last = spawn(() => event.wait()))));
      for (let turn = 0; turn < 3; turn++) sleep(0);
      const before = GreenletTree.currentTree();
      event.set();
      sleep(0);
      const after = GreenletTree.currentTree();
      expect(find(before, first)?.report.state).to.equal('dead');
      expect(find(find(before, first)!, last!)?.report.state).to.equal('waiting');
      expect(find(after, first)).to.equal(undefined);
    }),
  );

  it('has raw greenlets, which nobody has spawned, under the hub', () => {
    const greenlet = started(() => switchToParent());
    const tree = GreenletTree.currentTree();
    greenlet.switch();
    expect(tree.children.map((child) => child.greenlet)).to.include(greenlet);
  });

  it('is the only tree of the forest that a thread can see', () => {
    expect(GreenletTree.forest().map(({ greenlet }) => greenlet)).to.deep.equal([getMain()]);
  });

  describe('as text', () => {
    /** The part of the tree that begins with a greenlet of that name, without the positions in files. */
    function textOf(name: string, options?: { stacks?: boolean; stackLimit?: number }): string[] {
      const tree = GreenletTree.currentTree();
      const below = (each: GreenletTree): GreenletTree[] => [each, ...each.children.flatMap(below)];
      const part = below(tree).find(({ report }) => report.name === name)!;
      return part
        .format(options)
        .replace(/ \(\/.*\)/g, '')
        .split('\n');
    }

    it(
      'shows the state of each, where it waits and how it came there, and its children under it',
      inGreenlet(() => {
        const event = new Event();
        spawnNamed('mother', function runMother() {
          spawnNamed('elder', function runElder() {
            spawnNamed('grandchild', () => sleep(100_000));
            event.wait();
          });
          spawnNamed('younger', () => event.wait(100_000));
          event.wait();
        });
        for (let turn = 0; turn < 3; turn++) sleep(0);
        const plain = textOf('mother', { stacks: false }).map((line) => line.replace(/\d+ ms/, 'T ms'));
        const full = textOf('elder', { stackLimit: 1 });
        event.set();
        find(GreenletTree.currentTree(), getCurrent())!
          .children.flatMap(({ children }) => children)
          .flatMap(({ children }) => children)
          .forEach(({ greenlet }) => (greenlet as Greenlet).kill());
        expect(plain).to.deep.equal([
          'mother runMother: waiting in Event.wait',
          '├─ elder runElder: waiting in Event.wait',
          '│  └─ grandchild (anonymous): waiting in sleep, T ms left',
          '└─ younger (anonymous): waiting in Event.wait, T ms left',
        ]);
        expect(full.slice(0, 3)).to.deep.equal([
          'elder runElder: waiting in Event.wait',
          '│    at runElder',
          full[2]!.replace(/.*grandchild/, '└─ grandchild'),
        ]);
      }),
    );

    it(
      'shows where each was spawned, if that is kept',
      inGreenlet(() => {
        const event = new Event();
        const before = keepSpawningStacks(true);
        spawnNamed('child', () => event.wait());
        keepSpawningStacks(before);
        sleep(0);
        const lines = textOf('child');
        event.set();
        expect(lines).to.include('   spawned');
        expect(lines[lines.indexOf('   spawned') + 1]).to.equal('     at spawnNamed');
      }),
    );

    it('refuses wrong options', () => {
      const tree = GreenletTree.currentTree();
      for (const options of [{ stack: true }, { stacks: 1 }, { stackLimit: '1' }, null]) {
        expect(() => tree.format(options as never)).to.throw(TypeError);
      }
      for (const stackLimit of [-1, 0.5, NaN]) expect(() => tree.format({ stackLimit })).to.throw(RangeError);
    });
  });
});
