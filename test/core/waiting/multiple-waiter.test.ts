import { expect } from 'chai';

import { ConcurrentObjectUseError, GreenletExit } from '../../../src/core/errors';
import { spawn } from '../../../src/core/greenlets/spawn';
import { MultipleWaiter } from '../../../src/core/waiting/multiple-waiter';
import { sleep } from '../../../src/core/waiting/sleep';
import { inGreenlet } from '../../support/in-greenlet';

describe('MultipleWaiter', () => {
  it(
    'keeps what is delivered before it is asked for, in order',
    inGreenlet(() => {
      const waiter = new MultipleWaiter<number>();
      expect(waiter.ready).to.equal(false);
      for (const message of [1, 2, 3]) waiter.switch(message);
      expect(waiter.ready).to.equal(true);
      expect([waiter.get(), waiter.get(), waiter.get()]).to.deep.equal([1, 2, 3]);
      expect(waiter.ready).to.equal(false);
    }),
  );

  it(
    'waits for each message, and keeps those that come while its greenlet does something else',
    inGreenlet(() => {
      const waiter = new MultipleWaiter<string>();
      const seen: string[] = [];
      const reader = spawn(() => {
        for (let i = 0; i < 4; i++) {
          seen.push(waiter.get());
          sleep(0);
        }
      });
      sleep(0);
      waiter.switch('a');
      waiter.switch('b');
      sleep(0);
      expect(seen).to.deep.equal(['a']);
      waiter.switch('c');
      setImmediate(() => waiter.switch('d'));
      reader.get();
      expect(seen).to.deep.equal(['a', 'b', 'c', 'd']);
    }),
  );

  it(
    'loses nothing when who waits is killed, and lets another wait then',
    inGreenlet(() => {
      const waiter = new MultipleWaiter<string>();
      const killed = spawn(() => waiter.get());
      sleep(0);
      expect(() => waiter.get()).to.throw(ConcurrentObjectUseError);
      killed.kill(undefined, { block: false });
      waiter.switch('for the next one');
      killed.join();
      expect(killed.value).to.be.instanceOf(GreenletExit);
      expect(waiter.get()).to.equal('for the next one');
    }),
  );
});
