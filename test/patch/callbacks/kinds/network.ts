import dgram from 'node:dgram';
import dns from 'node:dns';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import type { Block, Kinds, Program } from './kind';

/** The port that a server of this process listens on. */
export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

type Side = 'server' | 'client';
type Blocked = 'listening' | 'closed' | 'connection' | 'connect' | `${Side} ${string}`;

// The client says hello in two parts, the server answers it and ends. What each side sees, in its order, is told when
// both are closed. A socket's two directions know nothing of each other.
function talk(blocked: Blocked, block: Block, end: (seen: unknown) => void): void {
  const seen: Record<string, string[]> = {};
  const note = (side: Side, event: string): void => {
    if (blocked === `${side} ${event}`) block();
    const directions = event === 'close' ? ['in', 'out'] : [['write', 'finish'].includes(event) ? 'out' : 'in'];
    for (const direction of directions) (seen[`${side} ${direction}`] ??= []).push(event);
  };
  // The server's close, and the client's.
  let open = 2;
  const close = (): void => {
    if (--open === 0) end(seen);
  };
  const watch = (side: Side, socket: Socket): void => {
    for (const event of ['lookup', 'end', 'finish', 'close']) socket.on(event, () => note(side, event));
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
      if (blocked === `${side} data`) block();
      if (text === 'hello') {
        (seen[`${side} in`] ??= []).push('data');
        if (side === 'server') socket.end('hello', () => note(side, 'write'));
      }
    });
  };
  const server = net.createServer((socket) => {
    if (blocked === 'connection') block();
    watch('server', socket);
    socket.on('close', () => {
      server.close(() => {
        if (blocked === 'closed') block();
        close();
      });
    });
  });
  server.listen(0, () => {
    if (blocked === 'listening') block();
    const client = net.connect(portOf(server), 'localhost', () => {
      if (blocked === 'connect') block();
      client.write('hel', () => client.end('lo'));
    });
    watch('client', client);
    client.on('close', close);
  });
}

const talking = (blocked: Blocked): Program => {
  return (block, end) => talk(blocked, block, end);
};

// One connection to a server that says 'text' and ends.
function connectTo(options: Partial<net.NetConnectOpts>, use: (client: Socket, server: Server) => void): void {
  const server = net.createServer((socket) => socket.end('text'));
  server.listen(0, () => use(net.connect({ port: portOf(server), ...options } as net.NetConnectOpts), server));
}

/** Sockets, datagrams and names. */
export const networkKinds: Kinds = {
  'dns.lookup': (block, end) => {
    dns.lookup('localhost', { family: 4 }, (_, address) => {
      block();
      end(address);
    });
  },
  'dns.lookupService': (block, end) => {
    dns.lookupService('127.0.0.1', 80, (_, hostname, service) => {
      block();
      end([typeof hostname, typeof service]);
    });
  },
  'dns.resolve4': (block, end) => {
    const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
    resolver.setServers(['127.0.0.1:9']);
    resolver.resolve4('localhost.invalid', (error) => {
      block();
      end(error !== null);
    });
  },
  'a promise of dns': (block, end) => {
    void dns.promises.lookup('localhost', { family: 4 }).then(({ address }) => {
      block();
      end(address);
    });
  },
  "a server's listening": talking('listening'),
  "a server's connection": talking('connection'),
  "a server's close": talking('closed'),
  "an accepted socket's data": talking('server data'),
  "an accepted socket's end": talking('server end'),
  "an accepted socket's close": talking('server close'),
  "an accepted socket's finish": talking('server finish'),
  "a socket's write callback": talking('server write'),
  "a socket's connect": talking('connect'),
  "a socket's lookup": talking('client lookup'),
  "a socket's data": talking('client data'),
  "a socket's end": talking('client end'),
  "a socket's finish": talking('client finish'),
  "a socket's close": talking('client close'),
  "a socket's readable": (block, end) => {
    connectTo({}, (client, server) => {
      const seen: string[] = [];
      client.on('readable', () => {
        block();
        for (let data: unknown; (data = client.read()) !== null;) seen.push(String(data));
      });
      client.on('close', () => server.close(() => end(seen)));
    });
  },
  "a socket's timeout": (block, end) => {
    const server = net.createServer((socket) => socket.resume());
    server.listen(0, () => {
      const client = net.connect(portOf(server));
      client.setTimeout(5, () => {
        client.setTimeout(0);
        block();
        client.destroy();
        server.close(() => end());
      });
    });
  },
  "a socket's error": (block, end) => {
    const client = net.connect(path.join(os.tmpdir(), 'unblock-no-such-socket'));
    client.on('error', (error: NodeJS.ErrnoException) => {
      block();
      end(error.code);
    });
  },
  "a socket's onread": (block, end) => {
    const seen: number[] = [];
    const onread = {
      buffer: Buffer.alloc(100),
      callback(length: number) {
        block();
        seen.push(length);
        return true;
      },
    };
    connectTo({ onread }, (client, server) => client.on('close', () => server.close(() => end(seen))));
  },
  'an async iteration over a socket': (block, end) => {
    connectTo({}, async (client, server) => {
      const seen: string[] = [];
      for await (const data of client) {
        block();
        seen.push(String(data));
      }
      server.close(() => end(seen));
    });
  },
  'a connection over a Unix socket': (block, end) => {
    const name = path.join(os.tmpdir(), `unblock-${process.pid}-${Math.random()}`);
    const server = net.createServer((socket) => {
      block();
      socket.end();
      server.close(() => end());
    });
    server.listen(name, () => net.connect(name).resume());
  },
  "a datagram socket's bind": (block, end) => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      block();
      socket.close(() => end());
    });
  },
  "a datagram socket's send": (block, end) => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      socket.send('text', socket.address().port, '127.0.0.1', (_, length) => {
        block();
        socket.close(() => end(length));
      });
    });
  },
  "a datagram socket's message": (block, end) => {
    const socket = dgram.createSocket('udp4');
    const seen: string[] = [];
    // As with a server, the handlers may run side by side.
    socket.on('message', (data) => {
      if (seen.push(String(data)) === 2) socket.close(() => end(seen));
      block();
    });
    socket.bind(0, '127.0.0.1', () => {
      for (const text of ['one', 'two']) socket.send(text, socket.address().port, '127.0.0.1');
    });
  },
};
