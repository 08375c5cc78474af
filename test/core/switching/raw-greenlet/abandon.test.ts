import { expect } from 'chai';

import { runCollecting } from '../../../support/collect';

describe('RawGreenlet: abandoned while suspended', () => {
  it('case 10: dropping the last reference throws GreenletExit in each suspended greenlet, one by one', async () => {
    const result = await runCollecting(`
      const seen = [];
      const held = [];
      function run() {
        try {
          getMain().switch();
        } catch (error) {
          seen.push(error instanceof GreenletExit && error.code);
          throw error;
        }
      }
      function hold() {
        for (let i = 0; i < 2; i++) {
          held.push(new RawGreenlet(run));
          held[i].switch();
        }
      }
      hold();
      const counts = [];
      await collect();
      counts.push(seen.length);
      held.pop();
      await collect(() => seen.length > 0);
      counts.push(seen.length);
      held.pop();
      await collect(() => seen.length > 1);
      counts.push(seen.length);
      return { counts, seen, warnings };
    `);
    const code = 'ERR_UNBLOCK_GREENLET_EXIT';
    expect(result).to.deep.equal({ counts: [0, 1, 2], seen: [code, code], warnings: [] });
  });

  it('rule "GC, suspended": never inside of the collection, later from the main greenlet, finally blocks run', async () => {
    const result = await runCollecting(`
      const order = [];
      let receivers = 0;
      const parent = new RawGreenlet(() => {
        getMain().switch();
        receivers++;
      });
      parent.switch();
      abandon(() => {
        try {
          getMain().switch();
        } finally {
          order.push('finally', getCurrent().parent === getMain(), parent.active);
        }
      }, parent);
      await Promise.resolve();
      gc();
      order.push('gc is over');
      await collect(() => order.length > 1);
      await collect();
      return { order, receivers, parentIsSuspended: parent.active, current: getCurrent() === getMain(), warnings };
    `);
    expect(result).to.deep.equal({
      order: ['gc is over', 'finally', true, true],
      receivers: 0,
      parentIsSuspended: true,
      current: true,
      warnings: [],
    });
  });

  it('case 11, rule "GC, other error": an error in place of the exit is one process warning and nothing else', async () => {
    const result = await runCollecting(`
      let uncaught = 0;
      process.on('uncaughtException', () => uncaught++);
      class Replacement extends Error {
        name = 'Replacement';
      }
      abandon(() => {
        try {
          getMain().switch();
        } catch {
          throw new Replacement('in place of the exit');
        }
      });
      await collect(() => warnings.length > 0);
      await collect();
      return { warnings, uncaught };
    `);
    expect(result).to.deep.equal({ warnings: ['Replacement: in place of the exit'], uncaught: 0 });
  });

  it('rule "GC, other error": it may be any value', async () => {
    const result = await runCollecting(`
      abandon(() => {
        try {
          getMain().switch();
        } catch {
          throw { code: 'NOT_AN_ERROR' };
        }
      });
      await collect(() => warnings.length > 0);
      return warnings;
    `);
    expect(result).to.have.length(1).and.to.have.property('0').that.includes('NOT_AN_ERROR');
  });

  it('rule "GC, survives": one that swallows the exit and switches out gets one warning, and is left alone', async () => {
    const result = await runCollecting(`
      let exits = 0;
      abandon(() => {
        for (;;) {
          try {
            getMain().switch();
          } catch {
            exits++;
          }
        }
      });
      await collect(() => warnings.length > 0);
      await collect();
      return { exits, warnings: warnings.map((text) => /GreenletExit did not kill .*RawGreenlet/.test(text)) };
    `);
    expect(result).to.deep.equal({ exits: 1, warnings: [true] });
  });

  it('case 20: one that resurrects itself has its own parent again, and can be switched to', async () => {
    const result = await runCollecting(`
      const main = getMain();
      const hub = new RawGreenlet(() => 'the hub runs');
      const seen = [];
      abandon(() => {
        try {
          main.switch();
        } catch (error) {
          seen.push(getCurrent().parent, getCurrent());
          hub.switch();
        }
        return 'the end';
      }, hub);
      await collect(() => seen.length > 0);
      const [parentInside, resurrected] = seen;
      const result = {
        parentInsideIsMain: parentInside === main,
        parentIsHub: resurrected.parent === hub,
        hubIsDead: hub.dead,
        active: resurrected.active,
        end: resurrected.switch(),
        dead: resurrected.dead,
      };
      return result;
    `);
    expect(result).to.deep.equal({
      parentInsideIsMain: true,
      parentIsHub: true,
      hubIsDead: true,
      active: true,
      end: 'the end',
      dead: true,
    });
  });

  it('case 26: one that drops itself and then switches delivers its value, and is killed afterwards', async () => {
    const result = await runCollecting(`
      const main = getMain();
      const workers = [];
      const seen = [];
      function work() {
        const value = main.switch();
        workers.length = 0;
        initiator.parent = main;
        gc();
        try {
          main.switch(value);
        } finally {
          seen.push(getCurrent().constructor === RawGreenlet);
        }
      }
      function prime() {
        workers.push(new RawGreenlet(work));
        workers[0].switch();
        return new RawGreenlet(() => 42, workers[0]);
      }
      const initiator = prime();
      const value = initiator.switch();
      const before = seen.length;
      await collect(() => seen.length > 0);
      return { value, before, seen, warnings };
    `);
    expect(result).to.deep.equal({ value: 42, before: 0, seen: [true], warnings: [] });
  });

  it('case 30: killed instances of a subclass keep their class, and no longer than they live', async () => {
    const result = await runCollecting(`
      const killed = [];
      const classes = [];
      function body() {
        try {
          getMain().switch();
        } catch (error) {
          if (error instanceof GreenletExit) killed.push(getCurrent());
        }
      }
      function make() {
        class Member extends RawGreenlet {}
        classes.push(new WeakRef(Member));
        for (let i = 0; i < 10; i++) new Member(body).switch();
      }
      make();
      await collect(() => killed.length === 10);
      const names = [...new Set(killed.map((member) => member.constructor.name))];
      const dead = killed.every((member) => member.dead);
      const classWhileHeld = classes[0].deref() !== undefined;
      killed.length = 0;
      await collect(() => classes[0].deref() === undefined);
      return { names, dead, classWhileHeld, classLater: classes[0].deref() !== undefined };
    `);
    expect(result).to.deep.equal({ names: ['Member'], dead: true, classWhileHeld: true, classLater: false });
  });

  // Compiled frames keep alive what they have done with, so that it takes many to see one that refers to its greenlet.
  for (const [how, resume] of Object.entries({
    'have been switched to': 'greenlet.switch(index)',
    'have been thrown into': 'greenlet.throw(thrown)',
  })) {
    it(`rule "GC, suspended": all of a thousand that ${how} many times`, async () => {
      const result = await runCollecting(`
        let ended = 0;
        // One for all: an error's stack refers to the functions that have made it.
        const thrown = new Error('thrown');
        function waitForAll() {
          try {
            for (;;) {
              try {
                getMain().switch();
              } catch (error) {
                if (error !== thrown) throw error;
              }
            }
          } finally {
            ended++;
          }
        }
        function make() {
          const greenlet = new RawGreenlet(waitForAll);
          greenlet.switch();
          for (let index = 0; index < 20; index++) ${resume};
        }
        for (let count = 0; count < 1000; count++) make();
        await collect(() => ended === 1000);
        return { ended, warnings };
      `);
      expect(result).to.deep.equal({ ended: 1000, warnings: [] });
    });
  }

  it('rule "GC, limits": one whose own stack refers to it is never found abandoned', async () => {
    const result = await runCollecting(`
      const seen = [];
      abandon(() => {
        const self = getCurrent();
        try {
          getMain().switch();
        } finally {
          seen.push(self.active);
        }
      });
      await collect();
      return seen;
    `);
    expect(result).to.deep.equal([]);
  });

  it('rule "GC, limits": one that has not started, or has ended, is collected without a word', async () => {
    const result = await runCollecting(`
      const seen = [];
      const refs = [];
      function make() {
        refs.push(new WeakRef(new RawGreenlet(() => seen.push('runs'))));
        const ended = new RawGreenlet(() => undefined);
        ended.switch();
        refs.push(new WeakRef(ended));
      }
      make();
      const isGone = (ref) => ref.deref() === undefined;
      await collect(() => refs.every(isGone));
      return { gone: refs.map(isGone), seen, warnings };
    `);
    expect(result).to.deep.equal({ gone: [true, true], seen: [], warnings: [] });
  });
});
