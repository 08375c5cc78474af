// What cases of servers and clients share: a server on a port that is free, and its end.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port of this machine while the function runs; connections that are left open are closed. */
export async function whileServing(
  server: http.Server | http.RequestListener,
  use: (url: string, port: number) => Promise<void>,
): Promise<void> {
  const listening = typeof server === 'function' ? http.createServer(server) : server;
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  try {
    await use(`http://127.0.0.1:${port}`, port);
  } finally {
    listening.close();
    listening.closeAllConnections();
  }
}
