import assert from 'node:assert/strict';
import { pipeline } from 'node:stream/promises';
import got, { HTTPError } from 'got';
import { whileServing } from '../support/http.js';
import { block, scenario } from '../support/scenario.js';

scenario(async () => {
  let failures = 0;
  await whileServing(
    (request, response) => {
      block();
      if (request.url === '/flaky' && failures++ < 1) response.writeHead(503).end();
      else if (request.url === '/missing') response.writeHead(404).end('nothing');
      else if (request.url !== '/slow') request.method === 'GET' ? response.end('{"ok":true}') : request.pipe(response);
    },
    async (prefixUrl) => {
      const client = got.extend({
        prefixUrl,
        retry: { limit: 1, calculateDelay: ({ computedValue }) => (block(), computedValue === 0 ? 0 : 1) },
        hooks: {
          beforeRequest: [(options) => (block(), void (options.headers['x-client'] = 'got'))],
          afterResponse: [(response) => (block(), response)],
          beforeError: [(error) => (block(), error)],
        },
      });
      assert.deepEqual(await client('flaky').json(), { ok: true });
      const { body } = await client.post('echo', { json: { n: 1 } });
      assert.equal(body, '{"n":1}');
      await assert.rejects(client('missing'), (error: HTTPError) => error.response.statusCode === 404);
      await assert.rejects(client('slow', { timeout: { request: 30 } }), { code: 'ETIMEDOUT' });
      let length = 0;
      const stream = got.stream.post(`${prefixUrl}/echo`, { body: 'x'.repeat(200_000) });
      await pipeline(stream, async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          block();
          length += chunk.length;
        }
      });
      assert.equal(length, 200_000);
    },
  );
});
