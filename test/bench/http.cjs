// Requests that http-server.cjs answers, at 50 connections, per second of its processor time: what it would do with a core
// of its own, whatever else runs here: node http.cjs <what http-server.cjs takes> <node of the server> [<its options>...]

'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const autocannon = require('autocannon');
const { report } = require('./measure.cjs');

const warmUpSeconds = 1;
const seconds = 4;

async function processorSeconds(server) {
  server.send('usage');
  const [{ user, system }] = await once(server, 'message');
  return (user + system) / 1e6;
}

async function main() {
  const [kind, execPath, ...execArgv] = process.argv.slice(2);
  const server = fork(path.join(__dirname, 'http-server.cjs'), kind.split(' '), { execPath, execArgv });
  const [port] = await once(server, 'message');
  const load = (duration) => autocannon({ url: `http://127.0.0.1:${port}`, connections: 50, duration });
  await load(warmUpSeconds);
  const before = await processorSeconds(server);
  const { requests, errors, non2xx } = await load(seconds);
  const after = await processorSeconds(server);
  server.disconnect();
  if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} answers other than 2xx`);
  report(requests.total / (after - before));
}

main();
