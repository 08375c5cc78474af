import assert from 'node:assert/strict';
import http from 'node:http';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { whileServing } from '../support/http';
import { block, scenario } from '../support/scenario';

const connected = (client: Socket): Promise<void> => new Promise((resolve) => client.on('connect', resolve));

scenario(
  async () => {
    const server = http.createServer();
    const sockets = new Server(server);
    sockets.use((socket, next) => {
      block();
      if (socket.handshake.auth['name'] === undefined) next(new Error('no name'));
      else next();
    });
    sockets.on('connection', (socket) => {
      void socket.join('room');
      socket.on('add', (a: number, b: number, answer: (sum: number) => void) => {
        block();
        answer(a + b);
      });
      socket.on('say', (text: string) => {
        block();
        sockets.to('room').emit('said', socket.handshake.auth['name'], text);
      });
      block();
    });
    await whileServing(server, async (url) => {
      for (const transports of [['websocket'], ['polling', 'websocket']]) {
        const [ada, bob] = ['ada', 'bob'].map((name) => io(url, { auth: { name }, transports, forceNew: true }));
        await Promise.all([connected(ada!), connected(bob!)]);
        assert.equal(await ada!.timeout(10_000).emitWithAck('add', 20, 22), 42);
        const heard = new Promise((resolve) => bob!.on('said', (...all: string[]) => (block(), resolve(all))));
        ada!.emit('say', 'hello');
        assert.deepEqual(await heard, ['ada', 'hello']);
        for (const client of [ada, bob]) client!.close();
      }
      const nobody = io(url, { reconnection: false, forceNew: true });
      const error = await new Promise<Error>((resolve) => nobody.on('connect_error', resolve));
      assert.equal(error.message, 'no name');
      nobody.close();
      await sockets.close();
    });
  },
  { crowd: 4 },
);
