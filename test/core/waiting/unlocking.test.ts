import { expect } from 'chai';

import { spawn } from '../../../src/core/greenlets/spawn';
import { getHub } from '../../../src/core/hub/hub';
import { Channel } from '../../../src/core/queues/channel';
import { SimpleQueue } from '../../../src/core/queues/simple-queue';
import { sleep } from '../../../src/core/waiting/sleep';
import { thrownBy } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** A test of who does what in which order; the lines are those that gevent gives. */
function inOrder(run: (log: (line: string) => void) => void, ...lines: string[]): () => Promise<void> {
  return inGreenlet(() => {
    const seen: string[] = [];
    run((line) => void seen.push(line));
    expect(seen).to.deep.equal(lines);
  });
}

function producerAndConsumer(
  queue: SimpleQueue<number>,
  count: number,
  log: (line: string) => void,
): [producer: () => void, consumer: () => void] {
  return [
    () => {
      for (let item = 0; item < count; item++) {
        queue.put(item);
        log(`put${item}`);
      }
    },
    () => {
      for (let item = 0; item < count; item++) log(`got${queue.get()}`);
    },
  ];
}

function runAll(...bodies: Array<() => void>): void {
  for (const greenlet of bodies.map((body) => spawn(body))) greenlet.get();
}

describe('the turns of a queue', () => {
  it(
    'does not switch when it puts without a bound',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(), 3, log)),
      ...['put0', 'put1', 'put2', 'got0', 'got1', 'got2'],
    ),
  );

  it(
    'alternates with room for one',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(1), 4, log)),
      ...['put0', 'got0', 'put1', 'got1', 'put2', 'got2', 'put3', 'got3'],
    ),
  );

  it(
    'alternates with room for one when the consumer is first',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(1), 4, log).reverse()),
      ...['put0', 'got0', 'put1', 'got1', 'put2', 'got2', 'put3', 'got3'],
    ),
  );

  it(
    'fills up and is emptied by turns with room for two',
    inOrder(
      (log) => runAll(...producerAndConsumer(new SimpleQueue(2), 5, log)),
      ...['put0', 'put1', 'got0', 'got1', 'put2', 'put3', 'got2', 'got3', 'put4', 'got4'],
    ),
  );

  it(
    'gives all getters their items in one go, at the hub’s next turn',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>();
        const getters = [0, 1, 2].map((name) => spawn(() => log(`getter ${name} got ${queue.get()}`)));
        sleep(0);
        queue.put(0);
        const other = spawn(() => log('other'));
        queue.put(1);
        queue.put(2);
        log('all put');
        for (const greenlet of [...getters, other]) greenlet.join();
      },
      ...['all put', 'getter 0 got 0', 'getter 1 got 1', 'getter 2 got 2', 'other'],
    ),
  );

  it(
    'lets putters in by the order in which they came, each with its item',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>(1, { items: ['first'] });
        const putters = [0, 1, 2].map((name) =>
          spawn(() => {
            queue.put(`item ${name}`);
            log(`putter ${name} is in`);
          }),
        );
        sleep(0);
        for (let item = 0; item < 4; item++) log(`got ${queue.get()}`);
        for (const greenlet of putters) greenlet.join();
      },
      ...['got first', 'putter 0 is in', 'got item 0', 'putter 1 is in', 'got item 1', 'putter 2 is in', 'got item 2'],
    ),
  );

  it(
    'lets putters and getters go on by turns',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>(2, { items: ['a', 'b'] });
        const putters = ['c', 'd'].map((item) =>
          spawn(() => {
            queue.put(item);
            log(`put ${item}`);
          }),
        );
        sleep(0);
        const getters = [0, 1].map(() => spawn(() => log(`got ${queue.get()}`)));
        log(`got ${queue.get()}`);
        log(`got ${queue.get()}`);
        for (const greenlet of [...putters, ...getters]) greenlet.join();
      },
      ...['got a', 'got b', 'put c', 'got c', 'put d', 'got d'],
    ),
  );

  it(
    'lets who does not wait be faster than who does, on either side',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>(1, { items: ['a'] });
        const putter = spawn(() => queue.put('b'));
        sleep(0);
        log(`got ${queue.get()}`);
        queue.put('c');
        log(`got ${queue.get()}`);
        log(`got ${queue.get()}`);
        putter.join();
        const getter = spawn(() => log(`getter got ${queue.get()}`));
        sleep(0);
        queue.put('d');
        log(`got ${queue.get()}`);
        sleep(0);
        log('getter waits on');
        queue.put('e');
        getter.join();
      },
      ...['got a', 'got c', 'got b', 'got d', 'getter waits on', 'getter got e'],
    ),
  );

  it(
    'lets several greenlets peek at an item that one of them takes',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<string>();
        const peek = (name: string): void => log(`${name} saw ${queue.peek()}`);
        const get = (name: string): void => log(`${name} got ${queue.get()}`);
        const greenlets = [spawn(peek, '1'), spawn(peek, '2'), spawn(get, '3'), spawn(peek, '4'), spawn(get, '5')];
        sleep(0);
        queue.put('a');
        queue.put('b');
        for (const greenlet of greenlets) greenlet.join();
        log(`size ${queue.size}`);
      },
      ...['1 saw a', '2 saw a', '3 got a', '4 saw b', '5 got b', 'size 0'],
    ),
  );

  it(
    'gets on the hub what blocked putters put, one after the other',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>(1);
        const putters = [0, 1, 2].map((item) =>
          spawn(() => {
            queue.put(item);
            log(`put${item}`);
          }),
        );
        sleep(0);
        getHub().runCallback(() => {
          for (let turn = 0; turn < 3; turn++) log(`hub got${queue.get()}`);
          log(`hub: ${(thrownBy(() => queue.get()) as Error).name}`);
        });
        for (const putter of putters) putter.join();
      },
      ...['put0', 'hub got0', 'put1', 'hub got1', 'put2', 'hub got2', 'hub: Empty'],
    ),
  );

  it(
    'lets blocked getters get when it puts on the hub',
    inOrder(
      (log) => {
        const queue = new SimpleQueue<number>(1);
        const getters = [0, 1].map((name) => spawn(() => log(`getter ${name} got${queue.get()}`)));
        sleep(0);
        getHub().runCallback(() => {
          for (let item = 0; item < 3; item++) {
            queue.put(item);
            log(`hub put${item}`);
          }
          log(`hub: ${(thrownBy(() => queue.put(3)) as Error).name}`);
        });
        for (const getter of getters) getter.join();
      },
      ...['hub put0', 'getter 0 got0', 'hub put1', 'getter 1 got1', 'hub put2', 'hub: Full'],
    ),
  );

  describe('with two greenlets that hand over to each other all the time', () => {
    const FOR_EVER = 100_000;

    /** How many items go from one to the other until the function comes back. */
    function countDuring(run: () => void): number {
      const queue = new SimpleQueue<number>(1);
      let isOver = false;
      const producer = spawn(() => {
        for (let item = 0; item < FOR_EVER && !isOver; item++) queue.put(item);
        queue.shutdown();
      });
      const consumer = spawn(() => [...queue].length);
      run();
      isOver = true;
      producer.join();
      return consumer.get();
    }

    it(
      'keeps timers going',
      inGreenlet(() => {
        expect(countDuring(() => sleep(10))).to.be.within(1, FOR_EVER - 1);
      }),
    );

    it(
      'keeps the other greenlets going',
      inGreenlet(() => {
        const hundredTurns = (): void => {
          for (let turn = 0; turn < 100; turn++) sleep(0);
        };
        expect(countDuring(hundredTurns)).to.be.within(100, 10_000);
      }),
    );
  });

  it(
    'lets two hand over to each other before anybody else',
    inOrder(
      (log) => {
        const others = (): void => {
          for (let turn = 0; turn < 4; turn++) {
            log(`turn${turn}`);
            sleep(0);
          }
        };
        runAll(others, ...producerAndConsumer(new SimpleQueue(1), 3, log));
      },
      ...['turn0', 'put0', 'got0', 'turn1', 'put1', 'got1', 'put2', 'got2', 'turn2', 'turn3'],
    ),
  );

  it(
    'lets two hand over through a channel before anybody else',
    inOrder(
      (log) => {
        const others = (): void => {
          for (let turn = 0; turn < 4; turn++) {
            log(`turn${turn}`);
            sleep(0);
          }
        };
        const channel = new Channel<number>();
        const putter = (): void => {
          for (let item = 0; item < 3; item++) {
            channel.put(item);
            log(`put${item}`);
          }
        };
        const getter = (): void => {
          for (let item = 0; item < 3; item++) log(`got${channel.get()}`);
        };
        runAll(others, getter, putter);
      },
      ...['turn0', 'turn1', 'got0', 'put0', 'got1', 'put1', 'got2', 'put2', 'turn2', 'turn3'],
    ),
  );
});
