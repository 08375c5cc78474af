import assert from 'node:assert/strict';
import fastify from 'fastify';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const app = fastify();
  app.decorateRequest('user', '');
  app.addHook('onRequest', async (request) => {
    block();
    (request as { user?: string }).user = 'ada';
  });
  app.addHook('preSerialization', (_request, _reply, payload: object, done) => {
    block();
    done(null, { ...payload, signed: true });
  });
  app.register(async (scope) => {
    block();
    scope.get('/me', async (request) => {
      block();
      return { user: (request as { user?: string }).user };
    });
    scope.post<{ Body: { n: number } }>(
      '/double',
      { schema: { body: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } } },
      (request, reply) => {
        block();
        void reply.send({ n: request.body.n * 2 });
      },
    );
  });
  app.setErrorHandler((error: Error, _request, reply) => {
    block();
    void reply.status(400).send({ message: error.message });
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    assert.deepEqual(await (await fetch(`${url}/me`)).json(), { user: 'ada', signed: true });
    const doubled = await app.inject({ method: 'POST', url: '/double', payload: { n: 21 } });
    assert.deepEqual(doubled.json(), { n: 42, signed: true });
    const refused = await app.inject({ method: 'POST', url: '/double', payload: { n: 'many' } });
    assert.equal(refused.statusCode, 400);
    assert.match(refused.json<{ message: string }>().message, /body\/n must be integer/);
  } finally {
    await app.close();
  }
});
