// A trivial route; the parent process gets the port.

'use strict';

const http = require('node:http');

const server = http.createServer((request, response) => {
  response.end('hello');
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
