import { expect } from 'chai';

import { runBothWays } from '../support/both-ways';

// Each throws `error`, made where it is thrown, from a function called `thrower`.
const places: Readonly<Record<string, string>> = {
  'a greenlet': `spawn(() => inGreenlet(function thrower() { throw made(); }))`,
  'a greenlet that has blocked': `spawn(function thrower() { sleep(1); throw made(); })`,
  'a function called by a greenlet': `spawn(() => { sleep(1); (function thrower() { throw made(); })(); })`,
  'a promise callback': `Promise.resolve().then(function thrower() { throw made(); })`,
  'a promise callback that has blocked': `Promise.resolve().then(function thrower() { sleep(1); throw made(); })`,
  'an async function that has blocked': `(async function thrower() { await null; sleep(1); throw made(); })()`,
  'a microtask': `queueMicrotask(function thrower() { throw made(); })`,
  'a microtask that has blocked': `queueMicrotask(function thrower() { sleep(1); throw made(); })`,
  'a tick that has blocked': `process.nextTick(function thrower() { sleep(1); throw made(); })`,
  'a timer': `setTimeout(function thrower() { throw made(); }, 1)`,
  'a timer that has blocked': `setTimeout(function thrower() { sleep(1); throw made(); }, 1)`,
  'an immediate that has blocked': `setImmediate(function thrower() { sleep(1); throw made(); })`,
  'a callback of a file that has blocked': `fs.stat('.', function thrower() { sleep(1); throw made(); })`,
  'a request handler': `request(function thrower() { throw made(); })`,
  'a request handler that has blocked': `request(function thrower() { sleep(1); throw made(); })`,
  'an error event': `spawn(function thrower() { sleep(1); new events().emit('error', made()); })`,
  'a rejection': `spawn(function thrower() { sleep(1); Promise.reject(made()); })`,
};

/** Throws in one place after the other; `report(error, ...rest)` makes the next one happen. */
function throwsEverywhere(setUp: string): string {
  return `
    const fs = require('node:fs');
    const events = require('node:events');
    const http = require('node:http');
    const places = {${Object.entries(places).map(([place, source]) => `${JSON.stringify(place)}: () => { ${source}; }`)}};
    let expected;
    let server;
    const made = () => { expected = new Error('boom'); Error.captureStackTrace(expected, made); return expected; };
    const request = (handler) => {
      server = http.createServer(handler).listen(0, () => {
        http.get({ port: server.address().port, agent: false }).on('error', () => {});
      });
    };
    const report = (error, ...rest) => {
      console.log(place, error === expected, / at (?:\\w+\\.)?thrower /.test(error.stack.split('\\n')[1]), ...rest);
      server?.closeAllConnections();
      server?.close();
      server = undefined;
      setImmediate(next);
    };
    const rest = Object.keys(places);
    let place;
    const next = () => {
      place = rest.shift();
      if (place !== undefined) places[place]();
      else console.log('went on to the end');
    };
    ${setUp}
    next();`;
}

const reported = (rest: (place: string) => string): string =>
  [...Object.keys(places).map((place) => `${place} true true${rest(place)}`), 'went on to the end', ''].join('\n');

describe('an error that no greenlet catches', () => {
  it("reaches 'uncaughtException' as the same object, with the thrower's frame and Node's origin", async () => {
    const setUp = `process.on('uncaughtException', (error, origin) => report(error, origin));`;
    const { plain, loaded } = await runBothWays(throwsEverywhere(setUp));
    const isRejection = (place: string): boolean => /promise|async|rejection/.test(place);
    expect(plain).to.deep.equal({
      ...{ code: 0, signal: null, stderr: '' },
      stdout: reported((place) => (isRejection(place) ? ' unhandledRejection' : ' uncaughtException')),
    });
    expect(loaded).to.deep.equal(plain);
  });

  it('reaches the callback of setUncaughtExceptionCaptureCallback', async () => {
    const { plain, loaded } = await runBothWays(
      throwsEverywhere(`process.setUncaughtExceptionCaptureCallback((error) => report(error));`),
    );
    expect(plain).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: reported(() => '') });
    expect(loaded).to.deep.equal(plain);
  });

  it("reaches 'uncaughtExceptionMonitor' before the process ends of it", async () => {
    const { plain, loaded } = await runBothWays(`
      process.on('uncaughtExceptionMonitor', (error, origin) => console.log('monitor', error.message, origin));
      process.on('exit', (code) => console.log('exit', code));
      spawn(function thrower() { sleep(1); throw new Error('boom'); });`);
    expect(plain).to.deep.include({ code: 1, stdout: 'monitor boom uncaughtException\nexit 1\n' });
    expect(loaded).to.deep.equal(plain);
  });

  it('reaches the domain that its callback belongs to', async () => {
    const { plain, loaded } = await runBothWays(
      `
      const domain = require('node:domain').create();
      const rest = [
        () => setTimeout(() => { throw new Error('timer'); }, 1),
        () => setTimeout(() => { sleep(1); throw new Error('timer that has blocked'); }, 1),
        () => process.nextTick(() => { sleep(1); throw new Error('tick that has blocked'); }),
      ];
      const next = () => { const step = rest.shift(); if (step) domain.run(step); };
      domain.on('error', (error) => { console.log(error.message, error.domain === domain); setTimeout(next, 1); });
      next();`,
      { flags: ['--no-deprecation'] },
    );
    const stdout = 'timer true\ntimer that has blocked true\ntick that has blocked true\n';
    expect(plain).to.deep.equal({ code: 0, signal: null, stdout, stderr: '' });
    expect(loaded).to.deep.equal(plain);
  });

  it('is any value, and reaches the handler as it is', async () => {
    const { plain, loaded } = await runBothWays(`
      const values = [undefined, null, 0, '', 'text', Symbol.iterator, 7n, {}, () => {}];
      const rest = [...values];
      const next = () => { if (rest.length > 0) spawn(() => { sleep(1); throw rest[0]; }); };
      process.on('uncaughtException', (value) => { console.log(Object.is(value, rest.shift()), typeof value); setImmediate(next); });
      next();`);
    expect(plain.stdout.match(/^true/gm)).to.have.length(9);
    expect(loaded).to.deep.equal(plain);
  });

  it('leaves all other greenlets as they are, and the hub at work', async () => {
    const { plain, loaded } = await runBothWays(`
      const fs = require('node:fs');
      let caught = 0;
      process.on('uncaughtException', () => { caught++; });
      const done = [];
      for (let i = 0; i < 20; i++) {
        spawn(() => {
          let own = 0;
          for (let turn = 0; turn < 5; turn++) {
            sleep(1);
            own += fs.readFileSync(__filename).length > 0 ? 1 : 0;
            if (i % 2 === 1 && turn === 2) throw new Error('odd');
          }
          done.push(own);
        });
      }
      process.on('exit', () => console.log(caught, done.join()));`);
    expect(plain.stdout).to.equal('10 5,5,5,5,5,5,5,5,5,5\n');
    expect(loaded).to.deep.equal(plain);
  });

  it('may be handled with blocking calls that have no greenlet to suspend', async () => {
    const { plain, loaded } = await runBothWays(`
      process.on('uncaughtException', (error) => {
        console.log(error.message, require('node:child_process').execSync('echo handled', { encoding: 'utf8' }).trim());
      });
      process.on('unhandledRejection', (reason) => { sleep(1); console.log(reason, 'handled'); });
      spawn(() => { sleep(1); throw new Error('boom'); });
      spawn(() => { sleep(20); Promise.reject('no'); });`);
    expect(plain).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: 'boom handled\nno handled\n' });
    expect(loaded).to.deep.equal(plain);
  });
});
