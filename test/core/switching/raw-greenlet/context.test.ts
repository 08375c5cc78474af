import { expect } from 'chai';
import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

import { getMain, RawGreenlet } from '../../../../src/index';
import { SomeError, started, switchToParent, thrownBy } from '../../../support/greenlets';

interface Store {
  id: number;
}

describe('RawGreenlet: async context', () => {
  const storage = new AsyncLocalStorage<Store | undefined>();
  const id = () => storage.getStore()?.id;
  const enter = (own: number) => storage.enterWith({ id: own });

  describe('what a greenlet begins with', () => {
    /**
     * Four greenlets that set an id of their own and count twice under whatever id they find, while the main greenlet
     * counts under id 0; `found` is what they began with.
     */
    function count({ set = enter, propagate = (body: () => void) => body }) {
      const counts = [0, 0, 0, 0, 0];
      const found: unknown[] = [];
      const tally = () => {
        const own = id() ?? NaN;
        counts[own] = (counts[own] ?? NaN) + 1;
      };
      storage.run({ id: 0 }, () => {
        const greenlets = [1, 2, 3, 4].map((own) => {
          const body = () => {
            found.push(id());
            set(own);
            tally();
            switchToParent();
            tally();
            switchToParent();
          };
          return new RawGreenlet(propagate(body));
        });
        for (let round = 0; round < 2; round++) {
          tally();
          for (const greenlet of greenlets) greenlet.switch();
        }
        for (const greenlet of greenlets) greenlet.switch();
        expect(greenlets.every(({ dead }) => dead)).to.equal(true);
      });
      return { counts, found };
    }
    const eachItsOwn = { counts: [2, 2, 2, 2, 2], found: [0, 0, 0, 0] };

    it('case 54: run in a snapshot of its creator, each greenlet has its own store from then on', () => {
      const inSnapshot = (body: () => void) => {
        const snapshot = AsyncLocalStorage.snapshot();
        return () => snapshot(body);
      };
      expect(count({ propagate: inSnapshot })).to.deep.equal(eachItsOwn);
    });

    it('case 55: run bound to the context of its creator, each greenlet has its own store from then on', () => {
      expect(count({ propagate: (body) => AsyncLocalStorage.bind(body) })).to.deep.equal(eachItsOwn);
    });

    it('case 56: it inherits the stores of its creator, and what it enters is its own', () => {
      expect(count({})).to.deep.equal(eachItsOwn);
    });

    it('case 57: the store itself is shared, so what one greenlet writes into it all of them see', () => {
      const set = (own: number) => {
        const store = storage.getStore();
        if (store !== undefined) store.id = own;
      };
      expect(count({ set })).to.deep.equal({ counts: [1, 1, 1, 1, 6], found: [0, 1, 2, 3] });
    });

    it('rule "gr_context": what counts is the context of the construction, not of the first switch', () => {
      const greenlet = storage.run({ id: 1 }, () => new RawGreenlet(() => [id(), switchToParent(), id()]));
      const outside = new RawGreenlet(id);
      storage.run({ id: 2 }, () => {
        greenlet.switch();
        expect(outside.switch()).to.equal(undefined);
      });
      expect(greenlet.switch('resumed')).to.deep.equal([1, 'resumed', 1]);
    });

    it('rule "gr_context": a greenlet made by a greenlet inherits from that one', () => {
      const maker = new RawGreenlet(() => storage.run({ id: 1 }, () => new RawGreenlet(id)));
      const made = storage.run({ id: 2 }, () => maker.switch()) as RawGreenlet;
      expect(made.switch()).to.equal(1);
    });
  });

  describe('run and enterWith across switches', () => {
    it('case 58, rule "Context.run": runs may end in another order than they began', () => {
      const enterRun = (own: number) =>
        new RawGreenlet(() => {
          const inside = storage.run({ id: own }, () => [id(), switchToParent(), id()]);
          return [...inside, id()];
        });
      const [first, second] = [enterRun(1), enterRun(2)];
      first.switch();
      second.switch();
      expect(id()).to.equal(undefined);
      expect(first.switch()).to.deep.equal([1, undefined, 1, undefined]);
      expect(second.switch()).to.deep.equal([2, undefined, 2, undefined]);
      expect(id()).to.equal(undefined);
    });

    it('case 58: one store may be entered by two greenlets at once', () => {
      const store = { id: 7 };
      const enterRun = () => started(() => storage.run(store, () => [switchToParent(), id()]));
      const [first, second] = [enterRun(), enterRun()];
      expect(first.switch('a')).to.deep.equal(['a', 7]);
      expect(second.switch('b')).to.deep.equal(['b', 7]);
    });

    it('case 59: what is entered with enterWith may be left in any order', () => {
      const entering = (own: number) =>
        started(() => {
          enter(own);
          return [switchToParent(), id()];
        });
      const [first, second, third] = [entering(1), entering(2), entering(3)];
      expect(second.switch('b')).to.deep.equal(['b', 2]);
      expect(third.switch('c')).to.deep.equal(['c', 3]);
      expect(first.switch('a')).to.deep.equal(['a', 1]);
      expect(id()).to.equal(undefined);
    });

    it('case 60: entering takes effect at once, undefined resets, and both last over switches', () => {
      const greenlet = new RawGreenlet(() => {
        const seen = [id()];
        enter(1);
        seen.push(id());
        switchToParent();
        seen.push(id());
        storage.enterWith(undefined);
        seen.push(id());
        switchToParent();
        seen.push(id());
        return seen;
      });
      storage.run({ id: 9 }, () => {
        for (let step = 0; step < 2; step++) {
          greenlet.switch();
          expect(id()).to.equal(9);
        }
      });
      expect(greenlet.switch()).to.deep.equal([undefined, 1, 1, undefined, undefined]);
    });

    it('case 60: a switch out of exit takes the store from nobody else', () => {
      const greenlet = new RawGreenlet(() => {
        enter(1);
        const inside = storage.exit(() => [id(), switchToParent(), id()]);
        return [...inside, id()];
      });
      storage.run({ id: 2 }, () => {
        greenlet.switch();
        expect(id()).to.equal(2);
        expect(greenlet.switch('resumed')).to.deep.equal([undefined, 'resumed', undefined, 1]);
        expect(id()).to.equal(2);
      });
    });

    it('nothing that a greenlet entered is left behind when it returns, throws or is killed', () => {
      const endings: ((greenlet: RawGreenlet) => unknown)[] = [
        (greenlet) => greenlet.switch(),
        (greenlet) => thrownBy(() => greenlet.throw(SomeError)),
        (greenlet) => greenlet.throw(),
      ];
      for (const end of endings) {
        const greenlet = started(() => {
          enter(1);
          storage.run({ id: 2 }, () => switchToParent());
        });
        expect(id()).to.equal(undefined);
        end(greenlet);
        expect(greenlet.dead).to.equal(true);
        expect(id()).to.equal(undefined);
        storage.run({ id: 3 }, () => expect(id()).to.equal(3));
      }
    });

    it('a greenlet resumed from within run does not see that store, nor does the main greenlet lose it', () => {
      const main = getMain();
      const greenlet = started(() => {
        for (;;) main.switch(id());
      });
      storage.run({ id: 1 }, () => {
        expect(greenlet.switch()).to.equal(undefined);
        expect(id()).to.equal(1);
        storage.run({ id: 2 }, () => {
          expect(greenlet.switch()).to.equal(undefined);
          expect(id()).to.equal(2);
        });
        expect(id()).to.equal(1);
      });
    });
  });

  describe('the event loop', () => {
    it('callbacks and promises made by a greenlet carry its store, before a switch and after it', async () => {
      const seen: unknown[] = [];
      const note = (label: string) => () => seen.push(`${label} ${id()}`);
      const schedule = (when: string) => {
        setImmediate(note(`${when} immediate`));
        process.nextTick(note(`${when} tick`));
        void Promise.resolve().then(note(`${when} promise`));
      };
      const greenlet = storage.run({ id: 1 }, () =>
        started(() => {
          schedule('before');
          switchToParent();
          schedule('after');
        }),
      );
      storage.run({ id: 2 }, () => greenlet.switch());
      for (let turn = 0; turn < 3; turn++) await turnOfTheLoop();
      expect(seen.sort()).to.deep.equal([
        'after immediate 1',
        'after promise 1',
        'after tick 1',
        'before immediate 1',
        'before promise 1',
        'before tick 1',
      ]);
    });

    it('a greenlet resumed by a callback is in its own context there, and the callback keeps its own', async () => {
      const greenlet = storage.run({ id: 1 }, () => started(() => [switchToParent(), id()]));
      await storage.run({ id: 2 }, async () => {
        await turnOfTheLoop();
        expect(greenlet.switch('from a callback')).to.deep.equal(['from a callback', 1]);
        expect(id()).to.equal(2);
        await turnOfTheLoop();
        expect(id()).to.equal(2);
      });
    });

    it('the execution id of a callback is the same before and after its switches', async () => {
      await turnOfTheLoop();
      const before = executionAsyncId();
      const greenlet = started(() => storage.run({ id: 1 }, () => switchToParent()));
      expect(executionAsyncId()).to.equal(before);
      greenlet.switch();
      expect(executionAsyncId()).to.equal(before);
    });
  });
});
