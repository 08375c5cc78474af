import net from 'node:net';
import { Duplex } from 'node:stream';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';

import { certificate } from '../../../support/certificate';
import type { Block, Kinds, Program } from './kind';
import { portOf } from './network';

type Blocked = 'sni' | 'alpn' | 'accepted' | 'server data' | 'connect' | 'session' | 'client data' | 'keylog';

// The client says hello, the server answers; what the client has seen is told when it is closed.
function talk(blocked: Blocked, block: Block, end: (seen: unknown) => void, connect = tls.connect): void {
  const blockAt = (place: Blocked): void => {
    if (place === blocked) block();
  };
  const seen: string[] = [];
  const options: tls.TlsOptions = {
    ...certificate,
    SNICallback: (_name, callback) => {
      blockAt('sni');
      callback(null);
    },
    ...(blocked === 'alpn' && {
      ALPNCallback: ({ protocols }: { protocols: string[] }) => {
        blockAt('alpn');
        return protocols[0];
      },
    }),
  };
  const server = tls.createServer(options, (socket) => {
    blockAt('accepted');
    socket.on('data', (data) => {
      blockAt('server data');
      socket.end(data);
    });
  });
  server.listen(0, () => {
    const target: ConnectionOptions = {
      ...{ port: portOf(server), host: 'localhost', servername: 'localhost', ca: certificate.cert },
      ALPNProtocols: ['first', 'second'],
    };
    const client = connect(target, () => {
      blockAt('connect');
      seen.push(`connected ${client.authorized}`);
      client.write('hello');
    });
    client.on('session', () => blockAt('session'));
    client.on('keylog', () => blockAt('keylog'));
    client.on('data', (data) => {
      blockAt('client data');
      seen.push(String(data));
    });
    client.on('error', (error) => seen.push(error.message));
    client.on('close', () => server.close(() => end(seen)));
  });
}

const talking = (blocked: Blocked): Program => {
  return (block, end) => talk(blocked, block, end);
};

// TLS over a stream that is no socket: its parts are called from C++.
function connectOverStream(blockIn: { read?: Block; write?: Block }) {
  return (options: ConnectionOptions, onConnect?: () => void): TLSSocket => {
    const raw = net.connect(options.port!, 'localhost');
    const stream = new Duplex({
      read() {
        blockIn.read?.();
      },
      write(chunk, _encoding, callback) {
        blockIn.write?.();
        raw.write(chunk as Buffer, callback);
      },
      final(callback) {
        raw.end(callback);
      },
    });
    raw.on('data', (data) => stream.push(data));
    raw.on('end', () => stream.push(null));
    const client = tls.connect({ ...options, socket: stream }, onConnect);
    client.on('end', () => client.destroy());
    client.on('close', () => raw.destroy());
    return client;
  };
}

/** TLS. */
export const tlsKinds: Kinds = {
  'an SNICallback': talking('sni'),
  "a TLS server's connection": talking('accepted'),
  "an accepted TLS socket's data": talking('server data'),
  "a TLS socket's connect": talking('connect'),
  "a TLS socket's session": talking('session'),
  "a TLS socket's keylog": talking('keylog'),
  "a TLS socket's data": talking('client data'),
  'the connect of TLS over a stream': (block, end) =>
    talk('connect', block, end, connectOverStream({}) as typeof tls.connect),
  'the data of TLS over a stream': (block, end) =>
    talk('client data', block, end, connectOverStream({}) as typeof tls.connect),
  'the read of a stream under TLS': (block, end) =>
    talk('connect', () => undefined, end, connectOverStream({ read: block }) as typeof tls.connect),
  'the write of a stream under TLS': (block, end) =>
    talk('connect', () => undefined, end, connectOverStream({ write: block }) as typeof tls.connect),
};
