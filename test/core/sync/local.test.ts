import { expect } from 'chai';
import { inspect } from 'node:util';

import { spawn, spawnRaw } from '../../../src/core/greenlets/spawn';
import { Local } from '../../../src/core/sync/local';
import { sleep } from '../../../src/index';
import { runCollecting } from '../../support/collect';
import { declareCore } from '../../support/core-script';
import { SomeError } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

describe('a Local', () => {
  it(
    'has a value of its own in each greenlet, raw or not, and on the hub',
    inGreenlet(() => {
      const local = new Local(() => ({ name: 'initial' }));
      local.value.name = 'here';
      const names = [spawn, spawnRaw].map((start) => {
        const seen: string[] = [];
        start(() => {
          seen.push(local.value.name);
          local.value.name = 'there';
          sleep(0);
          seen.push(local.value.name);
        });
        return seen;
      });
      sleep(0);
      sleep(0);
      expect(names).to.deep.equal([
        ['initial', 'there'],
        ['initial', 'there'],
      ]);
      expect(local.value.name).to.equal('here');
    }),
  );

  it(
    'makes the value once for each greenlet, when it is asked for',
    inGreenlet(() => {
      let made = 0;
      const local = new Local(() => ++made);
      expect([local.hasValue, made]).to.deep.equal([false, 0]);
      expect([local.value, local.value, local.hasValue]).to.deep.equal([1, 1, true]);
      expect(spawn(() => [local.value, local.value]).get()).to.deep.equal([2, 2]);
    }),
  );

  it(
    'is a bag of properties if it is given no function',
    inGreenlet(() => {
      const bag = new Local();
      bag.value.a = 1;
      expect(spawn(() => 'a' in bag.value).get()).to.equal(false);
      expect(bag.value).to.deep.equal({ a: 1 });
    }),
  );

  it(
    'can hold anything, undefined too, and be set and cleared',
    inGreenlet(() => {
      let made = 0;
      const local = new Local<unknown>(() => void made++);
      expect([local.value, local.value, made]).to.deep.equal([undefined, undefined, 1]);
      local.value = 5;
      expect(spawn(() => local.hasValue).get()).to.equal(false);
      expect(local.value).to.equal(5);
      local.clear();
      expect([local.hasValue, local.value, made]).to.deep.equal([false, undefined, 2]);
    }),
  );

  it(
    'has no value if its function has failed',
    inGreenlet(() => {
      let fails = true;
      const local = new Local(() => {
        if (fails) throw new SomeError();
        return 'made';
      });
      expect(() => local.value).to.throw(SomeError);
      expect(local.hasValue).to.equal(false);
      fails = false;
      expect(local.value).to.equal('made');
    }),
  );

  it(
    'may have a function that blocks',
    inGreenlet(() => {
      let next = 0;
      const local = new Local(() => {
        sleep(1);
        return next++;
      });
      const greenlets = [1, 2, 3].map(() => spawn(() => [local.value, local.value]));
      expect(greenlets.map((greenlet) => greenlet.get())).to.have.deep.members([
        [0, 0],
        [1, 1],
        [2, 2],
      ]);
    }),
  );

  it('is shown with the current value', () => {
    const local = new Local(() => 5);
    expect(inspect(local)).to.equal('Local {}');
    local.value = 7;
    expect(inspect(local)).to.equal('Local { 7 }');
    local.clear();
  });

  it('refuses what is no function', () => {
    expect(() => new Local(5 as unknown as () => number)).to.throw(TypeError, '"initial"');
  });
});

describe('the values of a Local', () => {
  const prelude = `
    ${declareCore}
    const [{ spawn }, { sleep }, { Local }] = [core('greenlets/spawn'), core('waiting/sleep'), core('sync/local')];
    let freed = 0;
    const registry = new FinalizationRegistry(() => freed++);
    const create = () => { const value = {}; registry.register(value); return value; };
  `;

  it('are let go when the greenlet has finished, even if that is kept', async () => {
    const freed = await runCollecting(`
      ${prelude}
      const local = new Local(create);
      const kept = [1, 2, 3, 4, 5].map(() => spawn(() => { local.value; }));
      await collect(() => freed === 5);
      return [freed, kept.length];
    `);
    expect(freed).to.deep.equal([5, 5]);
  });

  it('are let go when the Local is, even if the greenlet lives on', async () => {
    const freed = await runCollecting(`
      ${prelude}
      const greenlet = spawn(() => {
        (() => { for (let i = 0; i < 100; i++) new Local(create).value; })();
        sleep(1000);
      });
      await collect(() => freed === 100);
      greenlet.kill(undefined, { block: false });
      return freed;
    `);
    expect(freed).to.equal(100);
  });
});
