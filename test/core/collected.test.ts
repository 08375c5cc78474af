import { expect } from 'chai';

import { runCollecting } from '../support/collect';

// What a greenlet, or a wait, has held on to, and must not hold on to when it is over. Each body makes `big`, and returns
// (at most) what is kept all the same.
const ends: Readonly<Record<string, string>> = {
  'a greenlet that has returned, whose handle is kept': `
    const greenlet = spawn((thing) => { sleep(1); return thing.length; }, big);
    greenlet.join();
    return greenlet;`,
  'a greenlet that was ended by a timeout': `
    const greenlet = spawn((thing) => withTimeout({ milliseconds: 1, timeoutValue: 0 }, () => (sleep(1000), thing)), big);
    greenlet.join();
    return greenlet;`,
  'a greenlet that was killed while it waited': `
    const event = new Event();
    const greenlet = spawn((thing) => { event.wait(); return thing; }, big);
    sleep(0);
    greenlet.kill();
    return [greenlet, event];`,
  'a greenlet that was killed before it ran': `
    const greenlet = spawn((thing) => thing.length, big);
    greenlet.kill();
    return greenlet;`,
  'a greenlet that is never started': `
    new Greenlet((thing) => thing.length, big);`,
  'a greenlet that was to start later, and was killed': `
    const greenlet = spawnLater(100_000, (thing) => thing.length, big);
    greenlet.kill();
    return greenlet;`,
  'a greenlet that has failed': `
    setErrorStream(null);
    const greenlet = spawn((thing) => { sleep(0); throw new Error(String(thing.length)); }, big);
    greenlet.join();
    return greenlet;`,
  'a raw greenlet': `
    const greenlet = spawnRaw((thing) => { sleep(1); return thing; }, big);
    sleep(5);
    return greenlet;`,
  'a link that was called': `
    const event = new Event();
    event.rawLink(() => big.length);
    event.set();
    sleep(1);
    return event;`,
  'a link that was taken back': `
    const greenlet = new Greenlet();
    const link = () => big.length;
    greenlet.link(link);
    greenlet.unlink(link);
    return greenlet;`,
  'iwait, left early': `
    const event = new Event();
    const first = new Event();
    first.set();
    for (const each of iwait([first, event, { rawLink() {}, unlink() {}, big }])) break;
    return [event, first];`,
  'a queue that was emptied': `
    const queue = new Queue();
    queue.put(big);
    queue.get();
    return queue;`,
  'a putter that has given up': `
    const queue = new Queue(1, { items: [1] });
    try { queue.put(big, { timeout: 1 }); } catch {}
    return queue;`,
  'a channel that has handed over': `
    const channel = new Channel();
    spawn(() => channel.put(big));
    channel.get();
    sleep(0);
    return channel;`,
  'a Group whose greenlets have gone': `
    const group = new Group();
    group.spawn((thing) => thing.length, big);
    group.join();
    return group;`,
  'a wait for a promise that was given up': `
    const promise = new Promise(() => {});
    try { ((thing) => { wait(promise, { timeout: 1 }); return thing; })(big); } catch {}
    return promise;`,
  'waitCallback that was given up': `
    let late;
    try { waitCallback((done) => { late = done; return big; }, { timeout: 1 }); } catch {}
    return late;`,
  'withSignal that is over': `
    const { signal } = new AbortController();
    withSignal(signal, (thing) => thing.length, big);
    return signal;`,
  'a Local of a greenlet that has ended, whose handle is kept': `
    const local = new Local();
    const greenlet = spawn(() => { local.value.thing = big; });
    greenlet.join();
    return [local, greenlet];`,
};

describe('what is collected when it is over', () => {
  let collected: Record<string, boolean>;

  before(async () => {
    const runs = Object.entries(ends).map(([title, body]) => `${JSON.stringify(title)}: (big) => {${body}},`);
    // The stack of an error keeps its functions, and what they see around them: that must not be the thing itself.
    collected = (await runCollecting(`
      const unblock = require('unblock');
      const { Channel, Event, Greenlet, Group, iwait, Local, Queue, setErrorStream, sleep, spawn, spawnLater } = unblock;
      const { spawnRaw, toPromise, wait, waitCallback, withSignal, withTimeout } = unblock;
      const refs = {};
      const kept = [];
      const makeBig = (title) => {
        const big = new Array(1000).fill('big');
        refs[title] = new WeakRef(big);
        return big;
      };
      const runs = {${runs.join('\n')}};
      await toPromise(spawn(() => {
        for (const [title, run] of Object.entries(runs)) kept.push(run(makeBig(title)));
      }));
      const isCollected = (ref) => ref.deref() === undefined;
      await collect(() => Object.values(refs).every(isCollected));
      return Object.fromEntries(Object.entries(refs).map(([title, ref]) => [title, isCollected(ref) && kept.length > 0]));
    `)) as Record<string, boolean>;
  });

  for (const title of Object.keys(ends)) {
    it(`is what was held by ${title}`, () => {
      expect(collected[title]).to.equal(true);
    });
  }
});
