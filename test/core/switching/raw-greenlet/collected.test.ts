import { expect } from 'chai';

import { runCollecting } from '../../../support/collect';

describe('RawGreenlet: what the collector frees', () => {
  it('case 63: dead and unstarted greenlets in cycles are collected', async () => {
    const result = await runCollecting(`
      const seen = [];
      const refs = [];
      function make() {
        refs.push(new WeakRef(new RawGreenlet(getCurrent).switch()));
        const own = new RawGreenlet(() => seen.push('runs'));
        own.self = own;
        refs.push(new WeakRef(own));
        class Bound extends RawGreenlet {
          method() {
            seen.push('runs');
          }
        }
        const bound = new Bound();
        bound.run = bound.method.bind(bound);
        refs.push(new WeakRef(bound));
      }
      make();
      const isGone = (ref) => ref.deref() === undefined;
      await collect(() => refs.every(isGone));
      return { gone: refs.map(isGone), seen };
    `);
    expect(result).to.deep.equal({ gone: [true, true, true], seen: [] });
  });

  it('case 5: a dead greenlet that is kept keeps neither its run nor its arguments nor its result', async () => {
    const result = await runCollecting(`
      const refs = [];
      const held = [];
      function make() {
        const run = (argument) => ({ argument });
        const argument = {};
        const greenlet = new RawGreenlet(run);
        const result = greenlet.switch(argument);
        refs.push(new WeakRef(run), new WeakRef(argument), new WeakRef(result));
        held.push(greenlet);
      }
      make();
      const isGone = (ref) => ref.deref() === undefined;
      await collect(() => refs.every(isGone));
      return { gone: refs.map(isGone), dead: held[0].dead };
    `);
    expect(result).to.deep.equal({ gone: [true, true, true], dead: true });
  });

  it('case 64: a suspended greenlet in a cycle is killed once, and what it held is finalized once', async () => {
    const result = await runCollecting(`
      const finalized = [];
      const registry = new FinalizationRegistry((name) => finalized.push(name));
      const seen = [];
      function make() {
        const array = [];
        registry.register(array, 'array');
        const greenlet = new RawGreenlet(() => {
          const local = { name: 'held by the stack' };
          registry.register(local, local.name);
          try {
            getMain().switch();
          } catch (error) {
            seen.push(error instanceof GreenletExit, local.name);
          }
        });
        greenlet.array = array;
        array.push(greenlet);
        greenlet.switch();
      }
      make();
      await collect(() => finalized.length === 2);
      await collect();
      return { seen, finalized: finalized.sort() };
    `);
    expect(result).to.deep.equal({ seen: [true, 'held by the stack'], finalized: ['array', 'held by the stack'] });
  });

  it('case 65: a cycle held by a suspended stack alone is freed once that greenlet is garbage, not before', async () => {
    const result = await runCollecting(`
      const finalized = [];
      const registry = new FinalizationRegistry((name) => finalized.push(name));
      function inner() {
        const first = {};
        const second = { first };
        first.second = second;
        registry.register(first, 'first');
        registry.register(second, 'second');
        getMain().switch();
        return [first, second];
      }
      const held = [];
      const outer = new RawGreenlet(() => {
        const greenlet = new RawGreenlet(inner);
        held.push(greenlet);
        greenlet.switch();
      });
      outer.switch();
      await collect();
      const before = finalized.length;
      outer.switch();
      held.length = 0;
      await collect(() => finalized.length === 2);
      return { before, outerIsDead: outer.dead, finalized: finalized.sort() };
    `);
    expect(result).to.deep.equal({ before: 0, outerIsDead: true, finalized: ['first', 'second'] });
  });

  it('case 66: a WeakRef to a child is empty already in the finally block of its abandoned parent', async () => {
    const result = await runCollecting(`
      const seen = [];
      let ref;
      function make() {
        const victim = new RawGreenlet(() => {
          try {
            getMain().switch();
          } finally {
            seen.push(ref.deref() === undefined);
          }
        });
        victim.switch();
        ref = new WeakRef(new RawGreenlet(() => undefined, victim));
      }
      make();
      await collect(() => seen.length > 0);
      return seen;
    `);
    expect(result).to.deep.equal([true]);
  });

  it('case 67: what is sent to and fro a hundred times is not kept', async () => {
    const result = await runCollecting(`
      const refs = [];
      const greenlet = new RawGreenlet(() => {
        let value = getMain().switch();
        for (;;) value = getMain().switch(value);
      });
      greenlet.switch();
      function sendObjects() {
        for (let i = 0; i < 50; i++) {
          const value = { i };
          refs.push(new WeakRef(value));
          if (greenlet.switch(value) !== value) throw new Error('another value came back');
          const pair = greenlet.switch(value, {});
          refs.push(new WeakRef(pair), new WeakRef(pair[1]));
        }
      }
      function sendNothing() {
        for (let i = 0; i < 3; i++) greenlet.switch();
      }
      sendObjects();
      sendNothing();
      const kept = () => refs.filter((ref) => ref.deref() !== undefined).length;
      await collect(() => kept() === 0);
      return { sent: refs.length, kept: kept(), active: greenlet.active };
    `);
    expect(result).to.deep.equal({ sent: 150, kept: 0, active: true });
  });

  it('case 68: workers that end with suspended greenlets give back the memory of their stacks', async () => {
    const result = await runCollecting(`
      const { Worker } = require('node:worker_threads');
      const source = \`
        const { RawGreenlet, getMain } = require('unblock');
        // Touches some 200 KB of each stack.
        const deep = (depth) => (depth === 0 ? getMain().switch() : deep(depth - 1));
        for (let i = 0; i < 50; i++) new RawGreenlet(deep).switch(2000);
        require('node:worker_threads').parentPort.postMessage('suspended');
      \`;
      async function runWorker() {
        const worker = new Worker(source, { eval: true });
        let said = 0;
        worker.on('message', () => said++);
        const code = await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
        if (code !== 0 || said !== 1) throw new Error('exit code ' + code);
      }
      for (let round = 0; round < 3; round++) await runWorker();
      await collect();
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 8; round++) await runWorker();
      await collect();
      return (process.memoryUsage().rss - before) / 2 ** 20;
    `);
    // In MB; eight times fifty stacks would be 80.
    expect(result).to.be.below(25);
  });

  it('case 69: thousands of greenlets that come and go leave memory as it was', async () => {
    const result = await runCollecting(`
      function comeAndGo() {
        for (let i = 0; i < 10_000; i++) {
          const greenlet = new RawGreenlet((value) => getMain().switch(value));
          greenlet.switch(i);
          greenlet.switch();
        }
      }
      const measure = () => {
        const { rss, heapUsed } = process.memoryUsage();
        return [rss, heapUsed];
      };
      comeAndGo();
      await collect();
      const before = measure();
      for (let round = 0; round < 3; round++) comeAndGo();
      await collect();
      return measure().map((bytes, index) => (bytes - before[index]) / 2 ** 20);
    `);
    const [rss, heap] = result as [number, number];
    // Per greenlet: less than a page, and less than its handle.
    expect(rss).to.be.below(40);
    expect(heap).to.be.below(1);
  });

  it('case 70: of thousands of finalizers one may switch, and each runs once', async () => {
    const result = await runCollecting(`
      const runs = [];
      let switched = 0;
      const registry = new FinalizationRegistry((index) => {
        if (index === 40) {
          const greenlet = new RawGreenlet(() => {
            make(1000, 1000);
            gc();
            getMain().switch();
            switched++;
          });
          greenlet.switch();
          gc();
          greenlet.switch();
        }
        runs.push(index);
      });
      function make(count, from = 0) {
        for (let index = from; index < from + count; index++) registry.register({}, index);
      }
      make(1000);
      await collect(() => runs.length >= 2000);
      await collect();
      return { runs: runs.length, distinct: new Set(runs).size, switched };
    `);
    expect(result).to.deep.equal({ runs: 2000, distinct: 2000, switched: 1 });
  });

  it('case 74: a thousand errors that cross two greenlets leave neither of them to the collector', async () => {
    const result = await runCollecting(`
      const refs = [];
      function cross() {
        for (let round = 0; round < 1000; round++) {
          const outer = new RawGreenlet(() => {
            const inner = new RawGreenlet(() => {
              throw new Error('crosses');
            });
            refs.push(new WeakRef(inner));
            inner.switch();
          });
          refs.push(new WeakRef(outer));
          try {
            outer.switch();
          } catch {}
        }
      }
      cross();
      const kept = () => refs.filter((ref) => ref.deref() !== undefined).length;
      await collect(() => kept() === 0);
      return [refs.length, kept()];
    `);
    expect(result).to.deep.equal([2000, 0]);
  });
});
