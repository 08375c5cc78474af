import { expect } from 'chai';
import { inspect } from 'node:util';

import type { BlockOptions } from '../../../src/core/argument-checks';
import { Empty, Full, InvalidSwitchError } from '../../../src/core/errors';
import { spawn, spawnRaw } from '../../../src/core/greenlets/spawn';
import { getHub } from '../../../src/core/hub/hub';
import { Channel } from '../../../src/core/queues/channel';
import { LifoQueue, PriorityQueue } from '../../../src/core/queues/ordered-queues';
import { Queue } from '../../../src/core/queues/queue';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { sleep } from '../../../src/core/waiting/sleep';
import { Timeout } from '../../../src/core/waiting/timeout';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** What queues and channels have in common. */
interface Kind {
  put(item: number, options?: BlockOptions): void;
  putNowait(item: number): void;
  get(options?: BlockOptions): number;
  getNowait(): number;
  readonly size: number;
  empty(): boolean;
}

const kinds: ReadonlyArray<new (maxsize?: number) => Kind> = [SimpleQueue, Queue, PriorityQueue, LifoQueue, Channel];

/** What a function does on the hub: its result, or its error. */
function onHub<T>(run: () => T): T {
  let outcome: (() => T) | undefined;
  getHub().runCallback(() => {
    try {
      const result = run();
      outcome = () => result;
    } catch (error) {
      outcome = () => {
        throw error;
      };
    }
  });
  sleep(0);
  return outcome!();
}

for (const Kind of kinds) {
  const isChannel = Kind === Channel;

  describe(`${Kind.name}: putting and getting`, () => {
    /** One in which `put` has to wait. */
    function full(): Kind {
      const queue = new Kind(1);
      if (!isChannel) queue.put(0);
      return queue;
    }

    const untouched = isChannel ? 'Channel { getters: 0, putters: 0 }' : `${Kind.name} { size: 0 }`;
    const untouchedFull = isChannel ? untouched : `${Kind.name} { size: 1, maxsize: 1 }`;

    it(
      'hands an item to a greenlet that waits',
      inGreenlet(() => {
        const queue = new Kind();
        const getter = spawn(() => queue.get({ timeout: 1000 }));
        sleep(1);
        queue.put(1);
        expect(getter.get()).to.equal(1);
        expect(inspect(queue)).to.equal(untouched);
      }),
    );

    it(
      'fails on the hub, instead of waiting, if there is no item',
      inGreenlet(() => {
        const queue = new Kind();
        expect(() => onHub(() => queue.get())).to.throw(Empty);
        expect(() => onHub(() => queue.getNowait())).to.throw(Empty);
      }),
    );

    it(
      'fails on the hub, instead of waiting, if there is no room',
      inGreenlet(() => {
        const queue = full();
        expect(() => onHub(() => queue.put(1))).to.throw(Full);
        expect(() => onHub(() => queue.putNowait(1))).to.throw(Full);
      }),
    );

    it(
      'puts on the hub what a blocked getter gets',
      inGreenlet(() => {
        const queue = new Kind();
        const getter = spawn(() => queue.get());
        sleep(0);
        onHub(() => queue.putNowait(10));
        sleep(0);
        expect(getter.ready()).to.equal(true);
        expect(getter.value).to.equal(10);
        expect(inspect(queue)).to.equal(untouched);
      }),
    );

    it(
      'gets on the hub what a blocked putter puts',
      inGreenlet(() => {
        const queue = full();
        const putter = spawn(() => queue.put(5));
        sleep(0);
        const got = onHub(() => Array.from({ length: isChannel ? 1 : 2 }, () => queue.getNowait()));
        sleep(0);
        expect(got.sort()).to.deep.equal(isChannel ? [5] : [0, 5]);
        expect(putter.ready()).to.equal(true);
        expect(queue.empty()).to.equal(true);
      }),
    );

    it(
      'gives up getting when the time is over',
      inGreenlet(() => {
        const queue = new Kind();
        const started = performance.now();
        const error = thrownBy(() => queue.get({ timeout: 20 }));
        expect(performance.now() - started).to.be.at.least(18);
        expect(error).to.be.instanceOf(Empty).with.property('code', 'ERR_UNBLOCK_QUEUE_EMPTY');
        expect(inspect(queue)).to.equal(untouched);
      }),
    );

    it(
      'gives up putting when the time is over',
      inGreenlet(() => {
        const queue = full();
        const started = performance.now();
        const error = thrownBy(() => queue.put(1, { timeout: 20 }));
        expect(performance.now() - started).to.be.at.least(18);
        expect(error).to.be.instanceOf(Full).with.property('code', 'ERR_UNBLOCK_QUEUE_FULL');
        expect(inspect(queue)).to.equal(untouchedFull);
      }),
    );

    it(
      'lets others run before it gives up with no time at all',
      inGreenlet(() => {
        const queue = new Kind();
        spawn(() => queue.put(1));
        expect(queue.get({ timeout: 0 })).to.equal(1);
        expect(() => queue.get({ timeout: 0 })).to.throw(Empty);
      }),
    );

    it(
      'lets a timeout of the caller pass, and leaves nobody in line',
      inGreenlet(() => {
        const queue = full();
        const timeout = Timeout.startNew(1);
        expect(thrownBy(() => queue.put(1, { timeout: 5000 }))).to.equal(timeout);
        expect(inspect(queue)).to.equal(untouchedFull);
        const drained = new Kind();
        const other = Timeout.startNew(1);
        expect(thrownBy(() => drained.get({ timeout: 5000 }))).to.equal(other);
        expect(inspect(drained)).to.equal(untouched);
      }),
    );

    it(
      'never yields when it fails without waiting',
      inGreenlet(() => {
        const queue = full();
        const drained = new Kind();
        const seen: string[] = [];
        const other = spawn(() => seen.push('other'));
        expect(() => queue.putNowait(1)).to.throw(Full);
        expect(() => queue.put(1, { block: false, timeout: 1000 })).to.throw(Full);
        expect(() => drained.getNowait()).to.throw(Empty);
        expect(() => drained.get({ block: false, timeout: 1000 })).to.throw(Empty);
        expect(seen).to.deep.equal([]);
        other.join();
      }),
    );

    it(
      'forgets a getter that is killed, and serves the next one',
      inGreenlet(() => {
        const queue = new Kind();
        const killed = spawn(() => queue.get());
        const next = spawn(() => queue.get());
        sleep(0);
        killed.kill();
        queue.put(1);
        expect(next.get()).to.equal(1);
        expect(inspect(queue)).to.equal(untouched);
      }),
    );

    it(
      'forgets a putter that is killed, with its item',
      inGreenlet(() => {
        const queue = full();
        const killed = spawn(() => queue.put(1));
        const next = spawn(() => queue.put(2));
        sleep(0);
        killed.kill();
        const got = [queue.get()];
        if (!isChannel) got.push(queue.get());
        next.join();
        expect(got.at(-1)).to.equal(2);
        expect(queue.empty()).to.equal(true);
        expect(() => queue.get({ timeout: 0 })).to.throw(Empty);
      }),
    );

    it(
      'takes a stray switch for no item',
      inGreenlet(() => {
        const queue = new Kind();
        let error: unknown;
        const getter = spawnRaw(() => {
          error = thrownBy(() => queue.get());
        });
        sleep(0);
        getHub().runCallback(() => getter.switch('stray'));
        sleep(0);
        expect(error).to.be.instanceOf(InvalidSwitchError);
        expect(inspect(queue)).to.equal(untouched);
      }),
    );

    it(
      'refuses options that cannot be, also where it need not wait',
      inGreenlet(() => {
        const queue = new Kind(1);
        const wrong: ReadonlyArray<[options: object, code: string]> = [
          [{ timeout: -1 }, 'ERR_OUT_OF_RANGE'],
          [{ timeout: NaN }, 'ERR_OUT_OF_RANGE'],
          [{ timeout: '1' }, 'ERR_INVALID_ARG_TYPE'],
          [{ block: 1 }, 'ERR_INVALID_ARG_TYPE'],
          [false as never, 'ERR_INVALID_ARG_TYPE'],
          [{ timeuot: 1 }, 'ERR_INVALID_ARG_VALUE'],
        ];
        for (const [options, code] of wrong) {
          expect(thrownBy(() => queue.put(1, options))).to.have.property('code', code);
          expect(thrownBy(() => queue.get(options))).to.have.property('code', code);
        }
        expect(inspect(queue)).to.equal(isChannel ? untouched : `${Kind.name} { size: 0, maxsize: 1 }`);
      }),
    );
  });
}
