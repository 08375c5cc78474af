import { expect } from 'chai';
import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';

import { Greenlet, type SpawnCallback } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnLater, spawnRaw } from '../../../src/core/greenlets/spawn';
import { Event } from '../../../src/core/sync/event';
import { Timeout } from '../../../src/core/waiting/timeout';
import { BlockingSwitchOutError, getCurrent, getHub, GreenletExit, setTrace, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

const neverRuns = (): never => {
  throw new Error('it ran');
};

/** All that can be seen of a greenlet's state. */
function stateOf(greenlet: Greenlet): object {
  const { started, dead, value, exception } = greenlet;
  return { started, dead, ready: greenlet.ready(), successful: greenlet.successful(), value, exception };
}

const notFinished = { dead: false, ready: false, successful: false, value: undefined, exception: undefined };

describe('a Greenlet', () => {
  const reports = collectReports();

  it(
    'goes from made over started and running to its value',
    inGreenlet(() => {
      const greenlet = new Greenlet(
        (milliseconds: number, value: number) => {
          sleep(milliseconds);
          return value;
        },
        5,
        7,
      );
      expect(stateOf(greenlet)).to.deep.equal({ started: false, ...notFinished });
      greenlet.start();
      expect(stateOf(greenlet)).to.deep.equal({ started: true, ...notFinished });
      sleep(0);
      expect(stateOf(greenlet)).to.deep.equal({ started: true, ...notFinished });
      greenlet.join();
      expect(stateOf(greenlet)).to.deep.equal({
        ...{ started: false, dead: true, ready: true, successful: true, value: 7, exception: undefined },
      });
      expect(reports).to.deep.equal([]);
    }),
  );

  it(
    'keeps the error that ends it, which is no success',
    inGreenlet(() => {
      const error = new SomeError('expected');
      const greenlet = spawn(() => {
        sleep(1);
        throw error;
      });
      greenlet.join();
      expect(stateOf(greenlet)).to.deep.equal({
        ...{ started: false, dead: true, ready: true, successful: false, value: undefined, exception: error },
      });
    }),
  );

  it(
    'takes a GreenletExit that leaves its function for a value',
    inGreenlet(() => {
      const exit = new GreenletExit();
      const greenlet = spawn(() => {
        throw exit;
      });
      expect(greenlet.get()).to.equal(exit);
      expect(greenlet.successful()).to.equal(true);
      expect(reports).to.deep.equal([]);
    }),
  );

  it(
    'reports its error at once, also if somebody waits for it',
    inGreenlet(() => {
      const greenlet = spawn(function mistaken() {
        throw new SomeError('reported');
      });
      expect(thrownBy(() => greenlet.get())).to.equal(greenlet.exception);
      expect(reports).to.have.length(1);
      expect(reports[0])
        .to.contain('reported')
        .and.to.match(/Greenlet \{ .*mistaken.* \} failed with SomeError\n$/);
    }),
  );

  it(
    'can fail with what is no error, even with undefined',
    inGreenlet(() => {
      const greenlet = spawn(() => {
        throw undefined;
      });
      greenlet.join();
      expect(greenlet.ready() && !greenlet.successful()).to.equal(true);
      expect(greenlet.exception).to.equal(undefined);
      let thrown: unknown = 'nothing';
      try {
        greenlet.get();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.equal(undefined);
    }),
  );

  it(
    'survives the overflow of its own stack',
    inGreenlet(() => {
      const recurse = (): number => recurse() + 1;
      const greenlet = spawn(recurse);
      greenlet.join();
      expect(greenlet.exception).to.be.an.instanceOf(RangeError);
      expect(reports).to.have.length(1);
    }),
  );

  it(
    'does not run before its starter blocks, and the first started runs first',
    inGreenlet(() => {
      const order: string[] = [];
      const greenlets = ['a', 'b', 'c'].map((name) => spawn(() => order.push(name)));
      expect(order).to.deep.equal([]);
      greenlets[2]!.join();
      expect(order).to.deep.equal(['a', 'b', 'c']);
    }),
  );

  it(
    'takes turns with others',
    inGreenlet(() => {
      const order: string[] = [];
      const steps = (name: string): void => {
        order.push(`1${name}`);
        sleep(0);
        order.push(`2${name}`);
      };
      const [a, b] = [spawn(steps, 'A'), spawn(steps, 'B')];
      a.join();
      b.join();
      expect(order).to.deep.equal(['1A', '1B', '2A', '2B']);
    }),
  );

  it(
    'is current in its function, which has no this; its parent is the hub',
    inGreenlet(() => {
      const greenlet = spawn(function (this: unknown) {
        return [getCurrent(), this];
      });
      expect(greenlet.get()).to.deep.equal([greenlet, undefined]);
      expect(greenlet.parent).to.equal(getHub().greenlet);
    }),
  );

  it(
    'is never dead while it runs, its very first switch included',
    inGreenlet(() => {
      const seen: boolean[] = [];
      const greenlet = new Greenlet(() => {
        seen.push(greenlet.dead);
        sleep(0);
        seen.push(greenlet.dead);
      });
      const before = setTrace((_event, _origin, target) => {
        if (target === greenlet) seen.push(greenlet.dead);
      });
      try {
        greenlet.start();
        greenlet.join();
      } finally {
        setTrace(before);
      }
      expect(seen.length).to.be.at.least(3);
      expect(seen).not.to.include(true);
    }),
  );

  it(
    'that somebody else switches to starts right then, once, and has the same outcome',
    inGreenlet(() => {
      let runs = 0;
      const greenlet = spawnLater(5, () => ++runs);
      const starter = spawnRaw(() => greenlet.switch());
      expect(greenlet.get()).to.equal(1);
      greenlet.run();
      sleep(8);
      expect(runs).to.equal(1);
      expect(starter.active).to.equal(true);
      getHub().wake({ greenlet: starter });
      sleep(0);
    }),
  );

  it('refuses what cannot be run', () => {
    const wrong = 1 as unknown as () => void;
    expect(() => new Greenlet(wrong))
      .to.throw(TypeError)
      .with.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(() => Greenlet.spawn(wrong)).to.throw(TypeError, '"run"');
    expect(() => Greenlet.spawnLater(1, wrong)).to.throw(TypeError, '"run"');
  });
});

describe('a subclass of Greenlet', () => {
  class Adder extends Greenlet<number> {
    override _run(a: number, b: number): number {
      return a + b;
    }
  }

  it(
    'runs its _run, with the arguments of the constructor',
    inGreenlet(() => {
      const adder = new Adder(null, 1, 2);
      adder.start();
      expect(adder.get()).to.equal(3);
    }),
  );

  it(
    'may be given a function all the same',
    inGreenlet(() => {
      expect(Adder.spawn(() => 7).get()).to.equal(7);
    }),
  );

  it(
    'is made by its own spawn and spawnLater',
    inGreenlet(() => {
      expect(Adder.spawn(null, 1, 2)).to.be.an.instanceOf(Adder);
      expect(Adder.spawnLater(0, null, 1, 2).get()).to.equal(3);
    }),
  );

  it(
    'does nothing without a function and without _run',
    inGreenlet(() => {
      expect(Greenlet.spawn().get()).to.equal(undefined);
    }),
  );
});

describe('Greenlet.start and startLater', () => {
  it(
    'do nothing the second time, nor for one that has finished',
    inGreenlet(() => {
      let runs = 0;
      const greenlet = spawn(() => runs++);
      greenlet.start();
      greenlet.startLater(0);
      greenlet.join();
      greenlet.start();
      greenlet.startLater(0);
      sleep(2);
      expect(runs).to.equal(1);
    }),
  );

  it(
    'startLater runs it when the time has come',
    inGreenlet(() => {
      const begin = performance.now();
      const greenlet = spawnLater(20, () => performance.now() - begin);
      expect(greenlet.started).to.equal(true);
      expect(greenlet.get()).to.be.at.least(19);
    }),
  );

  it(
    'startLater(0) is behind a sleep(0) that comes after it',
    inGreenlet(() => {
      const order: string[] = [];
      const later = spawnLater(0, () => order.push('later'));
      const now = spawn(() => order.push('now'));
      sleep(0);
      order.push('sleep');
      later.join();
      expect(order).to.deep.equal(['now', 'sleep', 'later']);
      expect(now.dead).to.equal(true);
    }),
  );

  it('refuse what is no time', () => {
    const greenlet = new Greenlet(neverRuns);
    expect(() => greenlet.startLater('1' as unknown as number)).to.throw(TypeError, '"milliseconds"');
    for (const wrong of [NaN, -1]) expect(() => greenlet.startLater(wrong)).to.throw(RangeError, '"milliseconds"');
    expect(greenlet.started).to.equal(false);
  });

  it(
    'tell the spawn callbacks, each once, as long as they are there',
    inGreenlet(() => {
      const told: Greenlet[] = [];
      const callback: SpawnCallback = (greenlet) => told.push(greenlet);
      Greenlet.addSpawnCallback(callback);
      Greenlet.addSpawnCallback(callback);
      const greenlets = [spawn(() => undefined), spawnLater(0, () => undefined), new Greenlet(() => undefined)];
      expect(told).to.deep.equal(greenlets.slice(0, 2));
      greenlets[2]!.start();
      expect(told).to.deep.equal(greenlets);
      Greenlet.removeSpawnCallback(callback);
      Greenlet.removeSpawnCallback(callback);
      spawn(() => undefined).join();
      for (const greenlet of greenlets) greenlet.join();
      expect(told).to.deep.equal(greenlets);
    }),
  );
});

describe('a spawn callback', () => {
  it('that throws keeps the greenlet from being started', () => {
    const callback: SpawnCallback = () => {
      throw new SomeError();
    };
    const greenlet = new Greenlet(neverRuns);
    Greenlet.addSpawnCallback(callback);
    try {
      expect(() => greenlet.start()).to.throw(SomeError);
      expect(() => greenlet.startLater(0)).to.throw(SomeError);
    } finally {
      Greenlet.removeSpawnCallback(callback);
    }
    expect(greenlet.started).to.equal(false);
  });

  it('must be a function', () => {
    expect(() => Greenlet.addSpawnCallback(5 as unknown as SpawnCallback)).to.throw(TypeError, '"callback"');
  });
});

describe('a Greenlet and AsyncLocalStorage', () => {
  it('has the stores of the place where it was made, whenever it starts', async () => {
    const storage = new AsyncLocalStorage<string>();
    const [now, later] = storage.run('store', () => [
      spawn(() => storage.getStore()),
      spawnLater(1, () => storage.getStore()),
    ]);
    const other = storage.run('other', () => spawn(() => [now.get(), later.get(), storage.getStore()]));
    await new Promise((resolve) => other.rawLink(resolve));
    expect(other.value).to.deep.equal(['store', 'store', 'other']);
    expect(storage.getStore()).to.equal(undefined);
  });
});

describe('Greenlet.get', () => {
  collectReports();

  it(
    'returns the value, again and again',
    inGreenlet(() => {
      const greenlet = spawn(() => ({ value: 1 }));
      expect(greenlet.get()).to.equal(greenlet.get());
    }),
  );

  it(
    'throws the very same error, again and again',
    inGreenlet(() => {
      const error = new SomeError();
      const greenlet = spawn(() => {
        throw error;
      });
      for (let time = 0; time < 3; time++) expect(thrownBy(() => greenlet.get())).to.equal(error);
    }),
  );

  it(
    'throws a Timeout if the outcome is not there in time, and leaves no link',
    inGreenlet(() => {
      const greenlet = spawn(() => sleep(100_000));
      for (const timeout of [0, 5]) {
        expect(() => greenlet.get({ timeout }))
          .to.throw(Timeout)
          .with.property('milliseconds', timeout);
      }
      expect(() => greenlet.get({ block: false })).to.throw(Timeout);
      expect(greenlet.linkCount).to.equal(0);
      greenlet.kill();
    }),
  );

  it(
    'lets the timeout of somebody else pass',
    inGreenlet(() => {
      const greenlet = spawn(() => sleep(100_000));
      const outer = Timeout.startNew(5);
      expect(thrownBy(() => greenlet.get({ timeout: 100_000 }))).to.equal(outer);
      expect(thrownBy(() => Timeout.startNew(5) && greenlet.join(100_000))).to.be.an.instanceOf(Timeout);
      expect(greenlet.linkCount).to.equal(0);
      greenlet.kill();
    }),
  );

  it(
    'refuses wrong options before it waits',
    inGreenlet(() => {
      const greenlet = new Greenlet(neverRuns);
      expect(() => greenlet.get({ timeout: -1 })).to.throw(RangeError);
      expect(() => greenlet.get({ block: 1 as unknown as boolean })).to.throw(TypeError);
      expect(() => greenlet.get({ blocking: true } as object)).to.throw(TypeError, 'blocking');
    }),
  );

  it('works on the hub if it need not wait', async () => {
    const greenlet = spawn(() => 7);
    expect(() => greenlet.get()).to.throw(BlockingSwitchOutError);
    expect(() => greenlet.join()).to.throw(BlockingSwitchOutError);
    expect(greenlet.linkCount).to.equal(0);
    await new Promise((resolve) => greenlet.rawLink(resolve));
    expect(greenlet.get()).to.equal(7);
    greenlet.join();
  });
});

describe('Greenlet.join', () => {
  collectReports();

  it(
    'returns when it has finished, in whatever way, and nothing',
    inGreenlet(() => {
      const failing = spawn(() => {
        sleep(1);
        throw new SomeError();
      });
      expect(failing.join()).to.equal(undefined);
      expect(failing.join()).to.equal(undefined);
      expect(failing.dead).to.equal(true);
    }),
  );

  it(
    'returns when the time is over, and leaves no link',
    inGreenlet(() => {
      const greenlet = spawn(() => sleep(100_000));
      for (const timeout of [0, 5]) expect(greenlet.join(timeout)).to.equal(undefined);
      expect(greenlet.dead).to.equal(false);
      expect(greenlet.linkCount).to.equal(0);
      greenlet.kill();
    }),
  );

  it(
    'wakes all who wait, in the order in which they came',
    inGreenlet(() => {
      const gate = new Event();
      const greenlet = spawn(() => gate.wait());
      const order: number[] = [];
      const joiners = [1, 2, 3].map((name) =>
        spawn(() => {
          greenlet.join();
          order.push(name);
        }),
      );
      sleep(0);
      gate.set();
      joiners[2]!.join();
      expect(order).to.deep.equal([1, 2, 3]);
    }),
  );

  it(
    'leaves no link when the joiner is killed',
    inGreenlet(() => {
      const greenlet = spawn(() => sleep(100_000));
      const joiner = spawn(() => greenlet.join());
      sleep(0);
      expect(greenlet.linkCount).to.equal(1);
      joiner.kill();
      expect(greenlet.linkCount).to.equal(0);
      greenlet.kill();
    }),
  );

  it(
    'refuses what is no time',
    inGreenlet(() => {
      expect(() => new Greenlet(neverRuns).join(NaN)).to.throw(RangeError);
    }),
  );
});

describe('a Greenlet, shown by util.inspect', () => {
  it(
    'has its class, its state, its function and its arguments, also when it has finished',
    inGreenlet(() => {
      function worker(): void {
        sleep(1);
      }
      const greenlet = new Greenlet(worker, 'one', { two: { three: 3 } });
      expect(inspect(greenlet)).to.equal("Greenlet { pending: worker('one', { two: [Object] }) }");
      greenlet.start();
      expect(inspect(greenlet)).to.equal("Greenlet { started: worker('one', { two: [Object] }) }");
      sleep(0);
      expect(inspect(greenlet)).to.equal("Greenlet { suspended: worker('one', { two: [Object] }) }");
      greenlet.join();
      expect(inspect(greenlet)).to.equal("Greenlet { dead: worker('one', { two: [Object] }) }");
      expect(spawn(() => inspect(getCurrent())).get()).to.equal('Greenlet { current: (anonymous) }');
    }),
  );

  it('has _run if that is what it runs, and no more than 50 characters of an argument', () => {
    class Worker extends Greenlet {}
    expect(inspect(new Worker())).to.equal('Worker { pending: _run }');
    expect(inspect(new Worker(null, 'x'.repeat(100)))).to.equal(`Worker { pending: _run('${'x'.repeat(49)}) }`);
  });

  it('has its name once that was set or asked for', () => {
    const greenlet = new Greenlet();
    const { name } = greenlet;
    expect(inspect(greenlet)).to.equal(`Greenlet "${name}" { pending: _run }`);
    greenlet.name = 'Foo';
    expect(inspect(greenlet)).to.equal('Greenlet "Foo" { pending: _run }');
  });
});

describe('using a Greenlet', () => {
  it(
    'kills it at the end of the block',
    inGreenlet(() => {
      let kept: Greenlet;
      {
        using greenlet = spawn(() => sleep(100_000));
        kept = greenlet;
        sleep(0);
      }
      expect(kept.value).to.be.an.instanceOf(GreenletExit);
    }),
  );

  it(
    'does nothing to one that was joined',
    inGreenlet(() => {
      let kept: Greenlet;
      {
        using greenlet = spawn(() => 'done');
        kept = greenlet;
        greenlet.join();
      }
      expect(kept.value).to.equal('done');
    }),
  );
});
