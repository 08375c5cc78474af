import assert from 'node:assert/strict';
import axios, { type AxiosError } from 'axios';
import { whileServing } from '../support/http';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  await whileServing(
    (request, response) => {
      block();
      if (request.url === '/moved') response.writeHead(307, { Location: '/echo' }).end();
      else if (request.url === '/missing') response.writeHead(404).end('{"error":"missing"}');
      else if (request.url !== '/slow') request.pipe(response.setHeader('Content-Type', 'application/json'));
    },
    async (baseURL) => {
      const client = axios.create({ baseURL });
      client.interceptors.request.use((config) => {
        block();
        config.headers.set('X-Client', 'axios');
        return config;
      });
      client.interceptors.response.use((response) => {
        block();
        return response;
      });
      const transformResponse = [
        (data: string): unknown => {
          block();
          return data === '' ? data : JSON.parse(data);
        },
      ];
      const echoed = await client.post('/moved', { numbers: [1, 2, 3] }, { transformResponse });
      assert.deepEqual(echoed.data, { numbers: [1, 2, 3] });
      const seen: number[] = [];
      await client
        .post('/echo', Buffer.alloc(300_000, '1'), {
          transformResponse,
          onUploadProgress: ({ loaded }) => {
            seen.push(loaded);
            block();
          },
        })
        .catch((error: AxiosError) => assert.fail(error));
      assert.equal(seen.at(-1), 300_000);

      const missing = await client.get('/missing', { transformResponse }).catch((error: AxiosError) => error.response);
      assert.deepEqual([missing?.status, missing?.data], [404, { error: 'missing' }]);
      await assert.rejects(client.get('/slow', { timeout: 30 }), { code: 'ECONNABORTED' });
    },
  );
});
