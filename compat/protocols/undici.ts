import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { Client, fetch, Pool } from 'undici';

import { callback, storm, unblock } from '../support/storm';

const { sleep, wait } = unblock;

const most = 8;
const kilobytes = 300;

storm('undici', () => {
  // It answers with the token: how long it takes, and how much else there is, says the path.
  const server = http.createServer((request, response) => {
    const [, kind = '', token = ''] = request.url!.split('/');
    callback();
    if (kind === 'slow') sleep(2);
    response.setHeader('X-Token', token);
    response.end(kind === 'long' ? `${token} `.repeat((kilobytes * 1024) / token.length) : token);
  });
  server.keepAliveTimeout = 60_000;
  wait(once(server.listen(0, '127.0.0.1'), 'listening'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = new Pool(url, { connections: most, keepAliveTimeout: 60_000 });
  const pipelining = new Client(url, { pipelining: 10, keepAliveTimeout: 60_000 });
  const blocking = pool.compose((dispatch) => (options, handler) => (callback(), dispatch(options, handler)));
  const ask = (dispatcher: Pick<Client, 'request'>, kind: string, token: string): string => {
    const { headers, body } = wait(dispatcher.request({ path: `/${kind}/${token}`, method: 'GET' }));
    assert.equal(headers['x-token'], token);
    return wait(body.text());
  };
  // Ends what it has waited for: of a long answer nobody would read the rest.
  const aborting = (use: (signal: AbortSignal) => string): string => {
    const controller = new AbortController();
    try {
      return use(controller.signal);
    } finally {
      controller.abort();
    }
  };
  const same = (text: string): string => [...new Set(text.trim().split(' '))].join();

  return {
    ways: {
      request: (token) => ask(pool, 'short', token),
      slow: (token) => ask(pool, 'slow', token),
      'pipelining, one connection for all': (token) => ask(pipelining, 'short', token),
      interceptor: (token) => ask(blocking as unknown as Pool, 'short', token),
      fetch: (token) =>
        aborting((signal) => {
          const response = wait(fetch(`${url}/short/${token}`, { dispatcher: pool, signal }));
          assert.equal(response.headers.get('x-token'), token);
          return wait(response.text());
        }),
      'long answer': (token) =>
        aborting((signal) => {
          const { body } = wait(pool.request({ path: `/long/${token}`, method: 'GET', signal }));
          let text = '';
          for (const chunk of unblock.iterate(body.setEncoding('utf8'))) {
            callback();
            text += chunk as string;
          }
          return same(text);
        }),
      'writable stream': (token) =>
        aborting((signal) => {
          let text = '';
          const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
            text += chunk.toString();
            done();
          };
          wait(pool.stream({ path: `/short/${token}`, method: 'GET', signal }, () => new Writable({ write })));
          return text;
        }),
    },
    calm: () => {
      const { connected, free, pending, queued, running } = pool.stats;
      assert.deepEqual({ pending, queued, running }, { pending: 0, queued: 0, running: 0 });
      assert.equal(free, connected);
      assert(connected <= most);
      const there = unblock.waitCallback<number>((done) => server.getConnections(done));
      assert.equal(there, connected + (pipelining.stats.connected ? 1 : 0));
    },
    close: () => {
      wait(pool.close());
      wait(pipelining.close());
      server.close();
      server.closeAllConnections();
    },
  };
});
