import { expect } from 'chai';

import { node } from '../../../src/core/node';
import { Event } from '../../../src/core/sync/event';
import { countDeadlines, Deadline } from '../../../src/core/waiting/deadlines';
import { sleep } from '../../../src/index';
import { inGreenlet, startGreenlet } from '../../support/in-greenlet';

class Recorded extends Deadline {
  constructor(
    readonly record: Recorded[],
    readonly also?: () => void,
  ) {
    super(true);
  }

  override expire(): void {
    this.record.push(this);
    this.also?.();
  }
}

/** Numbers that look random, the same in each run. */
function scatter(count: number, below: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * 7919 + ((index * index) % 101)) % below);
}

describe('deadlines', () => {
  it(
    'expire in the order of their moments, whatever the order of the arming, and never early',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const ends: number[] = [];
      const armed = scatter(500, 30).map((milliseconds) => {
        const deadline = new Recorded(expired, () => ends.push(performance.now()));
        deadline.arm(milliseconds);
        return deadline;
      });
      sleep(60);
      expect(expired).to.deep.equal([...armed].sort((a, b) => a.at - b.at));
      expect(ends.every((end, index) => end >= expired[index]!.at)).to.equal(true);
    }),
  );

  it(
    'can be disarmed, any of them, and only those do not expire',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const armed = scatter(500, 30).map((milliseconds) => {
        const deadline = new Recorded(expired);
        deadline.arm(milliseconds + 1);
        return deadline;
      });
      const disarmed = armed.filter((_, index) => index % 3 !== 1);
      for (const deadline of disarmed) deadline.disarm();
      sleep(60);
      const others = armed.filter((_, index) => index % 3 === 1);
      expect(expired).to.deep.equal(others.sort((a, b) => a.at - b.at));
    }),
  );

  it(
    'tell whether they are armed, and are not twice disarmed',
    inGreenlet(() => {
      const before = countDeadlines();
      const deadline = new Recorded([]);
      expect(deadline.armed).to.equal(false);
      deadline.arm(1000);
      expect([deadline.armed, countDeadlines()]).to.deep.equal([true, before + 1]);
      deadline.disarm();
      deadline.disarm();
      expect([deadline.armed, countDeadlines()]).to.deep.equal([false, before]);
    }),
  );

  it(
    'may arm others when they expire, and disarm those that are due as well',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const late = new Recorded(expired);
      const victim = new Recorded(expired);
      const first = new Recorded(expired, () => {
        victim.disarm();
        late.arm(1);
      });
      first.arm(1);
      victim.arm(1);
      const end = performance.now() + 5;
      while (performance.now() < end);
      sleep(10);
      expect(expired).to.deep.equal([first, late]);
    }),
  );

  it(
    'have their consequences one after the other, even if several are due at once',
    inGreenlet(() => {
      const order: string[] = [];
      const woken = new Event();
      startGreenlet(() => {
        woken.wait();
        order.push('woken by the first');
      });
      sleep(0);
      const armed = [new Recorded([], () => woken.set()), new Recorded([], () => order.push('second'))];
      for (const deadline of armed) deadline.arm(1);
      const end = performance.now() + 10;
      while (performance.now() < end);
      sleep(5);
      expect(order).to.deep.equal(['woken by the first', 'second']);
    }),
  );

  it(
    'that come earlier than all others move the timer forward',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const late = new Recorded(expired);
      late.arm(10_000);
      const early = new Recorded(expired);
      early.arm(1);
      const end = performance.now() + 1000;
      while (expired.length === 0 && performance.now() < end) sleep(0);
      expect(expired).to.deep.equal([early]);
      late.disarm();
    }),
  );

  it(
    'may be further away than a timer of Node can be',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const warnings: Error[] = [];
      const warn = (warning: Error): void => void warnings.push(warning);
      process.on('warning', warn);
      const deadline = new Recorded(expired);
      deadline.arm(2 ** 40);
      sleep(5);
      deadline.disarm();
      process.off('warning', warn);
      expect([expired, warnings]).to.deep.equal([[], []]);
    }),
  );

  it(
    'of 0 expire when the loop has turned once',
    inGreenlet(() => {
      const expired: Recorded[] = [];
      const deadline = new Recorded(expired);
      deadline.arm(0);
      expect(expired).to.deep.equal([]);
      sleep(1);
      expect(expired).to.deep.equal([deadline]);
    }),
  );

  it(
    'of ten thousand take few timers of Node',
    inGreenlet(() => {
      const original = node.setTimeout;
      let timers = 0;
      node.setTimeout = ((...args: Parameters<typeof original>) => {
        timers++;
        return original(...args);
      }) as typeof original;
      try {
        const expired: Recorded[] = [];
        const armed = scatter(10_000, 50).map((milliseconds) => {
          const deadline = new Recorded(expired);
          deadline.arm(milliseconds);
          return deadline;
        });
        for (const deadline of armed.slice(5000)) deadline.disarm();
        while (expired.length < 5000) sleep(5);
      } finally {
        node.setTimeout = original;
      }
      expect(timers).to.be.below(300);
    }),
  );
});
