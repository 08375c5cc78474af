import { expect } from 'chai';

import { runBothWays } from '../../support/both-ways';

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
      const { plain, loaded } = await runBothWays(prelude + watch(['data', 'end', 'close'], block));
      const lines = Object.keys(sources).map((title) => `${title} one two three four five  data,end,close 1`);
      expect(plain).to.deep.equal({ code: 0, signal: null, stderr: '', stdout: `${lines.join('\n')}\n` });
      expect(loaded).to.deep.equal(plain);
    }).timeout(60_000);
  }

  it("come one after the other when it is read in 'readable'", async () => {
    const { plain, loaded } = await runBothWays(prelude + watch(['readable', 'end', 'close'], 'sleep(3);'));
    expect(plain.stdout).to.include('a socket one two three four five  readable,end,close 1');
    expect(loaded).to.deep.equal(plain);
  }).timeout(60_000);
});
