import { expect } from 'chai';

import { getCurrent, getMain, RawGreenlet } from '../../../../src/index';
import { finished, started, switchToParent } from '../../../support/greenlets';
import { spawnSource } from '../../../support/spawn-script';

/** Resumes each greenlet once per round, the first one first, until all are dead; returns what each has returned. */
function takeTurns(greenlets: readonly RawGreenlet[]): unknown[] {
  const results: unknown[] = [];
  while (greenlets.some((greenlet) => !greenlet.dead)) {
    greenlets.forEach((greenlet, index) => {
      if (!greenlet.dead) results[index] = greenlet.switch();
    });
  }
  return results;
}

describe('RawGreenlet: switch', () => {
  describe('turns', () => {
    it('case 1: a greenlet and its parent take turns', () => {
      const order: number[] = [];
      const greenlet = new RawGreenlet(() => {
        order.push(1);
        switchToParent();
        order.push(3);
      });
      order.push(0);
      greenlet.switch();
      order.push(2);
      greenlet.switch();
      order.push(4);
      expect(order).to.deep.equal([0, 1, 2, 3, 4]);
    });

    it('case 4: two greenlets over one function have a frame each', () => {
      const order: string[] = [];
      function run(name: string) {
        let step = 0;
        order.push(`${name}${++step}`);
        switchToParent();
        order.push(`${name}${++step}`);
      }
      const first = new RawGreenlet(run);
      const second = new RawGreenlet(run);
      first.switch('a');
      second.switch('b');
      second.switch();
      expect(second.dead).to.equal(true);
      expect(first.dead).to.equal(false);
      first.switch();
      expect(first.dead).to.equal(true);
      expect(order).to.deep.equal(['a1', 'b1', 'b2', 'a2']);
    });

    it('case 5: a greenlet started by a greenlet comes back to its starter', () => {
      const order: string[] = [];
      const outer = new RawGreenlet(() => {
        order.push('a');
        started(() => {
          order.push('b');
          switchToParent();
        });
        order.push('c');
      });
      outer.switch();
      expect(order).to.deep.equal(['a', 'b', 'c']);
      expect(outer.dead).to.equal(true);
    });

    it('case 6: each of ten workers has a main greenlet and greenlets of its own', async () => {
      const { code, stdout, stderr } = await spawnSource(`
        const { Worker, isMainThread, parentPort } = require('node:worker_threads');
        const { RawGreenlet, getCurrent, getMain } = require('unblock');
        function takeTurns() {
          const order = [];
          const greenlet = new RawGreenlet(() => {
            order.push(1);
            getMain().switch();
            order.push(3);
          });
          order.push(0);
          greenlet.switch();
          order.push(2);
          greenlet.switch();
          return [...order, getCurrent() === getMain()].join();
        }
        if (isMainThread) {
          const results = [];
          for (let thread = 0; thread < 10; thread++) new Worker(__filename).on('message', (text) => results.push(text));
          process.on('exit', () => console.log(takeTurns() + ' ' + results.join(' ')));
        } else {
          parentPort.postMessage(takeTurns());
        }
      `);
      expect(code, stderr).to.equal(0);
      expect(stdout.trim().split(' ')).to.deep.equal(new Array(11).fill('0,1,2,3,true'));
    });

    it('rule "switch result": a switch returns what is next sent to its caller, by anyone', () => {
      const main = getMain();
      const stranger = new RawGreenlet(() => main.switch('from the stranger'));
      const greenlet = new RawGreenlet(() => {
        stranger.switch();
        return 'from the greenlet';
      });
      expect(greenlet.switch('a value for run')).to.equal('from the stranger');
      expect(greenlet.active).to.equal(true);
      expect(stranger.switch()).to.equal(undefined);
      expect(greenlet.switch()).to.equal('from the greenlet');
    });
  });

  describe('values', () => {
    it('rule "switch, unstarted": the arguments of the first switch are the arguments of run', () => {
      const received = (...args: unknown[]) => args;
      expect(new RawGreenlet(received).switch(1, 'two', undefined)).to.deep.equal([1, 'two', undefined]);
      expect(new RawGreenlet(received).switch()).to.deep.equal([]);
      expect(new RawGreenlet(received).switch([1, 2])).to.deep.equal([[1, 2]]);
    });

    it('case 14, rule "switch, suspended": no value arrives as undefined, one as itself, several as an array', () => {
      const received: unknown[] = [];
      const greenlet = started(() => {
        for (;;) received.push(switchToParent());
      });
      const object = { x: 3 };
      greenlet.switch();
      greenlet.switch(undefined);
      greenlet.switch(object);
      greenlet.switch(2, object);
      greenlet.switch(1, 2, 3);
      expect(received).to.deep.equal([undefined, undefined, object, [2, object], [1, 2, 3]]);
      expect(received[2]).to.equal(object);
    });

    it('rule "switch, suspended": an array is one value, so it cannot be told from several', () => {
      const array = [1, 2];
      const greenlet = started(() => switchToParent(switchToParent()));
      expect(greenlet.switch(array)).to.equal(array);
    });

    it('case 14: what a greenlet sends to its parent is packed the same way', () => {
      const greenlet = new RawGreenlet((x: number) => {
        switchToParent();
        switchToParent(x);
        switchToParent(x, x * x);
      });
      expect([greenlet.switch(3), greenlet.switch(), greenlet.switch()]).to.deep.equal([undefined, 3, [3, 9]]);
    });

    it('rule "Finish": what run returns reaches the parent as it is, never packed', () => {
      const array = [1, 2];
      const empty: unknown[] = [];
      expect(new RawGreenlet(() => array).switch()).to.equal(array);
      expect(new RawGreenlet(() => empty).switch()).to.equal(empty);
      expect(new RawGreenlet(() => undefined).switch(1)).to.equal(undefined);
      expect(new RawGreenlet(() => null).switch(1)).to.equal(null);
    });

    it('case 27: a list of arguments whose length switches meanwhile arrives whole', () => {
      const target = started(() => switchToParent(switchToParent()));
      const bystander = started(() => {
        for (;;) switchToParent('for the bystander');
      });
      const args: ArrayLike<unknown> = {
        get length() {
          getCurrent().switch('to itself');
          bystander.switch('elsewhere');
          return 2;
        },
        0: 'first',
        1: 'second',
      };
      expect(Reflect.apply(target.switch, target, args)).to.deep.equal(['first', 'second']);
    });
  });

  describe('into what does not wait', () => {
    it('rule "self-switch": switching to the current greenlet returns the packed values at once', () => {
      const here = getCurrent();
      expect([here.switch(), here.switch(7), here.switch(1, 2)]).to.deep.equal([undefined, 7, [1, 2]]);
      const inside = new RawGreenlet(() => getCurrent().switch('inside'));
      expect(inside.switch()).to.equal('inside');
    });

    it('rule "switch to dead": the nearest live ancestor gets the packed values', () => {
      const dead = finished();
      expect([dead.switch(), dead.switch(7), dead.switch(1, 2)]).to.deep.equal([undefined, 7, [1, 2]]);
      const ancestor = started(() => ['ancestor', switchToParent()]);
      const between = finished();
      between.parent = ancestor;
      dead.parent = between;
      expect(dead.switch('late')).to.deep.equal(['ancestor', 'late']);
    });
  });

  describe('inside native calls', () => {
    it('case 35: greenlets suspended inside sort comparators are resumed in any order', () => {
      function sorting(values: number[]) {
        return new RawGreenlet(() =>
          values.sort((a, b) => {
            switchToParent();
            return a - b;
          }),
        );
      }
      const results = takeTurns([sorting([5, 3, 1, 4]), sorting([2, 9]), sorting([8, 7, 6, 5, 4, 3, 2, 1])]);
      expect(results).to.deep.equal([
        [1, 3, 4, 5],
        [2, 9],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ]);
    });

    it('case 35: two greenlets switch to each other from inside their comparators', () => {
      const order: string[] = [];
      const first: RawGreenlet = new RawGreenlet(() => {
        const sorted = [2, 1].sort((a, b) => {
          order.push('first compares');
          second.switch();
          return a - b;
        });
        order.push(`first has ${sorted.join()}`);
        second.switch();
      });
      const second: RawGreenlet = new RawGreenlet(() => {
        const sorted = [4, 3].sort((a, b) => {
          order.push('second compares');
          first.switch();
          return a - b;
        });
        order.push(`second has ${sorted.join()}`);
      });
      first.switch();
      expect(order).to.deep.equal(['first compares', 'second compares', 'first has 1,2', 'second has 3,4']);
    });

    it('rule "Native frames": a switch out of any native callback keeps the frames below it', () => {
      const pause = <Value>(value: Value): Value => {
        switchToParent();
        return value;
      };
      const proxy = new Proxy({ x: 'trap' }, { get: (target, key) => pause(Reflect.get(target, key)) });
      const results = takeTurns([
        new RawGreenlet(() => 'a-b-c'.replace(/[a-c]/g, (letter) => pause(letter.toUpperCase()))),
        new RawGreenlet(() => JSON.stringify([{ toJSON: () => pause(1) }, { toJSON: () => pause(2) }])),
        new RawGreenlet(() => [1, 2, 3].reduce((sum, value) => pause(sum + value), 0)),
        new RawGreenlet(() => `${proxy.x} and ${String({ toString: () => pause('conversion') })}`),
        new RawGreenlet(() => Array.from({ length: 3 }, (_, index) => pause(index))),
        new RawGreenlet(() => Reflect.construct(Map, [[[1, pause('one')]]]).get(1)),
      ]);
      expect(results).to.deep.equal(['A-B-C', '[1,2]', 6, 'trap and conversion', [0, 1, 2], 'one']);
    });

    // V8 12 aborts the process if it takes these stringifies for nested ones.
    it('rule "Native frames": suspended calls of JSON.stringify end in any order, by a result, an error or not at all', async () => {
      const { code, stdout, stderr } = await spawnSource(`
        const { RawGreenlet, getCurrent, getMain } = require('unblock');
        const pause = (value) => (getMain().switch(), value);
        const stringify = (depth, name) =>
          JSON.stringify({ toJSON: () => (depth > 0 ? pause(stringify(depth - 1, name)) : pause(name)) });
        const start = (name) => {
          const greenlet = new RawGreenlet(() => stringify(2, name));
          greenlet.switch();
          return greenlet;
        };
        const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for (const order of orders) {
          const [kept, ended, thrown] = ['a', 'b', 'c'].map(start);
          const steps = [
            () => ended.switch(),
            () => { try { thrown.throw(new Error('thrown')); } catch (error) { return error.message; } },
            () => JSON.stringify({ toJSON: () => JSON.stringify({ toJSON: () => kept.switch() }) }),
          ];
          const results = order.map((step) => steps[step]());
          ended.switch();
          console.log(...order, ...results, ended.switch(), thrown.dead, JSON.stringify([1]));
          (globalThis.all ??= []).push(kept);
        }`);
      expect(stderr).to.equal('');
      const lines = ['012', '021', '102', '120', '201', '210'].map((order) => {
        const results = Array.from(order, (step) => ['undefined', 'thrown', 'undefined'][Number(step)]);
        return [...order, ...results, JSON.stringify(JSON.stringify('"b"')), true, '[1]'].join(' ');
      });
      expect(stdout.trimEnd().split('\n')).to.deep.equal(lines);
      expect(code).to.equal(0);
    });
  });
});
