import http2 from 'node:http2';

import type { Block, Kinds, Program } from './kind';
import { portOf } from './network';

type Blocked = 'session' | 'stream' | 'request' | 'connect' | 'response' | 'data' | 'end' | 'closed';

function exchange(blocked: Blocked, block: Block, end: (seen: unknown) => void): void {
  const seen: string[] = [];
  const note = (place: Blocked): void => {
    if (place === blocked) block();
    seen.push(place);
  };
  const server = http2.createServer((_request, response) => {
    if (blocked === 'request') block();
    response.end('body');
  });
  server.on('session', () => {
    if (blocked === 'session') block();
  });
  server.on('stream', () => {
    if (blocked === 'stream') block();
  });
  server.listen(0, () => {
    const client = http2.connect(`http://127.0.0.1:${portOf(server)}`, () => note('connect'));
    const request = client.request({ ':path': '/' });
    request.on('response', () => note('response'));
    request.on('data', (data) => {
      note('data');
      seen.push(String(data));
    });
    request.on('end', () => {
      note('end');
      client.close(() => {
        server.close(() => {
          note('closed');
          end(seen);
        });
      });
    });
    request.end();
  });
}

const exchanging = (blocked: Blocked): Program => {
  return (block, end) => exchange(blocked, block, end);
};

/** HTTP/2. */
export const http2Kinds: Kinds = {
  "an HTTP/2 server's session": exchanging('session'),
  "an HTTP/2 server's stream": exchanging('stream'),
  "an HTTP/2 server's request": exchanging('request'),
  "an HTTP/2 server's close": exchanging('closed'),
  "an HTTP/2 client's connect": exchanging('connect'),
  "an HTTP/2 client's response": exchanging('response'),
  "an HTTP/2 client's data": exchanging('data'),
  "an HTTP/2 client's end": exchanging('end'),
};
