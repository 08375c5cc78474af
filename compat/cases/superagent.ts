import assert from 'node:assert/strict';
import request from 'superagent';
import { whileServing } from '../support/http';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  await whileServing(
    (incoming, response) => {
      block();
      if (incoming.url === '/cookie') response.setHeader('Set-Cookie', 'session=7').end();
      else if (incoming.url === '/whoami') response.end(incoming.headers.cookie ?? 'nobody');
      else if (incoming.url === '/missing') response.writeHead(404).end();
      else incoming.pipe(response.setHeader('Content-Type', incoming.headers['content-type'] ?? 'text/plain'));
    },
    async (url) => {
      const agent = request.agent().use((each: request.Request) => (block(), void each.on('request', () => block())));
      await agent.get(`${url}/cookie`);
      assert.equal((await agent.get(`${url}/whoami`).buffer(true)).text, 'session=7');
      const { body } = await request.post(url).send({ a: 1 }).send({ b: 2 });
      assert.deepEqual(body, { a: 1, b: 2 });
      const parsed = await request
        .post(url)
        .send('a,b')
        .type('text/csv')
        .buffer(true)
        .parse((response, done) => {
          let text = '';
          response.setEncoding('utf8' as never);
          response.on('data', (chunk: string) => (block(), (text += chunk)));
          response.on('end', () => (block(), done(null, text.split(','))));
        });
      assert.deepEqual(parsed.body, ['a', 'b']);
      await assert.rejects(Promise.resolve(request.get(`${url}/missing`)), { status: 404 });
      const status = await new Promise((resolve) => {
        request.get(`${url}/missing`).end((error: { status: number }) => (block(), resolve(error.status)));
      });
      assert.equal(status, 404);
    },
  );
});
