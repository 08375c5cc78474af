import http, {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import net from 'node:net';

import type { Block, Kinds, Program } from './kind';
import { portOf } from './network';

type Blocked =
  | 'connection'
  | 'request'
  | 'request data'
  | 'request end'
  | 'response end'
  | 'response finish'
  | 'response close'
  | 'closed'
  | 'client socket'
  | 'client finish'
  | 'client response'
  | 'client data'
  | 'client end'
  | 'client close';

// One request with a body, echoed. What each side sees, in its order, is told when the server is closed.
function exchange(blocked: Blocked, block: Block, end: (seen: unknown) => void): void {
  const seen: Record<string, string[]> = { server: [], client: [] };
  const note = (side: 'server' | 'client', place: Blocked): void => {
    if (place === blocked) block();
    seen[side]!.push(place);
  };
  // The response's close, and the server's.
  let open = 2;
  const close = (): void => {
    if (--open === 0) end(seen);
  };
  const server = http.createServer((request, response) => {
    note('server', 'request');
    let body = '';
    request.on('data', (data) => {
      body += String(data);
      note('server', 'request data');
    });
    request.on('end', () => {
      note('server', 'request end');
      response.on('finish', () => note('server', 'response finish'));
      response.on('close', () => {
        note('server', 'response close');
        close();
      });
      response.end(body, () => {
        if (blocked === 'response end') block();
      });
    });
  });
  server.on('connection', () => {
    if (blocked === 'connection') block();
  });
  server.listen(0, () => {
    const client = http.request({ port: portOf(server), method: 'POST', agent: false }, (response) => {
      note('client', 'client response');
      response.on('data', (data) => {
        note('client', 'client data');
        seen.client!.push(String(data));
      });
      response.on('end', () => note('client', 'client end'));
    });
    client.on('socket', () => {
      if (blocked === 'client socket') block();
    });
    client.on('finish', () => {
      if (blocked === 'client finish') block();
    });
    client.on('close', () => {
      note('client', 'client close');
      server.close(() => {
        if (blocked === 'closed') block();
        close();
      });
    });
    client.end('body');
  });
}

const exchanging = (blocked: Blocked): Program => {
  return (block, end) => exchange(blocked, block, end);
};

// A server that the program sets up, and one request to it.
function serve(
  setUp: (server: Server) => void,
  options: RequestOptions,
  use: (client: ClientRequest, close: (seen?: unknown) => void) => void,
  end: (seen: unknown) => void,
): void {
  const server = http.createServer();
  setUp(server);
  server.listen(0, () => {
    use(http.request({ port: portOf(server), agent: false, ...options }), (seen) => {
      server.closeAllConnections();
      server.close(() => end(seen));
    });
  });
}

const bodyOf = (response: IncomingMessage, use: (body: string) => void): void => {
  let body = '';
  response.on('data', (data) => (body += String(data)));
  response.on('end', () => use(body));
};

// What is written on a connection of its own, and all that the server says to it.
function sayTo(port: number, text: string, use: (answer: string) => void): void {
  const socket: net.Socket = net.connect(port, 'localhost', () => socket.write(text));
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  socket.on('close', () => use(answer));
}

/** HTTP/1. */
export const httpKinds: Kinds = {
  "an HTTP server's connection": exchanging('connection'),
  "an HTTP server's request": exchanging('request'),
  "a request's data": exchanging('request data'),
  "a request's end": exchanging('request end'),
  'the callback of response.end': exchanging('response end'),
  "a response's finish": exchanging('response finish'),
  "a response's close": exchanging('response close'),
  "an HTTP server's close": exchanging('closed'),
  "an HTTP client's socket": exchanging('client socket'),
  "an HTTP client's finish": exchanging('client finish'),
  "an HTTP client's response": exchanging('client response'),
  "an HTTP client's data": exchanging('client data'),
  "an HTTP client's end": exchanging('client end'),
  "an HTTP client's close": exchanging('client close'),
  "a request's readable": (block, end) => {
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('readable', () => {
        block();
        for (let data: unknown; (data = request.read()) !== null;) body += String(data);
      });
      request.on('end', () => response.end(body));
    });
    server.listen(0, () => {
      const client = http.request({ port: portOf(server), method: 'POST', agent: false }, (response) => {
        bodyOf(response, (body) => server.close(() => end(body)));
      });
      client.write('one ');
      // The end comes on its own, when the rest has been read.
      setTimeout(() => client.end(), 50);
    });
  },
  "an HTTP server's checkContinue": (block, end) => {
    serve(
      (server) =>
        server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
          block();
          response.writeContinue();
          bodyOf(request, (body) => response.end(body));
        }),
      { method: 'POST', headers: { Expect: '100-continue' } },
      (client, close) => {
        client.on('continue', () => client.end('body'));
        client.on('response', (response) => bodyOf(response, close));
        client.flushHeaders();
      },
      end,
    );
  },
  "an HTTP client's continue": (block, end) => {
    serve(
      (server) => server.on('request', (request, response) => bodyOf(request, (body) => response.end(body))),
      { method: 'POST', headers: { Expect: '100-continue' } },
      (client, close) => {
        client.on('continue', () => {
          block();
          client.end('body');
        });
        client.on('response', (response) => bodyOf(response, close));
        client.flushHeaders();
      },
      end,
    );
  },
  "an HTTP server's checkExpectation": (block, end) => {
    serve(
      (server) =>
        server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
          block();
          response.writeHead(417).end();
        }),
      { headers: { Expect: 'the-unexpected' } },
      (client, close) => {
        client.on('response', (response) => bodyOf(response, () => close(response.statusCode)));
        client.end();
      },
      end,
    );
  },
  "an HTTP client's information": (block, end) => {
    serve(
      (server) =>
        server.on('request', (_request, response) => {
          response.writeEarlyHints({ link: '</style.css>; rel=preload' });
          response.end('body');
        }),
      {},
      (client, close) => {
        const seen: unknown[] = [];
        client.on('information', ({ statusCode }) => {
          block();
          seen.push(statusCode);
        });
        client.on('response', (response) => bodyOf(response, (body) => close([...seen, body])));
        client.end();
      },
      end,
    );
  },
  "an HTTP server's upgrade": (block, end) => {
    serve(
      (server) =>
        server.on('upgrade', (_request: IncomingMessage, socket: net.Socket) => {
          block();
          socket.end('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw');
        }),
      { headers: { connection: 'upgrade', upgrade: 'x' } },
      (client, close) => {
        client.on('upgrade', (_response, socket, head) => {
          let text = String(head);
          socket.on('data', (data: Buffer) => (text += String(data)));
          socket.on('end', () => close(text));
        });
        client.end();
      },
      end,
    );
  },
  "an HTTP client's upgrade": (block, end) => {
    serve(
      (server) =>
        server.on('upgrade', (_request: IncomingMessage, socket: net.Socket) =>
          socket.end('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw'),
        ),
      { headers: { connection: 'upgrade', upgrade: 'x' } },
      (client, close) => {
        client.on('upgrade', (_response, socket, head) => {
          block();
          let text = String(head);
          socket.on('data', (data: Buffer) => (text += String(data)));
          socket.on('end', () => close(text));
        });
        client.end();
      },
      end,
    );
  },
  "an HTTP server's connect": (block, end) => {
    serve(
      (server) =>
        server.on('connect', (_request: IncomingMessage, socket: net.Socket) => {
          block();
          socket.end('HTTP/1.1 200 Connected\r\n\r\nraw');
        }),
      { method: 'CONNECT', path: 'localhost:1' },
      (client, close) => {
        client.on('connect', (response, socket) => {
          socket.resume();
          socket.on('end', () => close(response.statusCode));
        });
        client.end();
      },
      end,
    );
  },
  "an HTTP server's clientError": (block, end) => {
    const server = http.createServer();
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      block();
      socket.end(`HTTP/1.1 400 ${error.code}\r\n\r\n`);
    });
    server.listen(0, () => {
      sayTo(portOf(server), 'GARBAGE\r\n\r\n', (answer) => server.close(() => end(answer)));
    });
  },
  "an HTTP client's error": (block, end) => {
    serve(
      (server) => server.on('connection', (socket) => socket.destroy()),
      {},
      (client, close) => {
        client.on('error', (error: NodeJS.ErrnoException) => {
          block();
          close(error.code);
        });
        client.end();
      },
      end,
    );
  },
  "an HTTP client's timeout": (block, end) => {
    serve(
      (server) => server.on('request', () => undefined),
      { timeout: 5 },
      (client, close) => {
        client.on('error', () => undefined);
        client.on('timeout', () => {
          client.setTimeout(0);
          block();
          client.destroy();
          close('timed out');
        });
        client.end();
      },
      end,
    );
  },
  'pipelined requests': (block, end) => {
    const seen: unknown[] = [];
    const server = http.createServer((request, response) => {
      block();
      seen.push(request.url);
      response.end(request.url);
    });
    server.listen(0, () => {
      const ask = (path: string, rest = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${rest}\r\n`;
      sayTo(portOf(server), ask('/1') + ask('/2') + ask('/3', 'Connection: close\r\n'), (answer) => {
        server.close(() => end([seen.length, answer.match(/^\/\d/gm)]));
      });
    });
  },
  'a promise of fetch': (block, end) => {
    const server = http.createServer((_request, response) => response.end('body'));
    server.listen(0, async () => {
      const response = await fetch(`http://127.0.0.1:${portOf(server)}`);
      block();
      const body = await response.text();
      block();
      server.closeAllConnections();
      server.close(() => end([response.status, body]));
    });
  },
};
