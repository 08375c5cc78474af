import { expect } from 'chai';

import { spawnSource } from '../support/spawn-script';

// A server whose handlers block wherever they can, with a store of its own for each request; some are killed in the middle,
// some run out of time. It asks itself, over many connections at once, and counts what is wrong.
const program = `
  const http = require('node:http');
  const fs = require('node:fs');
  const crypto = require('node:crypto');
  const zlib = require('node:zlib');
  const { AsyncLocalStorage } = require('node:async_hooks');
  const { Event, GreenletExit, joinAll, kill, Queue, setErrorStream, sleep, spawn, Timeout, wait, waitCallback, withTimeout } = require('unblock');

  const [requests, connections] = process.argv.slice(2).map(Number);
  const storage = new AsyncLocalStorage();
  const wrong = new Map();
  const note = (what) => wrong.set(what, (wrong.get(what) ?? 0) + 1);
  const much = Buffer.alloc(20_000, 'x');
  const shared = new Queue(3);
  spawn(() => { for (;;) shared.get(); });
  setErrorStream(null);

  // Each has one blocking call, and hands on to what follows in the way that it stands for.
  const steps = [
    (next) => { sleep(1); next(); },
    (next) => { fs.readFileSync(__filename); next(); },
    (next) => { crypto.pbkdf2Sync('p', 's', 200, 16, 'sha1'); next(); },
    (next) => { zlib.gunzipSync(zlib.gzipSync(much)); next(); },
    (next) => { shared.put(1); next(); },
    (next) => { const event = new Event(); setImmediate(() => event.set()); event.wait(); next(); },
    (next) => { waitCallback((done) => fs.stat('.', done)); next(); },
    (next) => setTimeout(() => { sleep(0); next(); }, 1),
    (next) => process.nextTick(() => { fs.readFileSync(__filename); next(); }),
    (next) => setImmediate(() => { sleep(1); next(); }),
    (next) => void Promise.resolve().then(() => { wait(null); sleep(1); next(); }),
    (next) => void (async () => { await null; fs.readFileSync(__filename); await null; next(); })(),
    (next) => fs.readFile(__filename, () => { sleep(1); next(); }),
    (next) => { spawn(() => { sleep(1); if (storage.getStore() === undefined) note('no store in a spawned greenlet'); }).get(); next(); },
  ];

  const server = http.createServer((request, response) => {
    const id = Number(request.url.slice(1));
    storage.run({ id }, () => {
      let seed = id + 1;
      const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
      let left = 4;
      const check = (where) => { if (storage.getStore()?.id !== id) note('store of another request ' + where); };
      const go = () => {
        check('in between');
        if (left-- > 0) return steps[random(steps.length)](go);
        switch (id % 5) {
          case 0: {
            const victim = spawn(() => { try { sleep(10_000); } finally { check('in the finally of a victim'); fs.readFileSync(__filename); check('after it'); } });
            sleep(0);
            victim.kill(GreenletExit);
            if (!victim.dead) note('a victim is alive');
            break;
          }
          case 1: {
            const late = withTimeout({ milliseconds: 1, timeoutValue: 'late' }, () => sleep(10_000));
            if (late !== 'late') note('no timeout');
            break;
          }
        }
        check('at the end');
        response.end(String(id));
      };
      go();
    });
  }).listen(0, '127.0.0.1', () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
    const { port } = server.address();
    let asked = 0;
    let answered = 0;
    const ask = () => {
      if (asked === requests) return;
      const id = asked++;
      http.get({ port, host: '127.0.0.1', path: '/' + id, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
          if (text !== String(id)) note('another answer');
          if (++answered < requests) return ask();
          agent.destroy();
          server.close();
          console.log(JSON.stringify({ answered, wrong: [...wrong] }));
          process.exit();
        });
      });
    };
    for (let connection = 0; connection < connections; connection++) ask();
  });`;

describe('thousands of requests whose handlers block everywhere', () => {
  it('are all answered, each with its own store', async () => {
    const { code, stdout, stderr } = await spawnSource(program, { loader: true, args: ['3000', '50'] });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).to.deep.equal({ answered: 3000, wrong: [] });
  }).timeout(60_000);
});
