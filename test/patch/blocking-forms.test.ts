import { expect } from 'chai';

import { tableOf } from '../../src/patch/all';
import { patchable } from '../../src/patch/patchable';
import { certificate } from '../support/certificate';
import { type ScriptResult, spawnSource } from '../support/spawn-script';

const prelude = `
  const { sleep, spawn, Timeout, killAll } = require('unblock');
  const show = (...values) => console.log(...values);
  const failure = (run) => { try { return run(); } catch ({ name, code, syscall }) { return [name, code, syscall].join(' '); } };
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  counter.unref();`;

/** Runs a program in which everything is there, and returns what it has printed, line by line. */
async function linesOf(program: string): Promise<string[]> {
  const { code, stdout, stderr }: ScriptResult = await spawnSource(prelude + program, { loader: true });
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

describe('net.connectSync, listenSync, acceptSync, and streams that are read and written', () => {
  const echo = `
    const net = require('node:net');
    const server = net.createServer().listenSync(0, '127.0.0.1');
    const { port } = server.address();
    const serve = (socket) => { for (let line; (line = socket.readLineSync()) !== null;) socket.writeSync('<' + line + '>\\n'); socket.endSync(); };
    spawn(() => { for (;;) spawn(serve, server.acceptSync()); }).rawLink(() => {});
    require('unblock').setErrorStream(null);`;

  it('carry a conversation in a straight line, of many at once', async () => {
    const lines = await linesOf(`${echo}
      const talk = (name) => {
        const socket = net.connectSync(port, '127.0.0.1');
        const answers = [];
        for (let turn = 0; turn < 3; turn++) { socket.writeSync(name + turn + '\\r\\n'); answers.push(socket.readLineSync()); }
        socket.endSync();
        return answers.join(' ') + ' ' + socket.readSync();
      };
      const talks = Array.from({ length: 20 }, (_, index) => spawn(talk, 'g' + index));
      show(talks.every((each, index) => each.get() === [0, 1, 2].map((turn) => '<g' + index + turn + '>').join(' ') + ' null'));
      server.close();`);
    expect(lines).to.deep.equal(['true']);
  });

  it('read exactly what was asked for, and the rest at the end', async () => {
    const lines = await linesOf(`
      const { PassThrough } = require('node:stream');
      const stream = new PassThrough();
      spawn(() => { for (const part of ['ab', 'cde', 'f\\n', 'one line\\r\\nand ano', 'ther\\nrest']) { sleep(1); stream.write(part); } stream.end(); });
      show(JSON.stringify([stream.readSync(4).toString(), stream.readSync().toString(), stream.readLineSync(),
        stream.readLineSync(), stream.readLineSync(), stream.readLineSync(), stream.readLineSync(), stream.readSync()]));`);
    expect(JSON.parse(lines[0]!)).to.deep.equal(['abcd', 'e', 'f', 'one line', 'and another', 'rest', null, null]);
  });

  it('give up in time, and put back what was read of a line', async () => {
    const lines = await linesOf(`
      const { PassThrough } = require('node:stream');
      const stream = new PassThrough();
      stream.write('half');
      show(failure(() => stream.readLineSync({ timeout: 5 })));
      stream.write(' and half\\n');
      show(stream.readLineSync());
      const controller = new AbortController();
      spawn(() => controller.abort(new RangeError('enough')));
      show(failure(() => stream.readSync(null, { signal: controller.signal })));
      const timeout = Timeout.startNew(5);
      show(failure(() => stream.readSync()));
      show(stream.listenerCount('readable'), stream.listenerCount('end'), stream.listenerCount('error'));`);
    expect(lines).to.deep.equal([
      'Error ETIMEDOUT read',
      'half and half',
      'RangeError  ',
      'Timeout ERR_UNBLOCK_TIMEOUT ',
      '0 0 0',
    ]);
  });

  it('refuse a second greenlet that would have to wait, and tell the first when the stream is closed', async () => {
    const lines = await linesOf(`${echo}
      const socket = net.connectSync({ port, host: '127.0.0.1' });
      const first = spawn(() => failure(() => socket.readSync()));
      sleep(0);
      show(failure(() => socket.readSync()));
      socket.destroy();
      show(first.get());
      show(failure(() => socket.readSync()), '/', failure(() => socket.writeSync('x')));
      server.close();`);
    expect(lines).to.deep.equal([
      'ConcurrentObjectUseError ERR_UNBLOCK_CONCURRENT_USE ',
      'Error EBADF read',
      'Error EBADF read / Error EBADF write',
    ]);
  });

  it('wait while the other side takes nothing, and lose nothing', async () => {
    const lines = await linesOf(`
      const net = require('node:net');
      const server = net.createServer().listenSync(0, '127.0.0.1');
      const much = Buffer.alloc(30_000_000, 'x');
      const writer = spawn(() => { const socket = server.acceptSync(); socket.writeSync(much); socket.endSync(); return 'written'; });
      const socket = net.connectSync(server.address().port, '127.0.0.1');
      sleep(5);
      show(writer.ready());
      show(socket.readAllSync().equals(much), writer.get());
      server.close();`);
    expect(lines).to.deep.equal(['false', 'true written']);
  });

  it('throw what goes wrong: nobody listens, the address is taken, the server is closed, nobody comes', async () => {
    const lines = await linesOf(`${echo}
      const other = net.createServer();
      show(failure(() => other.listenSync(port, '127.0.0.1')));
      show(failure(() => net.createServer().listenSync(0).acceptSync({ timeout: 5 })));
      const waiting = net.createServer().listenSync(0);
      spawn(() => waiting.close());
      show(failure(() => waiting.acceptSync()));
      show(failure(() => net.connectSync(1, '127.0.0.1')));
      process.exit();`);
    expect(lines).to.deep.equal([
      'Error EADDRINUSE listen',
      'Error ETIMEDOUT accept',
      'Error EBADF accept',
      'Error ECONNREFUSED connect',
    ]);
  });

  it('throw on the hub before anything has begun', async () => {
    const lines = await linesOf(`
      const net = require('node:net');
      const server = net.createServer();
      require('unblock').getHub().runCallback(() => {
        show(failure(() => server.listenSync(0)), server.listening);
        show(failure(() => require('node:dns').lookupSync('localhost')));
        show(failure(() => fetchSync('http://127.0.0.1/')));
      });
      sleep(0);`);
    const refused = 'BlockingSwitchOutError ERR_UNBLOCK_BLOCKING_SWITCH_OUT ';
    expect(lines).to.deep.equal([`${refused} false`, refused, refused]);
  });
});

describe('tls', () => {
  it('shakes hands and talks in a straight line', async () => {
    const lines = await linesOf(`
      const tls = require('node:tls');
      const server = tls.createServer(${JSON.stringify(certificate)}).listenSync(0, '127.0.0.1');
      const { port } = server.address();
      spawn(() => { const socket = server.acceptSync(); socket.writeSync(socket.readLineSync() + '!\\n'); socket.endSync(); });
      const socket = tls.connectSync({ port, host: '127.0.0.1', rejectUnauthorized: false });
      socket.writeSync('hello\\n');
      show(socket.readLineSync(), socket.readSync(), socket.encrypted);
      show(failure(() => tls.connectSync({ port, host: '127.0.0.1' })));
      process.exit();`);
    expect(lines[0]).to.equal('hello! null true');
    expect(lines[1]).to.match(/^Error (DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID) /);
  });
});

describe('dgram', () => {
  it('sends and receives datagrams, in time or not', async () => {
    const lines = await linesOf(`
      const dgram = require('node:dgram');
      const { onceSync } = require('node:events');
      const socket = dgram.createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      onceSync(socket, 'listening');
      show(failure(() => socket.receiveSync({ timeout: 5 })));
      const { port } = socket.address();
      show(socket.sendSync('one', port, '127.0.0.1'), socket.sendSync(Buffer.from('three'), port, '127.0.0.1'));
      const { message, rinfo } = socket.receiveSync();
      show(String(message), rinfo.port === port, String(socket.receiveSync().message));
      spawn(() => socket.close());
      show(failure(() => socket.receiveSync()));`);
    expect(lines).to.deep.equal(['Error ETIMEDOUT recvmsg', '3 5', 'one true three', 'Error EBADF recvmsg']);
  });
});

describe('http.requestSync, getSync and fetchSync', () => {
  const server = `
    const http = require('node:http');
    const { Readable } = require('node:stream');
    const server = http.createServer((request, response) => {
      if (request.url === '/never') return;
      const body = String(request.readAllSync());
      response.writeSync(request.method + ' ');
      sleep(2);
      response.endSync(request.url + ' ' + body);
    }).listenSync(0, '127.0.0.1');
    const base = 'http://127.0.0.1:' + server.address().port;`;

  it('send requests with and without bodies, and read the responses', async () => {
    const lines = await linesOf(`${server}
      const response = http.getSync(base + '/get');
      show(response.statusCode, String(response.readAllSync()));
      show(String(http.requestSync(base + '/put', { method: 'PUT', body: 'text' }).readAllSync()));
      show(String(http.requestSync({ port: server.address().port, path: '/bytes', method: 'POST', body: Buffer.from('bytes') }).readAllSync()));
      show(String(http.requestSync(base + '/stream', { method: 'POST', body: Readable.from(['a', 'b']) }).readAllSync()));
      show(failure(() => http.getSync(base + '/never', { timeout: 20 })));
      const many = Array.from({ length: 30 }, (_, index) => spawn(() => String(http.getSync(base + '/' + index).readAllSync())));
      show(many.every((each, index) => each.get() === 'GET /' + index + ' '));
      server.close();
      server.closeAllConnections();
      show(failure(() => http.getSync(base, { agent: false })));`);
    expect(lines).to.deep.equal([
      '200 GET /get ',
      'PUT /put text',
      'POST /bytes bytes',
      'POST /stream ab',
      'Error ETIMEDOUT request',
      'true',
      'Error ECONNREFUSED connect',
    ]);
  });

  it('fetch, whole and piece by piece', async () => {
    const lines = await linesOf(`${server}
      const { iterate } = require('unblock');
      const response = fetchSync(base + '/fetch', { method: 'POST', body: 'more' });
      show(response.status, response.textSync());
      let pieces = '';
      for (const piece of iterate(fetchSync(base + '/pieces').body)) pieces += Buffer.from(piece).toString();
      show(pieces);
      server.close();
      server.closeAllConnections();
      show(failure(() => fetchSync(base)));`);
    expect(lines.slice(0, 2)).to.deep.equal(['200 POST /fetch more', 'GET /pieces ']);
    expect(lines[2]).to.match(/^TypeError/);
  });
});

describe('dns, timers, events, readline and stream.pipelineSync', () => {
  it('look up names and addresses', async () => {
    const lines = await linesOf(`
      const dns = require('node:dns');
      show(JSON.stringify(dns.lookupSync('127.0.0.1')), JSON.stringify(dns.lookupSync('127.0.0.1', { all: true })));
      show(dns.lookupServiceSync('127.0.0.1', 22).service);
      show(failure(() => dns.lookupSync('no.such.name.invalid')));
      show(failure(() => dns.lookupSync(5)), '/', failure(() => dns.resolveSync('x', 'NOTHING')));
      const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
      resolver.setServers(['127.0.0.1:9']);
      show(failure(() => resolver.resolve4Sync('name.example')));`);
    expect(lines[0]).to.equal('{"address":"127.0.0.1","family":4} [{"address":"127.0.0.1","family":4}]');
    expect(lines[1]).to.equal('ssh');
    expect(lines[2]).to.match(/^Error (ENOTFOUND|EAI_AGAIN) getaddrinfo$/);
    expect(lines[3]).to.equal('TypeError ERR_INVALID_ARG_TYPE  / TypeError ERR_INVALID_ARG_VALUE ');
    expect(lines[4]).to.match(/^Error (ECONNREFUSED|ETIMEOUT) queryA$/);
  });

  it('sleep, wait for events, and let all through a pipeline', async () => {
    const lines = await linesOf(`
      const { sleepSync } = require('node:timers');
      const { EventEmitter, onceSync } = require('node:events');
      const { pipelineSync, PassThrough, Readable } = require('node:stream');
      sleepSync(5);
      show(turns > 0, failure(() => sleepSync('5')));
      const emitter = new EventEmitter();
      spawn(() => emitter.emit('event', 1, 2));
      show(onceSync(emitter, 'event').join());
      spawn(() => emitter.emit('error', new RangeError('wrong')));
      show(failure(() => onceSync(emitter, 'event')), emitter.eventNames().length);
      const end = new PassThrough();
      pipelineSync(Readable.from(['a', 'b']), end);
      show(String(end.readAllSync()));
      show(failure(() => pipelineSync(new Readable({ read() { this.destroy(new RangeError('broken')); } }), new PassThrough())));`);
    expect(lines).to.deep.equal([
      'true TypeError ERR_INVALID_ARG_TYPE ',
      '1,2',
      'RangeError   0',
      'ab',
      'RangeError  ',
    ]);
  });

  it('ask questions', async () => {
    const lines = await linesOf(`
      const readline = require('node:readline');
      const { PassThrough } = require('node:stream');
      const input = new PassThrough();
      const output = new PassThrough();
      let shown = '';
      output.on('data', (text) => (shown += text));
      spawn(() => { sleep(2); input.write('Ada\\n'); sleep(2); input.write('36\\n'); sleep(2); input.end(); });
      const asked = readline.createInterface({ input, output });
      show(asked.questionSync('name? '), asked.questionSync('age? '), asked.questionSync('more? '));
      show(shown.trimEnd());
      const second = { input: new PassThrough(), output };
      spawn(() => { sleep(2); second.input.write('yes\\n'); });
      show(readline.questionSync('sure? ', second));
      show(failure(() => readline.questionSync('sure? ', { ...second, signal: AbortSignal.abort(new RangeError('no')) })));`);
    expect(lines).to.deep.equal(['Ada 36 undefined', 'name? age? more?', 'yes', 'RangeError  ']);
  });
});

describe('the blocking forms', () => {
  const modules = patchable.filter((module) => module !== 'globals');
  const formsOf = (module: string): string[] =>
    Object.keys(tableOf(module).extensions ?? {}).filter((name) => !name.includes('.'));

  it('can be imported by their names, whoever has loaded their module first', async () => {
    const forms = modules.flatMap((module) => formsOf(module).map((name) => ({ module, name })));
    const imports = forms.map(({ module, name }, index) => `import { ${name} as f${index} } from 'node:${module}';`);
    const names = forms.map((_, index) => `typeof f${index}`);
    const program = `${imports.join(' ')} console.log(${names.join(' + ')});`;
    const early = `import { createRequire } from 'node:module'; createRequire(import.meta.url)('node:https'); await import('./forms.mjs');`;
    const files = { 'forms.mjs': program };
    for (const source of [program, early]) {
      const { code, stdout, stderr } = await spawnSource(source, { as: 'mjs', loader: true, files });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout).to.equal(`${'function'.repeat(forms.length)}\n`);
    }
  });
});
