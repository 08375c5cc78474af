import assert from 'node:assert/strict';
import hapi from '@hapi/hapi';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const server = hapi.server({ port: 0, host: '127.0.0.1' });
  server.ext('onRequest', (_request, h) => (block(), h.continue));
  server.ext('onPreResponse', (request, h) => {
    block();
    const { response } = request;
    if (!('isBoom' in response)) return h.continue;
    return h.response({ problem: response.message }).code(response.output.statusCode);
  });
  server.auth.scheme('header', () => ({
    authenticate(request, h) {
      block();
      return h.authenticated({ credentials: { user: { name: request.headers['x-user'] } } });
    },
  }));
  server.auth.strategy('header', 'header');
  server.decorate('toolkit', 'shout', (text: string) => (block(), text.toUpperCase()));
  server.route([
    {
      method: 'GET',
      path: '/me',
      options: { auth: 'header', pre: [{ assign: 'n', method: () => (block(), 7) }] },
      handler: (request, h) => {
        block();
        const { shout } = h as unknown as { shout(text: string): string };
        return { name: shout(String((request.auth.credentials.user as { name: string }).name)), n: request.pre['n'] };
      },
    },
    {
      method: 'GET',
      path: '/fails',
      handler: () => {
        throw new Error('on purpose');
      },
    },
  ]);
  await server.start();
  try {
    const me = await fetch(`${server.info.uri}/me`, { headers: { 'X-User': 'ada' } });
    assert.deepEqual(await me.json(), { name: 'ADA', n: 7 });
    const failed = await server.inject('/fails');
    assert.deepEqual([failed.statusCode, failed.result], [500, { problem: 'on purpose' }]);
  } finally {
    await server.stop({ timeout: 0 });
  }
});
