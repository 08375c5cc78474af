import { expect } from 'chai';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import type { LinkCallback } from '../../../src/core/greenlets/links';
import { spawn } from '../../../src/core/greenlets/spawn';
import { Channel } from '../../../src/core/queues/channel';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { AsyncResult } from '../../../src/core/sync/async-result';
import { withTimeout } from '../../../src/core/waiting/timeout';
import { getCurrent, getHub, GreenletExit, sleep } from '../../../src/index';
import { collectReports } from '../../support/error-reports';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

type LinkMethod = 'link' | 'linkValue' | 'linkException' | 'rawLink';

const methods: readonly LinkMethod[] = ['link', 'linkValue', 'linkException', 'rawLink'];

/** How a greenlet can end, and which links are told. */
const endings = {
  value: { run: () => 25, kill: false, told: ['link', 'linkValue', 'rawLink'] },
  exit: { run: () => sleep(100_000), kill: true, told: ['link', 'linkValue', 'rawLink'] },
  error: {
    run: () => {
      throw new SomeError('expected');
    },
    kill: false,
    told: ['link', 'linkException', 'rawLink'],
  },
} as const;

/** Whatever can be linked to a greenlet, and what has arrived there. */
const targets: Record<string, () => { callback: LinkCallback<Greenlet>; arrived: () => unknown }> = {
  'an AsyncResult': () => {
    const result = new AsyncResult();
    return {
      callback: (source) => result.setFrom(source),
      arrived: () => (result.ready() ? (result.successful() ? result.value : result.exception) : undefined),
    };
  },
  'a queue': () => {
    const queue = new SimpleQueue<Greenlet>(1);
    return {
      callback: (source) => queue.put(source),
      arrived: () => outcomeOf(queue.empty() ? undefined : queue.get()),
    };
  },
  'a function': () => {
    let source: Greenlet | undefined;
    return { callback: (given) => (source = given), arrived: () => outcomeOf(source) };
  },
};

function outcomeOf(source: Greenlet | undefined): unknown {
  return source?.successful() === false ? source.exception : source?.value;
}

function end(greenlet: Greenlet, byKill: boolean): void {
  sleep(0);
  if (byKill) greenlet.kill();
  greenlet.join();
}

describe('a link', () => {
  collectReports();

  for (const [ending, { run, kill, told }] of Object.entries(endings)) {
    for (const method of methods) {
      for (const [name, create] of Object.entries(targets)) {
        const isTold = (told as readonly LinkMethod[]).includes(method);
        it(
          `by ${method} to ${name} ${isTold ? 'is' : 'is not'} told of a greenlet that ends with ${ending}`,
          inGreenlet(() => {
            const greenlet = spawn(run as () => unknown);
            const target = create();
            greenlet[method](target.callback);
            expect(greenlet.linkCount).to.equal(1);
            end(greenlet, kill);
            sleep(0);
            expect(greenlet.linkCount).to.equal(0);
            expect(target.arrived()).to.equal(isTold ? (outcomeOf(greenlet) as unknown) : undefined);
            if (isTold) expect(outcomeOf(greenlet)).not.to.equal(undefined);

            // Linked when it is over, the outcome still arrives, but later.
            for (let time = 0; time < 3; time++) {
              const late = create();
              greenlet[method](late.callback);
              expect(late.arrived()).to.equal(undefined);
              sleep(0);
              expect(late.arrived()).to.equal(isTold ? outcomeOf(greenlet) : undefined);
            }
          }),
        );
      }
    }
  }

  it(
    'may block, unless it is raw',
    inGreenlet(() => {
      const channel = new Channel<Greenlet>();
      const greenlets = [101, 102, 103].map((value) => spawn(() => value));
      for (const greenlet of greenlets) greenlet.link((source) => channel.put(source));
      expect(greenlets.map(() => channel.get().value)).to.have.members([101, 102, 103]);
    }),
  );

  it(
    'runs in a greenlet of its own, unless it is raw: then on the hub',
    inGreenlet(() => {
      const greenlet = spawn(() => undefined);
      const places: unknown[] = [];
      greenlet.link(() => places.push(getCurrent()));
      greenlet.rawLink(() => places.push(getCurrent()));
      greenlet.join();
      sleep(0);
      const [own, raw] = places;
      expect(own).not.to.equal(greenlet);
      expect(own).not.to.equal(getHub().greenlet);
      expect(raw).to.equal(getHub().greenlet);
    }),
  );

  it(
    'is told in the order of the linking, those who join included',
    inGreenlet(() => {
      const order: number[] = [];
      const greenlet = spawn(() => sleep(1));
      const callback = (number: number) => () => void order.push(number);
      greenlet.link(callback(1));
      greenlet.rawLink(callback(2));
      spawn(() => {
        greenlet.join();
        order.push(3);
      });
      sleep(0);
      for (let number = 4; number < 1000; number++) greenlet[number % 2 === 0 ? 'link' : 'rawLink'](callback(number));
      greenlet.join();
      expect(order).to.deep.equal(Array.from({ length: 999 }, (_, index) => index + 1));
    }),
  );

  it(
    'is called as often as it was linked',
    inGreenlet(() => {
      let calls = 0;
      const callback = (): void => void calls++;
      const greenlet = spawn(() => undefined);
      greenlet.rawLink(callback);
      greenlet.rawLink(callback);
      greenlet.link(callback);
      greenlet.unlink(callback);
      greenlet.join();
      expect(calls).to.equal(2);
    }),
  );

  for (const method of methods) {
    it(
      `by ${method} can be taken back`,
      inGreenlet(() => {
        const greenlet = spawn(() => 1);
        const callback = (): never => {
          throw new Error('called');
        };
        greenlet[method](callback);
        expect(greenlet.hasLinks()).to.equal(true);
        greenlet.unlink(callback);
        expect(greenlet.hasLinks()).to.equal(false);
        greenlet.unlink(callback);
        greenlet.join();
      }),
    );

    it(`by ${method} must be a function`, () => {
      const greenlet = new Greenlet();
      for (const wrong of [undefined, null, 'text', {}]) {
        expect(() => greenlet[method](wrong as never))
          .to.throw(TypeError)
          .with.property('code', 'ERR_INVALID_ARG_TYPE');
      }
      expect(greenlet.linkCount).to.equal(0);
    });
  }

  it(
    'is gone after unlinkAll, with all others',
    inGreenlet(() => {
      const greenlet = spawn(() => 1);
      let calls = 0;
      for (let time = 0; time < 3; time++) greenlet.rawLink(() => void calls++);
      greenlet.unlinkAll();
      expect(greenlet.linkCount).to.equal(0);
      greenlet.join();
      sleep(0);
      expect(calls).to.equal(0);
    }),
  );
});

describe('links that fail', () => {
  const reports = collectReports();

  for (const run of [() => 5, endings.error.run]) {
    it(
      `are reported, and the others told, when the greenlet ${run === endings.error.run ? 'fails too' : 'succeeds'}`,
      inGreenlet(() => {
        const greenlet = spawn(run as () => number);
        const calls: number[] = [];
        for (const number of [10, 20, 30]) {
          greenlet[number === 20 ? 'rawLink' : 'link'](() => {
            calls.push(number);
            throw new SomeError(`link ${number}`);
          });
        }
        greenlet.join();
        sleep(0);
        expect(calls).to.deep.equal([10, 20, 30]);
        for (const number of [10, 20, 30]) expect(reports.join('')).to.contain(`link ${number}`);
      }),
    );
  }

  it(
    'are reported when they fail after they have blocked',
    inGreenlet(() => {
      const greenlet = spawn(() => 5);
      greenlet.link(() => {
        sleep(1);
        throw new SomeError('late failure');
      });
      sleep(5);
      expect(reports.join('')).to.contain('late failure').and.to.contain('failed with SomeError');
    }),
  );

  for (const method of ['link', 'rawLink'] as const) {
    it(
      `and take each other back (${method}): only the first is called`,
      inGreenlet(() => {
        const greenlet = spawn(() => 5);
        const calls: number[] = [];
        const first = (): never => {
          greenlet.unlink(second);
          calls.push(1);
          throw new SomeError();
        };
        const second = (): never => {
          greenlet.unlink(first);
          calls.push(2);
          throw new SomeError();
        };
        greenlet[method](first);
        greenlet[method](second);
        greenlet[method](() => {
          throw new SomeError();
        });
        greenlet.join();
        sleep(0);
        expect(calls).to.deep.equal([1]);
        expect(reports).to.have.length(2);
      }),
    );
  }

  it(
    'because they block on the hub say so',
    inGreenlet(() => {
      const greenlet = spawn(() => 5);
      greenlet.rawLink(() => sleep(1));
      greenlet.join();
      expect(reports.join('')).to.contain('BlockingSwitchOutError');
    }),
  );
});

describe('who waits for what nobody tells', () => {
  collectReports();

  it(
    'waits on: a link for the other outcome says nothing',
    inGreenlet(() => {
      const nothing = {};
      const result = new AsyncResult();
      const greenlet = spawn(() => 25);
      greenlet.linkException((source) => result.setFrom(source));
      expect(withTimeout({ milliseconds: 5, timeoutValue: nothing }, () => result.get())).to.equal(nothing);

      const failing = spawn(endings.error.run);
      failing.linkValue((source) => result.setFrom(source));
      expect(withTimeout({ milliseconds: 5, timeoutValue: nothing }, () => result.get())).to.equal(nothing);
    }),
  );

  it(
    'gets the very error by way of an AsyncResult',
    inGreenlet(() => {
      const failing = spawn(endings.error.run);
      const result = new AsyncResult();
      failing.link((source) => result.setFrom(source));
      expect(thrownBy(() => result.get())).to.equal(failing.exception);
    }),
  );

  it(
    'gets the GreenletExit as a value',
    inGreenlet(() => {
      const greenlet = spawn(() => sleep(100_000));
      const result = new AsyncResult();
      greenlet.linkValue((source) => result.setFrom(source));
      sleep(0);
      greenlet.kill();
      expect(result.get()).to.be.an.instanceOf(GreenletExit);
    }),
  );
});
