import { expect } from 'chai';
import { inspect } from 'node:util';

import { Empty, Full, ShutDown } from '../../../src/core/errors';
import { spawn } from '../../../src/core/greenlets/spawn';
import { getHub } from '../../../src/core/hub/hub';
import { Channel } from '../../../src/core/queues/channel';
import { StopIteration } from '../../../src/core/queues/queue-iteration';
import { sleep } from '../../../src/core/waiting/sleep';
import { Timeout } from '../../../src/core/waiting/timeout';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

function passTime(): void {
  const until = performance.now() + 0.05;
  while (performance.now() < until);
}

describe('Channel', () => {
  for (const first of ['putter', 'getter']) {
    it(
      `lets the getter go on before the putter, when the ${first} is there first`,
      inGreenlet(() => {
        const channel = new Channel<number>();
        const seen: string[] = [];
        const bodies = [
          () => {
            for (let item = 0; item < 3; item++) {
              channel.put(item);
              seen.push(`put${item}`);
            }
          },
          () => {
            for (let item = 0; item < 3; item++) seen.push(`got${channel.get()}`);
          },
        ];
        if (first === 'getter') bodies.reverse();
        for (const greenlet of bodies.map((body) => spawn(body))) greenlet.get();
        expect(seen).to.deep.equal(['got0', 'put0', 'got1', 'put1', 'got2', 'put2']);
      }),
    );
  }

  it(
    'waits until the item is taken',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const seen: string[] = [];
      const getter = spawn(() => {
        seen.push(channel.get());
        seen.push(channel.get());
      });
      seen.push('sending');
      channel.put('hello');
      seen.push('sent hello');
      channel.put('world');
      seen.push('sent world');
      expect(seen).to.deep.equal(['sending', 'hello', 'sent hello', 'world', 'sent world']);
      getter.get();
    }),
  );

  it(
    'waits until an item is offered',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const seen: string[] = [];
      const putter = spawn(() => {
        for (const word of ['hello', 'world']) {
          seen.push(`sending ${word}`);
          channel.put(word);
        }
        seen.push('sent world');
      });
      seen.push('waiting', channel.get(), channel.get());
      expect(seen).to.deep.equal(['sending hello', 'sending world', 'waiting', 'hello', 'world']);
      sleep(0);
      expect(seen.at(-1)).to.equal('sent world');
      putter.get();
    }),
  );

  it(
    'serves both sides by the order in which they came',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const seen: string[] = [];
      const putters = ['a', 'b', 'c'].map((item) => spawn(() => channel.put(item)));
      sleep(0);
      const getters = [0, 1, 2].map((name) => spawn(() => seen.push(`${name} got ${channel.get()}`)));
      for (const greenlet of [...putters, ...getters]) greenlet.get();
      expect(seen).to.deep.equal(['0 got a', '1 got b', '2 got c']);
    }),
  );

  it(
    'holds nothing: of size 0, empty and full at once; its balance says who waits',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const state = (): unknown[] => [channel.size, channel.empty(), channel.full(), channel.balance];
      expect(state()).to.deep.equal([0, true, true, 0]);
      const putters = [spawn(() => channel.put('a')), spawn(() => channel.put('b'))];
      sleep(0);
      expect(state()).to.deep.equal([0, true, true, 2]);
      expect(inspect(channel)).to.equal('Channel { getters: 0, putters: 2 }');
      channel.get();
      channel.get();
      const getter = spawn(() => channel.get());
      sleep(0);
      expect(state()).to.deep.equal([0, true, true, -1]);
      getter.kill();
      for (const putter of putters) putter.get();
      expect(state()).to.deep.equal([0, true, true, 0]);
    }),
  );

  it(
    'hands over without waiting if the other side waits already',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const getter = spawn(() => channel.get());
      sleep(0);
      channel.putNowait('a');
      expect([getter.ready(), getter.value]).to.deep.equal([true, 'a']);
      const putter = spawn(() => channel.put('b'));
      sleep(0);
      expect(channel.getNowait()).to.equal('b');
      putter.get();
    }),
  );

  it(
    'does not count on somebody whom another has come for',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const getter = spawn(() => channel.get());
      sleep(0);
      const putter = spawn(() => channel.put('a'));
      let seen: unknown;
      const late = spawn(() => {
        seen = thrownBy(() => channel.putNowait('b'));
      });
      expect(getter.get()).to.equal('a');
      expect(seen).to.be.instanceOf(Full);
      putter.get();
      late.get();
    }),
  );

  it(
    'does not wait for a getter that is killed before the item is handed over',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const getter = spawn(() => channel.get());
      sleep(0);
      getter.kill(undefined, { block: false });
      expect(() => channel.putNowait('a')).to.throw(Full);
      expect(channel.balance).to.equal(0);
    }),
  );

  it(
    'fails without waiting if nobody waits, before others run',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const putter = spawn(() => channel.put('a'));
      expect(() => channel.getNowait()).to.throw(Empty);
      sleep(0);
      expect(channel.getNowait()).to.equal('a');
      putter.get();
    }),
  );

  it(
    'takes an item for taken although the time is over before the putter can go on',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const putter = spawn(() => {
        channel.put('a', { timeout: 1 });
        return 'taken';
      });
      sleep(0);
      getHub().runCallback(() => {
        // More than the hub does before it looks after its timers.
        for (let turn = 0; turn < 600; turn++) getHub().runCallback(passTime);
        channel.get();
      });
      expect(putter.get()).to.equal('taken');
    }),
  );

  it(
    'switches, on the hub, into a getter at once, and into a putter later',
    inGreenlet(() => {
      const channel = new Channel<number>();
      const seen: string[] = [];
      const getter = spawn(() => seen.push(`got${channel.get()}`));
      sleep(0);
      getHub().runCallback(() => {
        channel.put(1);
        seen.push('hub put1');
      });
      getter.get();
      const putter = spawn(() => {
        channel.put(2);
        seen.push('put2');
      });
      sleep(0);
      getHub().runCallback(() => seen.push(`hub got${channel.get()}`));
      putter.get();
      expect(seen).to.deep.equal(['got1', 'hub put1', 'hub got2', 'put2']);
    }),
  );

  it(
    'goes on without a putter that was killed while its item was handed over',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const putters = ['a', 'b'].map((item) => spawn(() => channel.put(item)));
      sleep(0);
      const getter = spawn(() => {
        const item = channel.get();
        putters[0]!.kill(undefined, { block: false });
        return item;
      });
      expect(getter.get()).to.equal('a');
      expect(channel.get()).to.equal('b');
      for (const putter of putters) putter.join();
      expect(channel.balance).to.equal(0);
    }),
  );

  it(
    'is iterated until the sentinel comes',
    inGreenlet(() => {
      const channel = new Channel<string | typeof StopIteration>();
      const putter = spawn(() => {
        for (const item of ['a', 'b', StopIteration] as const) channel.put(item);
      });
      expect([...channel]).to.deep.equal(['a', 'b']);
      putter.get();
    }),
  );

  it(
    'is iterated until it is shut down',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const readers = [1, 2].map(() => spawn(() => [...channel]));
      sleep(0);
      channel.put('a');
      channel.put('b');
      channel.shutdown();
      expect(readers.map((reader) => reader.get())).to.deep.equal([['a'], ['b']]);
      expect([...channel]).to.deep.equal([]);
    }),
  );

  const sides = {
    put: (channel: Channel<number>) => channel.put(0, { timeout: 10_000 }),
    get: (channel: Channel<number>) => channel.get({ timeout: 10_000 }),
  };
  for (const [side, waitIn] of Object.entries(sides)) {
    it(
      `throws ShutDown into whoever waits in ${side} when it is shut down, in order, and into who comes later`,
      inGreenlet(() => {
        const channel = new Channel<number>();
        const seen: string[] = [];
        const waiting = [1, 2].map((number) =>
          spawn(() => {
            const error = thrownBy(() => waitIn(channel)) as Error;
            seen.push(`${number} ${error.constructor.name}`);
          }),
        );
        sleep(0);
        expect(channel.isShutdown).to.equal(false);
        channel.shutdown();
        for (const greenlet of waiting) greenlet.get();
        expect(seen).to.deep.equal(['1 ShutDown', '2 ShutDown']);
        expect(channel.isShutdown).to.equal(true);
        expect(inspect(channel)).to.equal('Channel { getters: 0, putters: 0, shut down }');
        for (const options of [undefined, { block: false }, { timeout: 1 }]) {
          expect(() => channel.put(0, options)).to.throw(ShutDown);
          expect(() => channel.get(options)).to.throw(ShutDown);
        }
      }),
    );
  }

  it(
    'hands over, when it is shut down, between those who have found each other',
    inGreenlet(() => {
      const channel = new Channel<string>();
      const putter = spawn(() => channel.put('a'));
      const getter = spawn(() => channel.get());
      const second = spawn(() => thrownBy(() => channel.get()));
      sleep(0);
      channel.shutdown();
      putter.get();
      expect(getter.get()).to.equal('a');
      expect(second.get()).to.be.instanceOf(ShutDown);
    }),
  );

  it(
    'ends no timeout but its own',
    inGreenlet(() => {
      const channel = new Channel<string>();
      using outer = Timeout.startNew(10_000);
      expect(() => channel.get({ timeout: 1 })).to.throw(Empty);
      expect(() => channel.put('a', { timeout: 1 })).to.throw(Full);
      expect(outer.pending).to.equal(true);
    }),
  );

  it('accepts a maxsize of 1 and no other', () => {
    expect(new Channel(1).size).to.equal(0);
    for (const maxsize of [0, 2, null]) {
      expect(thrownBy(() => new Channel(maxsize as number))).to.have.property('code', 'ERR_OUT_OF_RANGE');
    }
  });
});
