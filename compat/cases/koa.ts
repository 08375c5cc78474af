import assert from 'node:assert/strict';
import http from 'node:http';
import Koa from 'koa';
import { whileServing } from '../support/http';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const app = new Koa({ asyncLocalStorage: true });
  const order: string[] = [];
  app.silent = true;
  app.on('error', () => block());
  app.use(async (context, next) => {
    order.push('in');
    block();
    await next();
    block();
    order.push('out');
    context.set('X-Order', order.splice(0).join());
  });
  app.use(async (context, next) => {
    if (context.path === '/fails') context.throw(418, 'teapot');
    await next();
  });
  app.use((context) => {
    block();
    assert.equal(app.currentContext, context);
    order.push('body');
    context.body = { path: context.path };
  });

  await whileServing(http.createServer(app.callback()), async (url) => {
    const found = await fetch(`${url}/here`);
    assert.equal(found.headers.get('X-Order'), 'in,body,out');
    assert.deepEqual(await found.json(), { path: '/here' });
    assert.equal((await fetch(`${url}/fails`)).status, 418);
  });
});
