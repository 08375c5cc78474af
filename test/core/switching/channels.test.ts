import { expect } from 'chai';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnLater, spawnRaw } from '../../../src/core/greenlets/spawn';
import { carry } from '../../../src/core/hub/carrier';
import { isTelling } from '../../../src/core/switching/channels';
import { Event } from '../../../src/core/sync/event';
import { sleep } from '../../../src/core/waiting/sleep';
import { canBlock } from '../../../src/core/waiting/waiter';
import { BlockingSwitchOutError, getCurrent, getMain, RawGreenlet } from '../../../src/index';
import { SomeError, thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';
import { spawnSource } from '../../support/spawn-script';

type Name = 'spawn' | 'switch' | 'block' | 'ready' | 'death';
type Message = Record<string, unknown>;

/** Subscribes to channels for the time of an action; returns what they have told, each with the name of its channel. */
function listen(names: readonly Name[], action: () => void): Array<[name: Name, message: Message]> {
  const told: Array<[Name, Message]> = [];
  const note = (name: Name) => (message: unknown) => void told.push([name, message as Message]);
  const listeners = new Map(names.map((name) => [`unblock:${name}`, note(name)]));
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  try {
    action();
  } finally {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
  }
  return told;
}

/** The same, without the names. */
function messagesOf(name: Name, action: () => void): Message[] {
  return listen([name], action).map(([, message]) => message);
}

const ALL: readonly Name[] = ['spawn', 'switch', 'block', 'ready', 'death'];

describe('the channels', () => {
  it(
    'tell the life of a greenlet in the order in which it happens',
    inGreenlet(() => {
      const event = new Event();
      let greenlet: RawGreenlet | undefined;
      const told = listen(ALL, () => {
        greenlet = spawn(() => event.wait());
        sleep(0);
        event.set();
        sleep(0);
      });
      const life = told
        .filter(([, message]) => Object.values(message).includes(greenlet))
        .map(([name, message]) => (message.origin === greenlet ? 'switch away' : name));
      const expected = ['spawn', 'ready', 'switch', 'block', 'switch away', 'ready', 'switch', 'switch away', 'death'];
      expect(life).to.deep.equal(expected);
    }),
  );

  it(
    'tell nothing when nobody has subscribed any more',
    inGreenlet(() => {
      const told = listen(ALL, () => undefined);
      spawn(() => sleep(0)).join();
      expect(told).to.deep.equal([]);
    }),
  );

  describe('unblock:spawn', () => {
    it(
      'tells who has been spawned by whom, when it is to run, and before it does',
      inGreenlet(() => {
        const spawner = getCurrent();
        const spawned: RawGreenlet[] = [];
        const messages = messagesOf('spawn', () => {
          spawned.push(
            spawn(() => undefined),
            spawnRaw(() => undefined),
            spawnLater(5, () => undefined),
          );
        });
        (spawned[2] as Greenlet).join();
        expect(messages).to.deep.equal([
          { greenlet: spawned[0], spawner, delay: 0 },
          { greenlet: spawned[1], spawner, delay: 0 },
          { greenlet: spawned[2], spawner, delay: 5 },
        ]);
      }),
    );

    it(
      'does not tell of a greenlet that is made, but not started, nor again when it is started twice',
      inGreenlet(() => {
        const greenlet = new Greenlet(() => undefined);
        expect(messagesOf('spawn', () => void new Greenlet(() => undefined))).to.deep.equal([]);
        const messages = messagesOf('spawn', () => {
          greenlet.start();
          greenlet.start();
        });
        greenlet.join();
        expect(messages).to.have.length(1);
      }),
    );

    it('tells of a callback of Node that gets a greenlet', () => {
      let carrier: RawGreenlet | undefined;
      const messages = messagesOf('spawn', () => carry(() => (carrier = getCurrent()), undefined, []));
      expect(messages).to.deep.equal([{ greenlet: carrier, spawner: getMain(), delay: 0 }]);
    });
  });

  describe('unblock:switch', () => {
    it('tells each switch, from whom to whom, in the one that goes on', () => {
      const main = getMain();
      const currents: RawGreenlet[] = [];
      const note = (): void => void currents.push(getCurrent());
      const greenlet = new RawGreenlet(() => thrownBy(() => main.switch()));
      subscribe('unblock:switch', note);
      const messages = messagesOf('switch', () => {
        greenlet.switch();
        greenlet.throw(new SomeError());
      });
      unsubscribe('unblock:switch', note);
      expect(messages).to.deep.equal([
        { origin: main, target: greenlet, kind: 'switch' },
        { origin: greenlet, target: main, kind: 'switch' },
        { origin: main, target: greenlet, kind: 'throw' },
        { origin: greenlet, target: main, kind: 'switch' },
      ]);
      expect(currents).to.deep.equal([greenlet, main, greenlet, main]);
    });

    it('leaves what the switches send as it is', () => {
      const greenlet = new RawGreenlet((value) => getMain().switch(value));
      const error = new SomeError();
      messagesOf('switch', () => {
        expect(greenlet.switch('sent')).to.equal('sent');
        expect(thrownBy(() => greenlet.throw(error))).to.equal(error);
      });
    });

    it('does not tell of those who are asked for their stack', () => {
      const greenlet = new RawGreenlet(() => getMain().switch());
      greenlet.switch();
      expect(messagesOf('switch', () => greenlet.stack)).to.deep.equal([]);
      greenlet.switch();
    });
  });

  describe('unblock:block', () => {
    it(
      'tells that a greenlet is about to wait, while its stack shows in what',
      inGreenlet(() => {
        const stacks: string[] = [];
        const note = (): void => void stacks.push(new Error().stack!);
        subscribe('unblock:block', note);
        const messages = messagesOf('block', () => sleep(1));
        unsubscribe('unblock:block', note);
        expect(messages).to.deep.equal([{ greenlet: getCurrent() }]);
        expect(stacks[0]).to.match(/ at sleep /);
      }),
    );

    it(
      'does not tell of a call that need not wait',
      inGreenlet(() => {
        const event = new Event();
        event.set();
        expect(messagesOf('block', () => event.wait())).to.deep.equal([]);
      }),
    );
  });

  describe('unblock:death', () => {
    it('tells that a greenlet has ended, in the one that goes on', () => {
      const seen: unknown[] = [];
      const note = (message: unknown): void =>
        void seen.push((message as { greenlet: RawGreenlet }).greenlet.dead, getCurrent());
      const greenlet = new RawGreenlet(() => {
        throw new SomeError();
      });
      subscribe('unblock:death', note);
      const messages = messagesOf('death', () => thrownBy(() => greenlet.switch()));
      unsubscribe('unblock:death', note);
      expect(messages).to.deep.equal([{ greenlet }]);
      expect(seen).to.deep.equal([true, getMain()]);
    });

    it('tells of one that has returned as well', () => {
      const greenlet = new RawGreenlet(() => undefined);
      expect(messagesOf('death', () => greenlet.switch())).to.deep.equal([{ greenlet }]);
    });

    it(
      'tells of one that is killed before it has run, once',
      inGreenlet(() => {
        const greenlet = spawn(() => undefined);
        const messages = messagesOf('death', () => {
          greenlet.kill();
          greenlet.kill();
        });
        expect(messages).to.deep.equal([{ greenlet }]);
      }),
    );
  });

  describe('a subscriber', () => {
    it(
      'cannot be suspended',
      inGreenlet(() => {
        const seen: unknown[] = [];
        const note = (): void =>
          void seen.push(
            canBlock(),
            thrownBy(() => sleep(1)),
            isTelling(),
          );
        subscribe('unblock:spawn', note);
        const greenlet = spawn(() => undefined);
        unsubscribe('unblock:spawn', note);
        greenlet.join();
        expect(seen[0]).to.equal(false);
        expect(seen[1]).to.be.instanceOf(BlockingSwitchOutError);
        expect([seen[2], isTelling(), canBlock()]).to.deep.equal([true, false, true]);
      }),
    );

    it('that fails fails the process, and not the greenlet', async () => {
      const { code, stdout, stderr } = await spawnSource(`
        const { spawn, sleep } = require('unblock');
        require('node:diagnostics_channel').subscribe('unblock:switch', () => { throw new Error('in the subscriber'); });
        process.once('uncaughtException', ({ message }) => {
          console.log(message);
          process.exit(7);
        });
        const greenlet = spawn(() => { sleep(0); console.log('ran'); });
      `);
      expect({ code, stderr }).to.deep.equal({ code: 7, stderr: '' });
      expect(stdout).to.match(/in the subscriber\n$/);
    });
  });
});
