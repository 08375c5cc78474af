import { expect } from 'chai';

import { runBothWays } from '../../support/both-ways';
import { declareCore } from '../../support/core-script';
import { spawnSource, withPlainWorkers } from '../../support/spawn-script';

// What gives a stream that says the same words each time, one after the other.
const sources: Readonly<Record<string, string>> = {
  'a socket': `(use) => {
    const server = net.createServer((socket) => { server.close(); say((word) => socket.write(word), () => socket.end()); });
    server.listen(0, () => use(net.connect(server.address().port)));
  }`,
  'an accepted socket': `(use) => {
    const server = net.createServer((socket) => { server.close(); use(socket); }).listen(0, () => {
      const client = net.connect(server.address().port);
      say((word) => client.write(word), () => client.end());
    });
  }`,
  "a request's body": `(use) => {
    const server = http.createServer((request, response) => { use(request); request.on('close', () => response.end()); }).listen(0, () => {
      const client = http.request({ port: server.address().port, method: 'POST', agent: false }, (response) => response.resume());
      client.on('close', () => server.close());
      say((word) => client.write(word), () => client.end());
    });
  }`,
  "a response's body": `(use) => {
    const server = http.createServer((request, response) => say((word) => response.write(word), () => response.end())).listen(0, () => {
      http.get({ port: server.address().port, agent: false }, use).on('close', () => server.close());
    });
  }`,
  "a child's output": `(use) => use(spawnChild(process.execPath, ['-e', childSource]).stdout)`,
  'a file': `(use) => use(fs.createReadStream(file, { highWaterMark: 4 }))`,
  'a Readable from an iterable': `(use) => use(Readable.from(async function* () { for (const word of words) { yield word; await new Promise(setImmediate); } }()))`,
  'a Readable that is pushed into': `(use) => {
    const stream = new Readable({ read() {} });
    say((word) => stream.push(word), () => stream.push(null));
    use(stream);
  }`,
  'a Readable whose source answers with all at once': `(use) => {
    const left = [...words];
    use(new Readable({ read() {
      setImmediate(() => { for (const word of left.splice(0)) this.push(word); this.push(null); });
    } }));
  }`,
  'a Transform': `(use) => {
    const upper = new Transform({ transform: (chunk, _, done) => done(null, String(chunk).toLowerCase()) });
    say((word) => upper.write(word), () => upper.end());
    use(upper);
  }`,
  'a stream of zlib': `(use) => {
    const gunzip = zlib.createGunzip();
    const gzip = zlib.createGzip();
    gzip.pipe(gunzip);
    say((word) => { gzip.write(word); gzip.flush(); }, () => gzip.end());
    use(gunzip);
  }`,
  'an HTTP/2 stream': `(use) => {
    const server = http2.createServer((request, response) => say((word) => response.write(word), () => response.end())).listen(0, () => {
      const session = http2.connect('http://localhost:' + server.address().port);
      const request = session.request({ ':path': '/' });
      request.on('close', () => { session.close(); server.close(); });
      use(request);
    });
  }`,
  "a worker's output": `(use) => {
    const worker = new Worker(childSource, { eval: true, stdout: true });
    use(worker.stdout);
  }`,
};

const prelude = `
  const fs = require('node:fs'), http = require('node:http'), http2 = require('node:http2'), net = require('node:net');
  const zlib = require('node:zlib'), { Readable, Transform } = require('node:stream'), { Worker, MessageChannel, BroadcastChannel } = require('node:worker_threads');
  const { spawn: spawnChild, fork, execSync } = require('node:child_process');
  const words = ['one ', 'two ', 'three ', 'four ', 'five '];
  const say = (speak, finish, i = 0) => { if (i === words.length) finish(); else { speak(words[i]); setTimeout(say, 2, speak, finish, i + 1); } };
  const childSource = 'const words = ' + JSON.stringify(words) + '; const next = () => { if (words.length) process.stdout.write(words.shift(), () => setTimeout(next, 2)); }; next();';
  const file = require('node:path').join(__dirname, 'words');
  fs.writeFileSync(file, words.join(''));`;

// Watches the events of a stream, in whose handlers it blocks: the order of those that begin, how many are at work at once.
const watch = (events: readonly string[], block: string): string => `
  const watch = (stream, done) => {
    let text = '', atOnce = 0, most = 0;
    const order = [];
    for (const event of ${JSON.stringify(events)}) {
      stream.on(event, (data) => {
        most = Math.max(most, ++atOnce);
        if (order.at(-1) !== event) order.push(event);
        ${block}
        if (event === 'data') text += data;
        if (event === 'readable') for (let chunk; (chunk = stream.read()) !== null;) text += chunk;
        atOnce--;
        if (event === 'close') done([text, order.join(), most]);
      });
    }
  };
  const sources = {${Object.entries(sources)
    .map(([title, source]) => `${JSON.stringify(title)}: ${source}`)
    .join(',\n')}};
  const titles = Object.keys(sources);
  const next = () => {
    const title = titles.shift();
    if (title !== undefined) sources[title]((stream) => watch(stream, (seen) => { console.log(title, ...seen); next(); }));
  };
  next();`;

const blocks = { sleeps: 'sleep(3);', 'calls a patched function': `execSync('true');` };

describe("a stream's events", () => {
  for (const [what, block] of Object.entries(blocks)) {
    it(`come one after the other while a handler ${what}, and the end comes last`, async () => {
      const { plain, loaded } = await runBothWays(prelude + watch(['data', 'end', 'close'], block), withPlainWorkers);
      const lines = Object.keys(sources).map((title) => `${title} one two three four five  data,end,close 1`);
      expect(plain).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: `${lines.join('\n')}\n` });
      expect(loaded).to.deep.equal(plain);
    }).timeout(60_000);
  }

  it("come one after the other when it is read in 'readable'", async () => {
    const { plain, loaded } = await runBothWays(
      prelude + watch(['readable', 'end', 'close'], 'sleep(3);'),
      withPlainWorkers,
    );
    expect(plain.stdout).to.include('a socket one two three four five  readable,end,close 1');
    expect(loaded).to.deep.equal(plain);
  }).timeout(60_000);
});

// Under the loader alone: with plain Node nothing runs while something blocks.
async function output(source: string): Promise<string[]> {
  const result = await spawnSource(
    `const { spawnRaw: spawn, sleep, wait, waitEvent, kill } = require('unblock'); ${source}`,
    {
      loader: true,
    },
  );
  expect(result).to.deep.include({ code: 0, signal: null, stderr: '' });
  return result.stdout.trim().split('\n');
}

describe('what has no order of its own goes on while a handler is suspended', () => {
  it('the requests to a server, and its connections', async () => {
    const lines = await output(`
      const http = require('node:http');
      let atOnce = 0, most = 0;
      const server = http.createServer((request, response) => {
        most = Math.max(most, ++atOnce);
        while (most < 10) sleep(1);
        atOnce--;
        response.end('answer');
      });
      server.listen(0, () => {
        let left = 10;
        for (let i = 0; i < 10; i++) {
          http.get({ port: server.address().port, agent: false }, (response) => response.resume()).on('close', () => {
            if (--left === 0) { console.log(most); server.close(); }
          });
        }
      });`);
    expect(lines).to.deep.equal(['10']);
  });

  it('the events of a plain emitter, and of two streams', async () => {
    const lines = await output(`
      const { EventEmitter } = require('node:events'), { PassThrough } = require('node:stream');
      const emitter = new EventEmitter();
      let atOnce = 0;
      emitter.on('event', () => { atOnce++; while (atOnce < 3) sleep(1); });
      for (let i = 0; i < 3; i++) spawn(() => emitter.emit('event'));
      const [first, second] = [new PassThrough(), new PassThrough()];
      let arrived = 0;
      for (const stream of [first, second]) stream.on('data', () => { arrived++; while (arrived < 2) sleep(1); });
      for (const stream of [first, second]) spawn(() => stream.write('x'));
      process.on('exit', () => console.log(atOnce, arrived));`);
    expect(lines).to.deep.equal(['3 2']);
  });
});

describe('a handler that waits for what others do', () => {
  it('can wait for the next event of its own stream', async () => {
    const lines = await output(`
      const net = require('node:net');
      const { once } = require('node:events');
      const words = ['one', 'two', 'three'];
      const server = net.createServer((socket) => {
        socket.on('data', () => (words.length > 0 ? socket.write(words.shift()) : socket.end()));
        server.close();
      });
      server.listen(0, () => {
        const socket = net.connect(server.address().port, () => socket.write('first'));
        const ask = (event) => { setImmediate(() => socket.write('next')); return event; };
        socket.once('data', (data) => {
          sleep(1);
          console.log(String(data), String(wait(once(socket, ask('data')))[0]), String(waitEvent(socket, ask('data'))[0]));
          socket.resume();
          wait(once(socket, ask('end')));
          console.log('end');
        });
      });`);
    expect(lines).to.deep.equal(['one two three', 'end']);
  });

  it('can wait for a reply that comes by the stream whose data it handles, after it has called patched functions', async () => {
    const lines = await output(`
      // A client as database drivers are: the callbacks of its requests are called in the handler of its socket's data.
      const net = require('node:net');
      const { execSync } = require('node:child_process');
      const server = net.createServer((socket) => socket.on('data', (data) => setTimeout(() => socket.write('re: ' + data), 5)));
      server.listen(0, () => {
        const socket = net.connect(server.address().port);
        const callbacks = [];
        socket.on('data', (data) => callbacks.shift()(String(data)));
        const ask = (question, callback) => { callbacks.push(callback); socket.write(question); };
        ask('first', (reply) => {
          execSync('true');
          const second = wait(new Promise((resolve) => ask('second', resolve)));
          const third = wait(new Promise((resolve) => ask('third', resolve)));
          console.log([reply, second, third].join(', '));
          socket.end();
          server.close();
        });
      });`);
    expect(lines).to.deep.equal(['re: first, re: second, re: third']);
  });

  it('lets go when it begins such a wait: who stands in line meanwhile is called', async () => {
    const lines = await output(`
      const { PassThrough } = require('node:stream');
      const stream = new PassThrough();
      let resolve;
      const promise = new Promise((fulfil) => { resolve = fulfil; });
      stream.on('one', () => { sleep(10); console.log(wait(promise)); });
      stream.on('two', () => resolve('resolved by two'));
      spawn(() => stream.emit('one'));
      spawn(() => { stream.emit('two'); console.log('two was emitted'); });`);
    expect(lines).to.deep.equal(['two was emitted', 'resolved by two']);
  });
});

describe('greenlets in line for a stream', () => {
  it('have their turns in the order in which they came, whatever becomes of one of them', async () => {
    const lines = await output(`
      const { PassThrough } = require('node:stream');
      const stream = new PassThrough();
      stream.on('event', (name) => {
        console.log('>', name);
        sleep(5);
        if (name === 'c') throw new Error('thrown by c');
        console.log('<', name);
      });
      process.on('uncaughtException', (error) => console.log(error.message));
      const killed = {};
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        killed[name] = spawn(() => stream.emit('event', name));
      }
      setTimeout(() => kill(killed.b), 1);`);
    expect(lines).to.deep.equal(['> a', '< a', '> c', 'thrown by c', '> d', '< d', '> e', '< e']);
  });

  it('are few, however much comes: it stays with its source', async () => {
    const lines = await output(`
      const net = require('node:net');
      ${declareCore}
      const { binding } = core('binding');
      const chunk = Buffer.alloc(64 * 1024);
      const total = 32 * 1024 * 1024;
      const server = net.createServer((socket) => {
        let sent = 0;
        const send = () => { while (sent < total) { sent += chunk.length; if (!socket.write(chunk)) { socket.once('drain', send); return; } } socket.end(); };
        send();
      });
      server.listen(0, () => {
        const socket = net.connect(server.address().port);
        let length = 0, most = 0, buffered = 0;
        socket.on('data', (data) => {
          length += data.length;
          if (length % 7 === 0 || length < 10 * 65536) sleep(2);
          most = Math.max(most, binding.counts().active);
          buffered = Math.max(buffered, socket.readableLength);
        });
        socket.on('end', () => { console.log(length === total, most < 10, buffered <= 4 * 65536); server.close(); });
      });`);
    expect(lines).to.deep.equal(['true true true']);
  });
});
