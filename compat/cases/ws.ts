import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { whileServing } from '../support/http';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 16 } });
  sockets.on('connection', (socket, request) => {
    block();
    socket.send(`welcome to ${request.url}`);
    socket.on('message', (data, isBinary) => {
      block();
      socket.send(data, { binary: isBinary }, () => block());
    });
  });

  await whileServing(server, async (url) => {
    const client = new WebSocket(`${url.replace('http', 'ws')}/room`);
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.on('message', (data, isBinary) => {
        received.push(isBinary ? `binary ${(data as Buffer).length}` : String(data));
        block();
        if (received.length === 12) resolve();
      });
    });
    await once(client, 'open');
    for (let n = 0; n < 10; n++) client.send(`message ${n} that is long enough to be compressed`);
    client.send(Buffer.alloc(100_000));
    await all;
    assert.equal(received[0], 'welcome to /room');
    assert.deepEqual(
      received.slice(1, 11).map((text) => Number(/message (\d+)/.exec(text)![1])),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(received[11], 'binary 100000');
    client.close(4000, 'enough');
    const [code, reason] = (await once(client, 'close')) as [number, Buffer];
    assert.deepEqual([code, String(reason)], [4000, 'enough']);
  });
});
