import { expect } from 'chai';

import { spawnSource } from '../../support/spawn-script';

// Sends all at once, and tells what the server and the client see.
const prelude = `
  const http = require('node:http');
  const net = require('node:net');
  const log = [];
  const server = http.createServer((request, response) => {
    log.push('request ' + request.url);
    process.nextTick(() => log.push('tick of ' + request.url));
    Promise.resolve().then(() => log.push('promise of ' + request.url));
    request.on('data', (data) => log.push('data ' + data));
    request.on('end', () => { log.push('end of ' + request.url); response.end(request.url + ';'); });
  });
  const get = (path, headers = '') => 'GET ' + path + ' HTTP/1.1\\r\\nHost: x\\r\\n' + headers + '\\r\\n';
  const post = (path, body) => 'POST ' + path + ' HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body;
  const exchange = (bytes) => server.listen(0, () => {
    const socket = net.connect(server.address().port, () => socket.write(bytes));
    let received = '';
    socket.on('data', (data) => { received += data; if (received.includes('/last;')) socket.end(); });
    socket.on('error', () => {});
    socket.on('close', () => {
      server.close();
      console.log(JSON.stringify({ log, received: received.replace(/^(?!HTTP|.*;).*\\r?\\n/gm, '') }));
    });
  });
`;

interface Outcome {
  readonly log: readonly string[];
  readonly received: string;
}

async function outcomeOf(source: string, loader: boolean): Promise<Outcome> {
  const { stdout, ...end } = await spawnSource(prelude + source, { loader });
  expect(end).to.deep.equal({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Outcome;
}

describe("what an HTTP server's parser emits", () => {
  for (const [name, source] of [
    ['a request', `exchange(get('/last'));`],
    ['a request with a body', `exchange(post('/last', 'body'));`],
    ['pipelined requests', `exchange(get('/1') + get('/2') + get('/last'));`],
    ['a bad request after good ones', `exchange(get('/1') + get('/2') + 'nonsense\\r\\n\\r\\n');`],
    [
      'a bad request, with a listener, after a good one',
      `server.on('clientError', (error, socket) => { log.push(error.code); socket.destroy(); });
       exchange(get('/1') + 'nonsense\\r\\n\\r\\n');`,
    ],
    [
      'an upgrade after a request',
      `server.on('upgrade', (request, socket) => { log.push('upgrade ' + request.url); socket.end(); });
       exchange(get('/1') + get('/2', 'Connection: Upgrade\\r\\nUpgrade: x\\r\\n'));`,
    ],
    [
      'a request that expects to be asked for its body',
      `server.on('checkContinue', (request, response) => {
         log.push('checkContinue');
         response.writeContinue();
         server.emit('request', request, response);
         log.push('emitted');
       });
       exchange('POST /last HTTP/1.1\\r\\nHost: x\\r\\nExpect: 100-continue\\r\\nContent-Length: 4\\r\\n\\r\\nbody');`,
    ],
    [
      'a request whose handler throws',
      `process.on('uncaughtException', (error) => { log.push('uncaught ' + error.message); });
       server.prependListener('request', (request) => { if (request.url === '/1') throw new Error('thrown'); });
       exchange(get('/1')); setTimeout(() => http.get({ port: server.address().port, path: '/2' }, (response) => { response.resume(); response.on('end', () => server.closeAllConnections()); }), 100);`,
    ],
    [
      'the stores of handlers',
      `const { AsyncLocalStorage } = require('node:async_hooks');
       const storage = new AsyncLocalStorage();
       server.prependListener('request', (request) => {
         log.push('outer store ' + storage.getStore());
         storage.run(request.url, () => {
           for (const event of ['data', 'end', 'close']) request.on(event, () => log.push(event + ' in store ' + storage.getStore()));
         });
       });
       storage.run('outer', () => exchange(get('/1') + get('/last')));`,
    ],
  ] as const) {
    it(`comes in the order of plain Node: ${name}`, async () => {
      expect(await outcomeOf(source, true)).to.deep.equal(await outcomeOf(source, false));
    });
  }

  it('may block, while the requests that came with it go on', async () => {
    const source = `
      server.prependListener('request', (request) => { if (request.url === '/1') { require('unblock').sleep(20); log.push('slept'); } });
      exchange(get('/1') + get('/2') + get('/last'));`;
    const { log } = await outcomeOf(source, true);
    expect(log.filter((entry) => /^(request|slept)/.test(entry))).to.deep.equal([
      'request /2',
      'request /last',
      'slept',
      'request /1',
    ]);
  });
});
