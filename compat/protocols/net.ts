import assert from 'node:assert/strict';
import net from 'node:net';
import type {} from '../../dist/src/patch/net';
import type {} from '../../dist/src/patch/stream';

import { callback, storm, unblock } from '../support/storm';

const { ConcurrentObjectUseError, Queue, sleep, spawn } = unblock;

const most = 8;

// A server of lines, its client, and a pool, all of them in straight lines: what a program has that is its own driver.
storm('net', () => {
  const ignore = (): void => undefined;
  const server = net.createServer((socket) => {
    // What a greenlet that is killed has written may fail after it.
    socket.on('error', ignore);
    try {
      for (let line = socket.readLineSync(); line !== null; line = socket.readLineSync()) {
        callback();
        socket.writeSync(`${line}\n`);
      }
      socket.endSync();
    } catch {
      // The client has broken off, which is its right.
      socket.destroy();
    }
  });
  server.listenSync(0, '127.0.0.1');
  const { port } = server.address() as net.AddressInfo;
  const places = new Queue<net.Socket | undefined>();
  for (let place = 0; place < most; place++) places.put(undefined);
  let connected = 0;
  const exchange = (ask: (socket: net.Socket) => string | null): string => {
    const kept = places.get();
    let socket = kept;
    let isInStep = false;
    try {
      socket ??= net.connectSync({ port, host: '127.0.0.1' }).on('error', ignore);
      if (kept === undefined) connected++;
      const answer = ask(socket);
      isInStep = answer !== null;
      return answer ?? 'nothing';
    } finally {
      if (!isInStep && socket !== undefined) {
        socket.destroy();
        connected--;
      }
      places.put(isInStep ? socket : undefined);
    }
  };

  return {
    ways: {
      line: (token) =>
        exchange((socket) => {
          socket.writeSync(`${token}\n`);
          return socket.readLineSync();
        }),
      lines: (token) =>
        exchange((socket) => {
          for (let part = 0; part < 3; part++) socket.writeSync(`${token}\n`);
          const answers = new Set([0, 1, 2].map(() => socket.readLineSync()));
          return [...answers].join();
        }),
      'two readers': (token) =>
        exchange((socket) => {
          const rival = spawn(() => socket.readLineSync());
          try {
            sleep(0);
            assert.throws(() => socket.readLineSync(), ConcurrentObjectUseError);
            socket.writeSync(`${token}\n`);
            return rival.get();
          } finally {
            rival.kill();
          }
        }),
    },
    calm: () => {
      assert.equal(places.size, most);
      assert.equal(
        unblock.waitCallback<number>((done) => server.getConnections(done)),
        connected,
      );
    },
    close: () => {
      for (let place = 0; place < most; place++) places.get()?.destroy();
      server.close();
    },
  };
});
