import { expect } from 'chai';
import { inspect } from 'node:util';

import { GreenletExit } from '../../../src/core/errors';
import { BoundedSemaphore, DummySemaphore, Semaphore } from '../../../src/core/sync/semaphore';
import { Timeout } from '../../../src/core/waiting/timeout';
import { getHub, sleep } from '../../../src/index';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet, killGreenlet, startGreenlet } from '../../support/in-greenlet';
import { describeWaitable } from '../../support/waitable-suite';

for (const Class of [Semaphore, BoundedSemaphore]) {
  describe(Class.name, () => {
    describeWaitable(() => {
      const semaphore = new Class(1);
      semaphore.acquire();
      return {
        waitable: semaphore,
        makeReady: () => void semaphore.release(),
        wait: (timeout) => semaphore.wait(timeout),
        result: 1,
        late: 0,
        linkCount: () => semaphore.linkCount,
      };
    });

    it('is acquired as often as it says', () => {
      const semaphore = new Class(2);
      const states: unknown[] = [];
      for (let times = 0; times < 3; times++) {
        states.push([semaphore.counter, semaphore.ready(), semaphore.locked(), semaphore.acquire({ block: false })]);
      }
      expect(states).to.deep.equal([
        [2, true, false, true],
        [1, true, false, true],
        [0, false, true, false],
      ]);
      expect([semaphore.release(), semaphore.release()]).to.deep.equal([1, 2]);
    });

    it('has 1 unless told otherwise', () => {
      expect(new Class().counter).to.equal(1);
    });

    it(
      'returns false from acquire when the time is over',
      inGreenlet(() => {
        const semaphore = new Class(0);
        for (const timeout of [0, 2]) {
          const began = performance.now();
          expect(semaphore.acquire({ timeout })).to.equal(false);
          expect(performance.now() - began).to.be.at.least(timeout);
        }
        expect([semaphore.counter, semaphore.linkCount]).to.deep.equal([0, 0]);
      }),
    );

    it(
      'returns true from acquire when it is released in time',
      inGreenlet(() => {
        const semaphore = new Class(1);
        semaphore.acquire();
        const results: boolean[] = [];
        startGreenlet(() => results.push(semaphore.acquire({ timeout: 1000 })));
        sleep(0);
        semaphore.release();
        sleep(0);
        expect([results, semaphore.counter]).to.deep.equal([[true], 0]);
      }),
    );

    it(
      'throws the timeout of somebody else from acquire',
      inGreenlet(() => {
        const semaphore = new Class(0);
        const timeout = Timeout.startNew(2);
        expect(thrownBy(() => semaphore.acquire({ timeout: 1000 }))).to.equal(timeout);
        expect(semaphore.linkCount).to.equal(0);
      }),
    );

    it(
      'serves those who wait in the order in which they came',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const order: number[] = [];
        semaphore.acquire();
        for (let index = 0; index < 50; index++) {
          startGreenlet(() => {
            semaphore.acquire();
            order.push(index);
            sleep(0);
            semaphore.release();
          });
        }
        sleep(0);
        semaphore.release();
        while (order.length < 50) sleep(0);
        expect(order).to.deep.equal(Array.from({ length: 50 }, (_, index) => index));
      }),
    );

    it(
      'may be acquired again by who has just released it, before the one that is called has its turn',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const order: number[] = [];
        let ended = 0;
        for (let index = 0; index < 3; index++) {
          startGreenlet(() => {
            for (let round = 0; round < 2; round++) {
              semaphore.acquire();
              order.push(index);
              sleep(0);
              semaphore.release();
            }
            ended++;
          });
        }
        while (ended < 3) sleep(0);
        expect(order).to.deep.equal([0, 0, 1, 1, 2, 2]);
      }),
    );

    it(
      'keeps the place of those for whom nothing was left at their turn',
      inGreenlet(() => {
        const semaphore = new Class(3);
        const order: number[] = [];
        for (let times = 0; times < 3; times++) semaphore.acquire();
        for (let index = 0; index < 4; index++) {
          startGreenlet(() => {
            semaphore.acquire();
            order.push(index);
          });
        }
        sleep(0);
        // Three are called, and find nothing.
        for (let times = 0; times < 3; times++) semaphore.release();
        for (let times = 0; times < 3; times++) semaphore.acquire();
        sleep(0);
        expect([order, semaphore.linkCount]).to.deep.equal([[], 4]);
        // Two are called, of whom the second finds nothing; then it and the others.
        semaphore.release();
        semaphore.release();
        semaphore.acquire();
        sleep(0);
        expect(order).to.deep.equal([0]);
        for (let times = 0; times < 3; times++) semaphore.release();
        sleep(0);
        expect([order, semaphore.counter]).to.deep.equal([[0, 1, 2, 3], 0]);
      }),
    );

    it(
      'serves as many as it is released',
      inGreenlet(() => {
        const semaphore = new Class(3);
        let served = 0;
        for (let times = 0; times < 3; times++) semaphore.acquire();
        const greenlets = Array.from({ length: 5 }, () =>
          startGreenlet(() => {
            semaphore.acquire();
            served++;
          }),
        );
        sleep(0);
        for (let times = 0; times < 3; times++) semaphore.release();
        sleep(0);
        expect([served, semaphore.counter, semaphore.linkCount]).to.deep.equal([3, 0, 2]);
        for (const greenlet of greenlets) killGreenlet(greenlet);
        sleep(0);
        expect([semaphore.counter, semaphore.linkCount]).to.deep.equal([0, 0]);
      }),
    );

    it(
      'calls the next when the one that was called is killed before its turn',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const ends: string[] = [];
        semaphore.acquire();
        const victim = startGreenlet(() => {
          thrownBy(() => semaphore.acquire());
          ends.push('killed');
        });
        startGreenlet(() => {
          semaphore.acquire();
          ends.push('acquired');
        });
        sleep(0);
        getHub().runCallback(() => {
          semaphore.release();
          getHub().throwIn(victim, new GreenletExit());
        });
        sleep(1);
        expect([ends, semaphore.counter]).to.deep.equal([['killed', 'acquired'], 0]);
      }),
    );

    it(
      'goes to who was called in time, but got its turn too late',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const results: boolean[] = [];
        semaphore.acquire();
        startGreenlet(() => results.push(semaphore.acquire({ timeout: 5 })));
        setTimeout(() => {
          semaphore.release();
          const end = performance.now() + 10;
          while (performance.now() < end);
        }, 1);
        sleep(30);
        expect([results, semaphore.counter]).to.deep.equal([[true], 0]);
      }),
    );

    it(
      'offers what a wait does not take to the next',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const results: unknown[] = [];
        semaphore.acquire();
        startGreenlet(() => results.push(semaphore.wait()));
        startGreenlet(() => results.push(semaphore.acquire()));
        startGreenlet(() => results.push(semaphore.wait(1)));
        sleep(0);
        semaphore.release();
        sleep(5);
        expect(results).to.deep.equal([1, true, 0]);
      }),
    );

    it(
      'calls a link, and then who waits, and a link only while there is something',
      inGreenlet(() => {
        const semaphore = new Class(1);
        const order: string[] = [];
        semaphore.acquire();
        semaphore.rawLink(() => order.push('link'));
        startGreenlet(() => {
          semaphore.acquire();
          order.push('acquired');
        });
        sleep(0);
        semaphore.rawLink(() => order.push('second link'));
        semaphore.release();
        semaphore.acquire();
        sleep(0);
        expect(order).to.deep.equal([]);
        semaphore.release();
        sleep(0);
        sleep(0);
        expect([order, semaphore.linkCount]).to.deep.equal([['link', 'acquired'], 1]);
        semaphore.release();
        sleep(0);
        expect(order).to.deep.equal(['link', 'acquired', 'second link']);
      }),
    );

    it(
      'does not let two that spin starve a third',
      inGreenlet(() => {
        const semaphore = new Class(1);
        let isOver = false;
        const spin = (): void => {
          while (!isOver) {
            semaphore.acquire();
            sleep(0);
            semaphore.release();
            sleep(0);
          }
        };
        startGreenlet(spin);
        startGreenlet(spin);
        startGreenlet(() => {
          semaphore.acquire();
          isOver = true;
          semaphore.release();
        });
        const began = performance.now();
        while (!isOver && performance.now() - began < 2000) sleep(0);
        expect(isOver).to.equal(true);
        sleep(1);
      }),
    );

    it(
      'stays taken when its holder is killed, unless that releases it',
      inGreenlet(() => {
        const semaphore = new Class(2);
        const careless = startGreenlet(() => {
          semaphore.acquire();
          sleep(1000);
        });
        const careful = startGreenlet(() => {
          using _held = semaphore.hold();
          sleep(1000);
        });
        sleep(0);
        expect(semaphore.counter).to.equal(0);
        killGreenlet(careless);
        killGreenlet(careful);
        sleep(0);
        expect(semaphore.counter).to.equal(1);
      }),
    );

    it('refuses to block the hub, and takes nothing there', () => {
      const semaphore = new Class(0);
      for (const options of [undefined, { timeout: 1 }]) {
        expect(thrownBy(() => semaphore.acquire(options))).to.include({ code: 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT' });
      }
      expect(semaphore.linkCount).to.equal(0);
    });

    for (const [value, code] of [
      [-1, 'ERR_OUT_OF_RANGE'],
      [1.5, 'ERR_OUT_OF_RANGE'],
      [NaN, 'ERR_OUT_OF_RANGE'],
      ['1', 'ERR_INVALID_ARG_TYPE'],
      [null, 'ERR_INVALID_ARG_TYPE'],
    ] as const) {
      it(`refuses a value of ${JSON.stringify(value)} with ${code}`, () => {
        expect(thrownBy(() => new Class(value as number))).to.include({ code });
      });
    }

    for (const [options, code] of [
      [false, 'ERR_INVALID_ARG_TYPE'],
      [10, 'ERR_INVALID_ARG_TYPE'],
      [{ block: 'no' }, 'ERR_INVALID_ARG_TYPE'],
      [{ timeout: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ blocking: false }, 'ERR_INVALID_ARG_VALUE'],
    ] as const) {
      it(`refuses acquire(${JSON.stringify(options)}) with ${code}, and takes nothing`, () => {
        const semaphore = new Class(1);
        expect(thrownBy(() => semaphore.acquire(options as object))).to.include({ code });
        expect(semaphore.counter).to.equal(1);
      });
    }

    it('shows its state', () => {
      expect(inspect(new Class(3))).to.equal(`${Class.name} { counter: 3, links: 0 }`);
    });
  });
}

describe('Semaphore', () => {
  it('may be released more often than it was acquired', () => {
    const semaphore = new Semaphore(0);
    expect([semaphore.release(), semaphore.release(), semaphore.counter]).to.deep.equal([1, 2, 2]);
  });

  it(
    'calls a link at each of two releases',
    inGreenlet(() => {
      const semaphore = new Semaphore();
      const calls: string[] = [];
      semaphore.rawLink(() => calls.push('a'));
      semaphore.release();
      semaphore.rawLink(() => calls.push('b'));
      semaphore.release();
      sleep(0);
      expect(calls).to.deep.equal(['a', 'b']);
    }),
  );
});

describe('BoundedSemaphore', () => {
  it('refuses to be released more often than it was acquired, and is as it was', () => {
    const semaphore = new BoundedSemaphore(1);
    expect(thrownBy(() => semaphore.release())).to.include({ name: 'LockError', code: 'ERR_UNBLOCK_OVER_RELEASE' });
    expect([semaphore.counter, semaphore.acquire(), semaphore.release()]).to.deep.equal([1, true, 1]);
  });
});

describe('DummySemaphore', () => {
  it('is always free', () => {
    const semaphore = new DummySemaphore();
    for (let times = 0; times < 3; times++) {
      expect([semaphore.acquire(), semaphore.wait(), semaphore.ready(), semaphore.locked()]).to.deep.equal([
        true,
        1,
        true,
        false,
      ]);
    }
    semaphore.release();
    using _held = semaphore.hold();
  });

  it(
    'calls what is linked to it',
    inGreenlet(() => {
      const semaphore = new DummySemaphore();
      const calls: unknown[] = [];
      semaphore.rawLink((source) => calls.push(source));
      sleep(0);
      expect(calls).to.deep.equal([semaphore]);
    }),
  );
});
