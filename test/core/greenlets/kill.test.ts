import { expect } from 'chai';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { kill, killAll } from '../../../src/core/greenlets/kill-all';
import { spawn, spawnRaw } from '../../../src/core/greenlets/spawn';
import { Event } from '../../../src/core/sync/event';
import { Timeout } from '../../../src/core/waiting/timeout';
import type { RawGreenlet } from '../../../src/index';
import { BlockingSwitchOutError, GreenletExit, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet, runInGreenlet } from '../../support/in-greenlet';

/** When a greenlet is killed, and what it does in the end if it is not. */
const moments: Record<string, { bring: (greenlet: Greenlet) => void; run: (ran: string[]) => void }> = {
  'was not started': { bring: () => undefined, run: (ran) => ran.push('ran') },
  'was started': { bring: (greenlet) => greenlet.start(), run: (ran) => ran.push('ran') },
  'is to start later': { bring: (greenlet) => greenlet.startLater(50), run: (ran) => ran.push('ran') },
  'is blocked': {
    bring: (greenlet) => {
      greenlet.start();
      sleep(0);
    },
    run: (ran) => {
      sleep(100_000);
      ran.push('ran');
    },
  },
};

const killers: Record<string, (greenlet: Greenlet, block: boolean, exception?: Error | (new () => Error)) => void> = {
  kill: (greenlet, block, exception) => greenlet.kill(exception, { block }),
  killAll: (greenlet, block, exception) => killAll([greenlet], exception, { block }),
};

/** What is thrown, and what the greenlet then has as its value and its exception. */
const exception = new SomeError('killed');
const weapons = {
  'a GreenletExit': { thrown: undefined, kind: GreenletExit, isError: false },
  'an error': { thrown: exception, kind: SomeError, isError: true },
  'a class of errors': { thrown: SomeError, kind: SomeError, isError: true },
} as const;

describe('killing a Greenlet', () => {
  const reports = collectReports();

  for (const [moment, { bring, run }] of Object.entries(moments)) {
    for (const [killerName, killer] of Object.entries(killers)) {
      for (const block of [true, false]) {
        for (const [weapon, { thrown, kind, isError }] of Object.entries(weapons)) {
          it(
            `that ${moment}, with ${weapon}, by ${killerName} ${block ? 'and waiting' : 'without waiting'}`,
            inGreenlet(() => {
              const ran: string[] = [];
              const linked: Greenlet[] = [];
              const greenlet = new Greenlet(run, ran) as Greenlet;
              greenlet.link((source) => linked.push(source));
              bring(greenlet);
              for (let time = 0; time < 2; time++) {
                killer(greenlet, block, thrown);
                if (!block) sleep(0);
                expect(greenlet).to.include({ dead: true, started: false });
                expect([greenlet.ready(), greenlet.successful()]).to.deep.equal([true, !isError]);
                expect(isError ? greenlet.exception : greenlet.value).to.be.an.instanceOf(kind);
                expect(isError ? greenlet.value : greenlet.exception).to.equal(undefined);
              }
              sleep(1);
              expect(linked).to.deep.equal([greenlet]);
              greenlet.start();
              sleep(1);
              expect(ran).to.deep.equal([]);
              expect(reports).to.have.length(isError ? 1 : 0);
            }),
          );
        }
      }
    }
  }

  it(
    'that was not started also wakes those who join it',
    inGreenlet(() => {
      const greenlet = new Greenlet(() => undefined);
      const joiner = spawn(() => greenlet.get());
      sleep(0);
      greenlet.kill();
      expect(joiner.get()).to.equal(greenlet.value);
    }),
  );

  it(
    'that has finished does nothing',
    inGreenlet(() => {
      const greenlet = spawn(() => 'value');
      greenlet.join();
      greenlet.kill(new SomeError());
      expect(greenlet.value).to.equal('value');
    }),
  );

  it(
    'in sleep(0) strikes one blocking call later, in a longer sleep at once',
    inGreenlet(() => {
      const steps: string[] = [];
      const walk = (milliseconds: number) => () => {
        sleep(milliseconds);
        steps.push('first');
        sleep(milliseconds);
        steps.push('second');
      };
      const short = spawn(walk(0));
      sleep(0);
      short.kill();
      expect(steps).to.deep.equal(['first']);
      const long = spawn(walk(100));
      sleep(0);
      long.kill();
      expect(steps).to.deep.equal(['first']);
    }),
  );

  it(
    'that ends before it blocks again has no effect',
    inGreenlet(() => {
      const greenlet = spawn(() => {
        sleep(0);
        return 'finished';
      });
      sleep(0);
      greenlet.kill();
      expect(greenlet.value).to.equal('finished');
    }),
  );

  it(
    'waits for its death, as long as that takes, and never throws',
    inGreenlet(() => {
      const greenlet = spawn(() => {
        try {
          sleep(100_000);
        } finally {
          sleep(5);
          throw new SomeError('on the way out');
        }
      });
      sleep(0);
      expect(greenlet.kill()).to.equal(undefined);
      expect(greenlet.exception).to.be.an.instanceOf(SomeError);
    }),
  );

  it(
    'gives up in time when it lives on, and says nothing of it',
    inGreenlet(() => {
      const stubborn = startUndead();
      sleep(0);
      stubborn.greenlet.kill(undefined, { timeout: 5 });
      expect(stubborn.greenlet.dead).to.equal(false);
      expect(stubborn.shots).to.equal(1);
      expect(stubborn.greenlet.linkCount).to.equal(0);
      stubborn.greenlet.kill(SomeError);
      expect(stubborn.greenlet.dead).to.equal(true);
    }),
  );

  it(
    'is possible for itself: it dies at once if it waits',
    inGreenlet(() => {
      const steps: string[] = [];
      const greenlet: Greenlet = spawn(() => {
        greenlet.kill();
        steps.push('after the kill');
      });
      greenlet.join();
      expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
      expect(steps).to.deep.equal([]);
    }),
  );

  it(
    'is possible for itself: it dies where it blocks next if it does not wait',
    inGreenlet(() => {
      const steps: string[] = [];
      const greenlet: Greenlet = spawn(() => {
        greenlet.kill(undefined, { block: false });
        steps.push('after the kill');
        sleep(100_000);
        steps.push('after the sleep');
      });
      greenlet.join();
      expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
      expect(steps).to.deep.equal(['after the kill']);
    }),
  );

  it(
    'lets the killer go on right when the error was thrown, before others that were ready later',
    inGreenlet(() => {
      const order: string[] = [];
      const victim = spawn(() => {
        try {
          sleep(100_000);
        } finally {
          order.push('victim');
        }
      });
      sleep(0);
      const killer = spawn(() => {
        victim.kill();
        order.push('killer');
      });
      spawn(() => order.push('first'));
      sleep(0);
      spawn(() => order.push('last'));
      killer.join();
      sleep(0);
      expect(order).to.deep.equal(['first', 'victim', 'killer', 'last']);
    }),
  );

  it(
    'leaves nothing behind when the killer is killed while it waits',
    inGreenlet(() => {
      const { greenlet } = startUndead();
      sleep(0);
      const killer = spawn(() => greenlet.kill());
      sleep(0);
      sleep(0);
      killer.kill();
      expect(greenlet.linkCount).to.equal(0);
      greenlet.kill(SomeError);
    }),
  );

  it('on the hub must not wait, unless it need not', async () => {
    const blocked = spawn(() => sleep(100_000));
    await new Promise(setImmediate);
    expect(() => blocked.kill()).to.throw(BlockingSwitchOutError);
    new Greenlet(() => undefined).kill();
    blocked.kill(undefined, { block: false });
    await new Promise((resolve) => blocked.rawLink(resolve));
    blocked.kill();
    expect(blocked.value).to.be.an.instanceOf(GreenletExit);
  });

  it('refuses what is no error, and wrong options, and kills nobody', () => {
    const greenlet = new Greenlet(() => undefined);
    for (const wrong of ['text', 5, {}, null, class {}]) {
      expect(() => greenlet.kill(wrong as unknown as Error)).to.throw(TypeError, '"error"');
    }
    expect(() => greenlet.kill(undefined, { timeout: NaN })).to.throw(RangeError, '"options.timeout"');
    expect(() => greenlet.kill(undefined, { blocking: false } as object)).to.throw(TypeError, 'blocking');
    expect(greenlet.dead).to.equal(false);
  });
});

describe('Greenlet.throw', () => {
  const reports = collectReports();

  it('on the hub strikes at once', async () => {
    const greenlet = spawn(() => sleep(100_000));
    await new Promise(setImmediate);
    greenlet.throw(new SomeError());
    expect(greenlet.exception).to.be.an.instanceOf(SomeError);
    expect(reports).to.have.length(1);
  });

  it('into one that has not run ends it, without a switch', () => {
    const greenlet = spawn(() => {
      throw new Error('it ran');
    });
    expect(greenlet.throw()).to.equal(undefined);
    expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
  });

  it('into one that has finished does nothing', async () => {
    const greenlet = spawn(() => 7);
    await new Promise((resolve) => greenlet.rawLink(resolve));
    expect(greenlet.throw(new SomeError())).to.equal(undefined);
    expect(greenlet.value).to.equal(7);
  });

  it('makes the error from a class and its arguments', () => {
    const greenlet = new Greenlet();
    greenlet.throw(SomeError, 'the message');
    expect(greenlet.exception).to.be.an.instanceOf(SomeError).with.property('message', 'the message');
  });

  it('into oneself is an ordinary throw', async () => {
    const error = await runInGreenlet(() => {
      const greenlet: Greenlet = spawn(() => greenlet.throw(SomeError));
      return thrownBy(() => greenlet.get());
    });
    expect(error).to.be.an.instanceOf(SomeError);
  });
});

describe('killAll', () => {
  collectReports();

  it(
    'takes any iterable, and waits until all are dead',
    inGreenlet(() => {
      const greenlets = new Set([1, 2, 3].map(() => spawn(() => sleep(100_000))));
      sleep(0);
      killAll(greenlets);
      for (const greenlet of greenlets) expect(greenlet.value).to.be.an.instanceOf(GreenletExit);
      killAll([]);
    }),
  );

  it(
    'throws a Timeout when some are stubborn, and leaves no links',
    inGreenlet(() => {
      const { greenlet } = startUndead();
      const weak = spawn(() => sleep(100_000));
      sleep(0);
      expect(() => killAll([greenlet, weak], undefined, { timeout: 5 }))
        .to.throw(Timeout)
        .with.property('milliseconds', 5);
      expect([greenlet.dead, weak.dead, greenlet.linkCount]).to.deep.equal([false, true, 0]);
      killAll([greenlet], SomeError);
    }),
  );

  it(
    'does not throw one for those that have not run yet, however stubborn they would have been',
    inGreenlet(() => {
      const { greenlet } = startUndead();
      killAll([greenlet], undefined, { timeout: 5 });
      expect(greenlet.dead).to.equal(true);
    }),
  );

  it(
    'takes raw greenlets too; one that is about to start runs first',
    inGreenlet(() => {
      let ran = false;
      const fresh = spawnRaw(() => (ran = true));
      const blocked = spawnRaw(() => sleep(100_000));
      killAll([fresh]);
      expect([ran, fresh.dead, blocked.active]).to.deep.equal([true, true, true]);
      killAll([blocked]);
      expect(blocked.dead).to.equal(true);
    }),
  );

  it(
    'makes an error for each from a class',
    inGreenlet(() => {
      const greenlets = [spawn(() => sleep(100_000)), spawn(() => sleep(100_000)), new Greenlet()];
      sleep(0);
      killAll(greenlets, SomeError);
      expect(new Set(greenlets.map((greenlet) => greenlet.exception)).size).to.equal(3);
    }),
  );

  it('refuses what is no greenlet, and kills none', () => {
    const greenlet = new Greenlet();
    expect(() => killAll([greenlet, {} as RawGreenlet])).to.throw(TypeError, '"greenlets"');
    expect(greenlet.dead).to.equal(false);
  });
});

describe('kill', () => {
  it(
    'throws into a raw greenlet at the next turn, and does not wait',
    inGreenlet(() => {
      const done = new Event();
      const raw = spawnRaw(() => {
        try {
          sleep(100_000);
        } finally {
          done.set();
        }
      });
      sleep(0);
      kill(raw);
      expect(raw.dead).to.equal(false);
      done.wait();
      expect(raw.dead).to.equal(true);
    }),
  );

  it(
    'does nothing to the dead',
    inGreenlet(() => {
      const raw = spawnRaw(() => undefined);
      sleep(0);
      kill(raw);
      sleep(0);
      expect(raw.dead).to.equal(true);
    }),
  );
});

/** A greenlet that nothing but SomeError ends. */
function startUndead(): { greenlet: Greenlet; shots: number } {
  const undead = {
    shots: 0,
    greenlet: spawn(() => {
      for (;;) {
        try {
          sleep(100_000);
        } catch (error) {
          if (error instanceof SomeError) return;
          undead.shots++;
        }
      }
    }),
  };
  return undead;
}
