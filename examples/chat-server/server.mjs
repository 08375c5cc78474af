// A chat server: a greenlet reads from each connection, another one writes to it, and both look like a program for one user.
//
//   node examples/chat-server/server.mjs 7000        and then, several times: nc localhost 7000
import net from 'node:net';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { iterate, Queue, spawn, waitEvent } from 'unblock';

// What is still to be written to each member, by name.
const inboxes = new Map();

function tellOthers(speaker, line) {
  for (const [name, inbox] of inboxes) if (name !== speaker) inbox.put(line);
}

function askName(socket, lines) {
  for (;;) {
    socket.write('Your name?\n');
    const { done, value: name } = lines.next();
    if (done) return undefined;
    if (name !== '' && !inboxes.has(name)) return name;
  }
}

function writeAll(socket, inbox) {
  for (const line of inbox) socket.write(`${line}\n`);
}

function serve(socket) {
  // What closes the connection also ends the loop over its lines.
  socket.on('error', () => undefined);
  const lines = iterate(readline.createInterface({ input: socket }));
  const name = askName(socket, lines);
  if (name === undefined) return;

  const inbox = new Queue();
  const writer = spawn(writeAll, socket, inbox);
  inbox.put(`Here are: ${[...inboxes.keys()].join(', ') || 'nobody else'}`);
  inboxes.set(name, inbox);
  tellOthers(name, `* ${name} has come`);
  try {
    for (const line of lines) tellOthers(name, `${name}: ${line}`);
  } finally {
    inboxes.delete(name);
    tellOthers(name, `* ${name} has gone`);
    inbox.shutdown();
    writer.join();
    socket.end();
  }
}

/** Listens; returns the server. */
export function startChat(port) {
  const server = net.createServer((socket) => void spawn(serve, socket));
  server.listen(port);
  waitEvent(server, 'listening');
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  spawn(() => {
    const server = startChat(Number(process.argv[2] ?? 7000));
    console.log(`listening on port ${server.address().port}`);
  });
}
