import assert from 'node:assert/strict';
import express, { type ErrorRequestHandler } from 'express';
import { whileServing } from '../support/http';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(async () => {
  const app = express();
  app.use(express.json());
  app.use((_request, response, next) => {
    block();
    response.set('X-Middleware', 'passed');
    next();
  });
  app.param('id', (request, _response, next, id: string) => {
    block();
    request.params['id'] = id.toUpperCase();
    next();
  });
  app.get('/users/:id', (request, response) => {
    block();
    response.json({ id: request.params['id'] });
  });
  app.post('/sum', (request, response) => {
    const { numbers } = request.body as { numbers: number[] };
    response.send(String(numbers.reduce((sum, each) => (block(), sum + each), 0)));
  });
  app.get('/fails', async () => {
    block();
    throw new Error('on purpose');
  });
  const onError: ErrorRequestHandler = (error: Error, _request, response, _next) => {
    block();
    response.status(500).send(error.message);
  };
  app.use(onError);

  await whileServing(app, async (url) => {
    const user = await fetch(`${url}/users/ada`);
    assert.equal(user.headers.get('X-Middleware'), 'passed');
    assert.deepEqual(await user.json(), { id: 'ADA' });
    const headers = { 'Content-Type': 'application/json' };
    const sum = await fetch(`${url}/sum`, { method: 'POST', headers, body: JSON.stringify({ numbers: [1, 2, 3] }) });
    assert.equal(await sum.text(), '6');
    const failed = await fetch(`${url}/fails`);
    assert.deepEqual([failed.status, await failed.text()], [500, 'on purpose']);
    assert.equal((await fetch(`${url}/nowhere`)).status, 404);
  });
});

withBlocking('an error handler asks another service before it answers, without async or next()', ({ sleep }) => {
  const app = express();
  app.get('/', () => {
    throw new Error('on purpose');
  });
  app.use(((error: Error, _request, response, _next) => {
    sleep(5);
    response.status(503).send(`reported: ${error.message}`);
  }) satisfies ErrorRequestHandler);
  return whileServing(app, async (url) => {
    assert.equal(await (await fetch(url)).text(), 'reported: on purpose');
  });
});
