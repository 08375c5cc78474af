// A trivial route. The parent process gets the port, and on every message the processor time used so far.

'use strict';

const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end('hello');
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit());
