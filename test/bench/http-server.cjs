// A trivial route, of `http` itself or of Express, with each request in an AsyncLocalStorage or not:
// http-server.cjs hello | express [storage]. The parent process gets the port, and on every message the processor time used.

'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const http = require('node:http');

const [kind, hasStorage] = process.argv.slice(2);

function hello(request, response) {
  response.end('hello');
}

function express() {
  const app = require('express')();
  app.get('/', (request, response) => response.send('hello'));
  return app;
}

function within(listener) {
  const storage = new AsyncLocalStorage();
  return (request, response) => storage.run({ request }, listener, request, response);
}

const listener = kind === 'express' ? express() : hello;
const server = http.createServer(hasStorage ? within(listener) : listener);
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit());
