import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fetch, { AbortError, FormData } from 'node-fetch';
import { whileServing } from '../support/http.js';
import { block, scenario } from '../support/scenario.js';

scenario(async () => {
  await whileServing(
    (request, response) => {
      block();
      if (request.url === '/moved') response.writeHead(302, { Location: '/packed' }).end();
      else if (request.url === '/packed') response.setHeader('Content-Encoding', 'gzip').end(gzipSync('unpacked'));
      else if (request.url !== '/slow') request.pipe(response);
    },
    async (url) => {
      const moved = await fetch(`${url}/moved`);
      block();
      assert.deepEqual([moved.redirected, await moved.text()], [true, 'unpacked']);

      const chunks = async function* (): AsyncGenerator<string> {
        for (let n = 0; n < 100; n++) {
          if (n % 25 === 0) block();
          yield 'x'.repeat(1_000);
        }
      };
      const echoed = await fetch(url, { method: 'POST', body: Readable.from(chunks(), { objectMode: false }) });
      let length = 0;
      for await (const chunk of echoed.body!) {
        block();
        length += chunk.length;
      }
      assert.equal(length, 100_000);

      const form = new FormData();
      form.set('name', 'ada');
      assert.match(await (await fetch(url, { method: 'POST', body: form })).text(), /name="name"\r\n\r\nada/);
      await assert.rejects(fetch(`${url}/slow`, { signal: AbortSignal.timeout(30) }), AbortError);
    },
  );
});
