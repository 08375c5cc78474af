// 100 requests at once that each run execSync('sleep 0.1'): milliseconds until all are answered.

'use strict';

const { execSync } = require('node:child_process');
const http = require('node:http');
const { report } = require('./measure.cjs');

const requests = 100;
const server = http.createServer((request, response) => {
  execSync('sleep 0.1');
  response.end('done');
});

server.listen(0, async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const started = performance.now();
  await Promise.all(Array.from({ length: requests }, async () => (await fetch(url)).text()));
  report(performance.now() - started);
  server.closeAllConnections();
  server.close();
});
