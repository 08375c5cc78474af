import { expect } from 'chai';

import { spawnSource } from '../support/spawn-script';

// The small programs by which greenlets and gevent are explained, with what they print.
const programs: ReadonlyArray<readonly [title: string, source: string, lines: readonly string[]]> = [
  [
    'two greenlets send each other hello and 42',
    `
    const { RawGreenlet } = require('unblock');
    const first = new RawGreenlet((x, y) => {
      const z = second.switch(x + y);
      console.log(z);
    });
    const second = new RawGreenlet((u) => {
      console.log(u);
      first.switch(42);
    });
    first.switch('hello', ' world');`,
    ['hello world', '42'],
  ],
  [
    'a greenlet begins, returns to who has started it, and is entered again',
    `
    const { getMain, RawGreenlet } = require('unblock');
    const first = new RawGreenlet(() => {
      console.log('first begins');
      second.switch();
      console.log('first returns');
    });
    const second = new RawGreenlet(() => {
      console.log('second begins');
      first.switch();
      console.log('second is entered again');
    });
    first.switch();
    second.switch();`,
    ['first begins', 'second begins', 'first returns', 'second is entered again'],
  ],
  [
    'two sleep at the same time',
    `
    const { joinAll, sleep, spawn } = require('unblock');
    const sleeper = (name) => {
      console.log(name, 'starts');
      sleep(10);
      console.log(name, 'ends');
    };
    spawn(() => joinAll([spawn(sleeper, 'first'), spawn(sleeper, 'second')]));`,
    ['first starts', 'second starts', 'first ends', 'second ends'],
  ],
  [
    'a queue without a bound is filled before anybody gets a turn',
    `
    const { joinAll, Queue, spawn } = require('unblock');
    const queue = new Queue();
    const producer = () => { for (let i = 0; i < 3; i++) { queue.put(i); console.log('put', i); } };
    const consumer = () => { for (let i = 0; i < 3; i++) console.log('got', queue.get()); };
    spawn(() => joinAll([spawn(producer), spawn(consumer)]));`,
    ['put 0', 'put 1', 'put 2', 'got 0', 'got 1', 'got 2'],
  ],
  [
    'a producer that gives way with sleep(0) takes turns with the consumer',
    `
    const { joinAll, Queue, sleep, spawn } = require('unblock');
    const queue = new Queue();
    const producer = () => { for (let i = 0; i < 3; i++) { queue.put(i); console.log('put', i); sleep(0); } };
    const consumer = () => { for (let i = 0; i < 3; i++) console.log('got', queue.get()); };
    spawn(() => joinAll([spawn(producer), spawn(consumer)]));`,
    ['put 0', 'got 0', 'put 1', 'got 1', 'put 2', 'got 2'],
  ],
  [
    'a queue with room for one alternates by itself',
    `
    const { joinAll, Queue, spawn } = require('unblock');
    const queue = new Queue(1);
    const producer = () => { for (let i = 0; i < 3; i++) { queue.put(i); console.log('put', i); } };
    const consumer = () => { for (let i = 0; i < 3; i++) console.log('got', queue.get()); };
    spawn(() => joinAll([spawn(producer), spawn(consumer)]));`,
    ['put 0', 'got 0', 'put 1', 'got 1', 'put 2', 'got 2'],
  ],
  [
    'a channel lets the getter go on before the putter',
    `
    const { Channel, joinAll, spawn } = require('unblock');
    const channel = new Channel();
    const producer = () => { for (let i = 0; i < 3; i++) { channel.put(i); console.log('put', i); } };
    const consumer = () => { for (let i = 0; i < 3; i++) console.log('got', channel.get()); };
    spawn(() => joinAll([spawn(producer), spawn(consumer)]));`,
    ['got 0', 'put 0', 'got 1', 'put 1', 'got 2', 'put 2'],
  ],
  [
    'callbacks and greenlets have their turn in the order in which they were asked for',
    `
    const { getHub, spawn } = require('unblock');
    const say = (word) => () => console.log(word);
    getHub().runCallback(say('callback 1'));
    spawn(say('greenlet 1'));
    getHub().runCallback(say('callback 2'));
    spawn(say('greenlet 2'));`,
    ['callback 1', 'greenlet 1', 'callback 2', 'greenlet 2'],
  ],
];

describe('a seed program', () => {
  for (const [title, source, lines] of programs) {
    for (const loader of [false, true]) {
      it(`${title}${loader ? ' (under the loader)' : ''}`, async () => {
        const { code, stdout, stderr } = await spawnSource(source, { loader });
        expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: [...lines, ''].join('\n'), stderr: '' });
      });
    }
  }
});
