import assert from 'node:assert/strict';
import { Agent, Client, fetch, interceptors, Pool, request } from 'undici';
import { whileServing } from '../support/http';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(async () => {
  await whileServing(
    (incoming, response) => {
      block();
      if (incoming.url === '/moved') response.writeHead(302, { Location: '/here' }).end();
      else incoming.pipe(response.setHeader('X-Path', incoming.url!));
    },
    async (url) => {
      const agent = new Agent().compose(
        interceptors.redirect({ maxRedirections: 2 }),
        (dispatch) => (options, handler) => {
          block();
          return dispatch(options, handler);
        },
      );
      const moved = await request(`${url}/moved`, { dispatcher: agent });
      assert.equal(moved.headers['x-path'], '/here');
      await moved.body.dump();

      const echoed = await fetch(url, { method: 'POST', body: 'x'.repeat(200_000), dispatcher: agent });
      block();
      assert.equal((await echoed.text()).length, 200_000);
      await agent.close();

      const pool = new Pool(url, { connections: 2, pipelining: 2 });
      const paths = ['/a', '/b', '/c', '/d', '/e', '/f'];
      const answers = await Promise.all(
        paths.map(async (path) => {
          const { headers, body } = await pool.request({ path, method: 'GET' });
          block();
          await body.dump();
          return headers['x-path'];
        }),
      );
      assert.deepEqual(answers, paths);
      await pool.close();
    },
  );
});

withBlocking('a sort comparator fetches what it compares', ({ wait }) =>
  whileServing(
    (incoming, response) => void response.end(String(incoming.url!.length)),
    async (url) => {
      const client = new Client(url);
      const rank = (path: string): number =>
        Number(wait(client.request({ path, method: 'GET' }).then(({ body }) => body.text())));
      assert.deepEqual(
        ['/ccc', '/a', '/bb'].sort((a, b) => rank(a) - rank(b)),
        ['/a', '/bb', '/ccc'],
      );
      await client.close();
    },
  ),
);
