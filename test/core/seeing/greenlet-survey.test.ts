import { expect } from 'chai';

import { wait } from '../../../src/core/bridges/wait';
import { Greenlet } from '../../../src/core/greenlets/greenlet';
import { spawn, spawnLater, spawnRaw } from '../../../src/core/greenlets/spawn';
import { keepSpawningStacks } from '../../../src/core/greenlets/spawn-tree';
import { carry } from '../../../src/core/hub/carrier';
import { Queue } from '../../../src/core/queues/queue';
import { type GreenletReport } from '../../../src/core/seeing/greenlet-report';
import { blockedGreenlets, surveyGreenlets } from '../../../src/core/seeing/greenlet-survey';
import { Event } from '../../../src/core/sync/event';
import { Semaphore } from '../../../src/core/sync/semaphore';
import { sleep } from '../../../src/core/waiting/sleep';
import { Timeout } from '../../../src/core/waiting/timeout';
import { getCurrent, getHub, getMain, type RawGreenlet } from '../../../src/index';
import { started, switchToParent } from '../../support/greenlets';
import { inGreenlet } from '../../support/in-greenlet';

/** The report on one greenlet, if there is one. */
function reportOn(greenlet: RawGreenlet | undefined, reports = surveyGreenlets()): GreenletReport | undefined {
  return reports.find((report) => report.greenlet === greenlet);
}

/** Brings a greenlet to its first wait, reports on it, and kills it. */
function reportOnWaiting(run: () => unknown): GreenletReport {
  const greenlet = spawn(run);
  sleep(0);
  const report = reportOn(greenlet);
  greenlet.kill();
  return report!;
}

describe('a survey of all greenlets', () => {
  it(
    'tells the current one, those that wait, those that are ready and those that have not begun',
    inGreenlet(() => {
      const waiting = spawn(() => new Event().wait());
      const ready = spawn(() => sleep(0));
      sleep(0);
      const [pending, late] = [spawn(() => undefined), spawnLater(100_000, () => undefined)];
      const reports = surveyGreenlets();
      const states = [getCurrent(), waiting, ready, pending, late].map((each) => reportOn(each, reports)?.state);
      expect(states).to.deep.equal(['current', 'waiting', 'ready', 'pending', 'pending']);
      waiting.kill();
      late.kill();
    }),
  );

  it(
    'does not know the hub, nor those that have finished or were killed before they began',
    inGreenlet(() => {
      const finished = spawn(() => undefined);
      const killed = spawn(() => undefined);
      killed.kill();
      finished.join();
      const known = new Set(surveyGreenlets().map(({ greenlet }) => greenlet));
      expect([getMain(), finished, killed].filter((greenlet) => known.has(greenlet))).to.deep.equal([]);
    }),
  );

  it(
    'does not know one that has left a timeout behind',
    inGreenlet(() => {
      let timeout: Timeout | undefined;
      const greenlet = spawn(() => (timeout = Timeout.startNew(100_000)));
      greenlet.join();
      const report = reportOn(greenlet);
      timeout!.close();
      expect(report).to.equal(undefined);
    }),
  );

  it(
    'names the call in which each waits',
    inGreenlet(() => {
      const other = spawn(() => sleep(100_000));
      const calls = {
        'Queue.get': () => new Queue().get(),
        'Semaphore.acquire': () => new Semaphore(0).acquire(),
        'Greenlet.join': () => other.join(),
        sleep: () => sleep(100_000),
        wait: () => wait(new Promise(() => {})),
      };
      for (const [name, call] of Object.entries(calls)) expect(reportOnWaiting(call).call).to.equal(name);
      other.kill();
    }),
  );

  it(
    'shows the frames of the program alone, from the call to the function that was spawned, however many',
    inGreenlet(() => {
      function descend(depth: number): void {
        if (depth === 0) new Event().wait();
        else descend(depth - 1);
      }
      const { stack } = reportOnWaiting(function bottom() {
        descend(20);
      });
      const functions = stack!.split('\n').map((line) => /at (\w+)/.exec(line)?.[1]);
      expect(functions).to.deep.equal([...Array<string>(21).fill('descend'), 'bottom']);
    }),
  );

  it(
    'leaves the limit that the program has set for stacks as it was',
    inGreenlet(() => {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 3;
      surveyGreenlets();
      const left = Error.stackTraceLimit;
      Error.stackTraceLimit = limit;
      expect(left).to.equal(3);
    }),
  );

  it(
    'says when a wait ends at the latest, and when a greenlet begins',
    inGreenlet(() => {
      const limits = [
        reportOnWaiting(() => sleep(100_000)),
        reportOnWaiting(() => new Event().wait(100_000)),
        reportOnWaiting(() => new Event().wait()),
      ].map(({ timeLeft }) => timeLeft);
      const late = spawnLater(100_000, () => undefined);
      expect(reportOn(late)?.timeLeft).to.be.within(1, 100_000);
      late.kill();
      expect(limits[0]).to.be.within(1, 100_000);
      expect(limits[1]).to.be.within(1, 100_000);
      expect(limits[2]).to.equal(undefined);
    }),
  );

  it(
    'gives each a name and says what it runs',
    inGreenlet(() => {
      const named = spawn(function work(count: number) {
        sleep(count);
      }, 100_000);
      named.name = 'worker';
      sleep(0);
      const { name, label } = reportOn(named)!;
      named.kill();
      expect([name, label]).to.deep.equal(['worker', 'work(100000)']);
      expect(reportOnWaiting(() => sleep(100_000)).name).to.match(/^Greenlet-\d+$/);
    }),
  );

  it('knows a callback of Node that has blocked, by the name of its function', () => {
    let carrier: RawGreenlet | undefined;
    const event = new Event();
    carry(
      function onReadable() {
        carrier = getCurrent();
        event.wait();
      },
      undefined,
      ['end'],
    );
    const report = reportOn(carrier);
    event.set();
    expect(report?.state).to.equal('waiting');
    expect(report?.label).to.equal("onReadable('end')");
    expect(report?.stack).to.match(/at onReadable /);
  });

  it('knows raw greenlets, which may have switched away by themselves', () => {
    const greenlet = started(() => switchToParent());
    const report = reportOn(greenlet);
    greenlet.switch();
    expect(report?.state).to.equal('waiting');
    expect(report?.call).to.equal('RawGreenlet.switch');
    expect(reportOn(greenlet)).to.equal(undefined);
  });

  it(
    'shows where a greenlet was spawned if that is kept',
    inGreenlet(() => {
      const before = keepSpawningStacks(true);
      const report = reportOnWaiting(() => sleep(100_000));
      keepSpawningStacks(before);
      expect(report.spawningStack).to.match(/at reportOnWaiting /);
      expect(reportOnWaiting(() => sleep(100_000)).spawningStack).to.equal(undefined);
    }),
  );

  it(
    'can be made from the hub, in a raw greenlet, and again and again',
    inGreenlet(() => {
      const greenlet = spawn(() => new Event().wait());
      sleep(0);
      const reports: Array<GreenletReport | undefined> = [reportOn(greenlet), reportOn(greenlet)];
      getHub().runCallback(() => reports.push(reportOn(greenlet)));
      started(() => reports.push(reportOn(greenlet)));
      sleep(0);
      greenlet.kill();
      expect(new Set(reports.map((report) => report?.stack)).size).to.equal(1);
      expect(reports).to.have.length(4);
    }),
  );
});

describe('blockedGreenlets', () => {
  it(
    'lists those that are suspended and that nobody has told to go on',
    inGreenlet(() => {
      const [stuck, soon] = [spawn(() => new Event().wait()), spawnRaw(() => sleep(0))];
      sleep(0);
      const blocked = blockedGreenlets().map(({ greenlet }) => greenlet);
      stuck.kill();
      expect(blocked).to.include(stuck);
      expect(blocked).not.to.include(soon);
      expect(blocked).not.to.include(getCurrent());
    }),
  );

  it('is empty of a greenlet that has finished', () => {
    const greenlet = new Greenlet(() => undefined);
    greenlet.switch();
    expect(blockedGreenlets().map((report) => report.greenlet)).not.to.include(greenlet);
  });
});
