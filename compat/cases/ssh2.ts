import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, Server, utils } from 'ssh2';
import { block, scenario } from '../support/scenario';

const hostKey = utils.generateKeyPairSync('ed25519').private;

scenario(async () => {
  const server = new Server({ hostKeys: [hostKey] }, (client) => {
    client.on('authentication', (attempt) => {
      block();
      if (attempt.method === 'password' && attempt.password === 'secret') attempt.accept();
      else attempt.reject(['password']);
    });
    client.on('ready', () => {
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          block();
          const stream = acceptExec();
          stream.on('data', (chunk: Buffer) => (block(), void stream.write(chunk.toString().toUpperCase())));
          stream.on('end', () => {
            stream.stderr.write(`ran ${command}`);
            stream.exit(7);
            stream.end();
          });
        });
      });
    });
    client.on('error', () => block());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = { host: '127.0.0.1', port, username: 'ada' };

  const client = new Client();
  client.connect({ ...connection, password: 'secret' });
  await once(client, 'ready');
  const result = await new Promise<[string, string, number]>((resolve, reject) => {
    client.exec('shout', (error, stream) => {
      block();
      if (error) return reject(error);
      let [out, err] = ['', ''];
      stream.on('data', (chunk: Buffer) => (block(), (out += chunk)));
      stream.stderr.on('data', (chunk: Buffer) => (block(), (err += chunk)));
      stream.on('close', (code: number) => resolve([out, err, code]));
      return stream.end('hello');
    });
  });
  assert.deepEqual(result, ['HELLO', 'ran shout', 7]);
  const ended = once(client, 'close');
  client.end();
  await ended;
  const stranger = new Client();
  const refused = new Promise<Error>((resolve) => stranger.on('error', (error) => (block(), resolve(error))));
  stranger.connect({ ...connection, password: 'guess' });
  assert.match((await refused).message, /authentication methods failed/);
  server.close();
});
