import { expect } from 'chai';
import { once } from 'node:events';
import net from 'node:net';

import { absent, isListening, portOf, servers } from '../../compat/servers';

describe('servers', () => {
  const variable = 'COMPAT_REDIS_PORT';
  let before: string | undefined;
  beforeEach(() => (before = process.env[variable]));
  afterEach(() => {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  });

  it('are where a variable says', () => {
    process.env[variable] = '7';
    expect(portOf('redis')).to.equal(7);
    expect(servers.map(portOf).every((port) => port > 0)).to.equal(true);
  });

  it('are absent once they have stopped listening', async () => {
    const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env[variable] = String((server.address() as net.AddressInfo).port);
    expect([await isListening('redis'), await absent(['redis'])]).to.deep.equal([true, []]);
    server.close();
    await once(server, 'close');
    expect([await isListening('redis'), await absent(['redis'])]).to.deep.equal([false, ['redis']]);
  });
});
