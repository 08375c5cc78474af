import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { tableOf } from '../../src/patch/all';
import { patchable } from '../../src/patch/patchable';
import { repoRoot } from '../support/spawn-script';

// Below the root, where the package finds itself by its name.
const scratch = path.join(repoRoot, '.cache');
// As strict as a program may be, which looks into the types of what it imports.
const OPTIONS = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'node20', '--target', 'es2022'];

// Each form, in each of its shapes, with the type of what it gives.
const program = `
  import 'unblock/patch';
  import dgram, { type RemoteInfo } from 'node:dgram';
  import dns, { type LookupAddress, type MxRecord, type RecordWithTtl, Resolver, type SoaRecord } from 'node:dns';
  import { EventEmitter, onceSync } from 'node:events';
  import http, { getSync, requestSync } from 'node:http';
  import https from 'https';
  import net, { connectSync } from 'net';
  import readline, { questionSync } from 'node:readline';
  import { PassThrough, pipelineSync, Readable } from 'node:stream';
  import { sleepSync } from 'node:timers';
  import tls from 'node:tls';

  const is = <T>(value: T): T => value;
  const limits = { timeout: 5, signal: AbortSignal.timeout(5) };
  sleepSync(1);

  is<LookupAddress>(dns.lookupSync('host', 6));
  is<LookupAddress[]>(dns.lookupSync('host', { all: true }));
  is<{ hostname: string; service: string }>(dns.lookupServiceSync('127.0.0.1', 22));
  for (const asked of [dns, new Resolver()]) {
    is<string[]>(asked.resolveSync('host'));
    is<MxRecord[]>(asked.resolveSync('host', 'MX'));
    is<string[]>(asked.resolve4Sync('host', { ttl: false }));
    is<RecordWithTtl[]>(asked.resolve6Sync('host', { ttl: true }));
    is<SoaRecord>(asked.resolveSoaSync('host'));
    is<string[][]>(asked.resolveTxtSync('host'));
    is<ArrayBuffer>(asked.resolveTlsaSync('host')[0]!.data);
    is<string[]>(asked.reverseSync('127.0.0.1'));
  }

  const socket = is<net.Socket>(connectSync(80, 'host'));
  is<net.Socket>(net.connectSync({ port: 80 }, limits));
  is<net.Socket>(net.connectSync('/path', limits));
  is<Buffer | string | null>(socket.readSync());
  is<Buffer | string | null>(socket.readSync(5, limits));
  is<string | null>(socket.readLineSync(limits));
  is<Buffer | string | unknown[]>(socket.readAllSync());
  socket.writeSync('text', 'utf8', limits);
  socket.endSync(Buffer.from('text'), undefined, limits);
  const server = is<net.Server>(net.createServer().listenSync(0, 'localhost', 5));
  for (const target of [{ port: 0 }, server]) net.createServer().listenSync(target);
  net.createServer().listenSync('/path');
  is<net.Socket>(server.acceptSync(limits));

  is<tls.TLSSocket>(tls.connectSync({ port: 1 }, limits));
  is<tls.TLSSocket>(tls.connectSync(1, 'host', {}));
  is<tls.TLSSocket>(tls.createServer().listenSync(0).acceptSync(limits));
  is<tls.TLSSocket>(https.createServer().acceptSync());

  const datagrams = dgram.createSocket('udp4');
  is<number>(datagrams.sendSync(['one', Buffer.from('two')], 5, 'host'));
  is<number>(datagrams.sendSync('three', 1, 2, 5));
  is<{ message: Buffer; rinfo: RemoteInfo }>(datagrams.receiveSync(limits));

  is<http.IncomingMessage>(getSync('http://host', limits));
  is<http.IncomingMessage>(requestSync('http://host', { method: 'POST', body: 'text', ...limits }));
  is<http.IncomingMessage>(http.requestSync({ port: 1, body: Readable.from(['text']) }));
  is<http.IncomingMessage>(https.getSync(new URL('https://host'), { rejectUnauthorized: false }));
  is<http.IncomingMessage>(https.requestSync('https://host', { body: Buffer.from('bytes') }));
  http.request('http://host').endSync('text');
  http.createServer((request, response) => response.endSync(request.readAllSync()));
  const response = is<Response>(fetchSync('http://host', { method: 'POST' }));
  is<string>(response.textSync());
  is<unknown>(response.jsonSync());
  is<ArrayBuffer>(response.arrayBufferSync());
  is<Blob>(response.blobSync());

  is<unknown[]>(onceSync(new EventEmitter(), 'event', { signal: limits.signal }));
  is<unknown[]>(onceSync(new EventTarget(), 'event'));
  is<string | undefined>(questionSync('name?', { input: process.stdin, output: process.stdout }));
  is<string | undefined>(readline.createInterface(process.stdin).questionSync('name?', { signal: limits.signal }));
  is<unknown>(pipelineSync(Readable.from(['text']), new PassThrough(), limits));
  pipelineSync([Readable.from(['text']), new PassThrough()], { end: false });
  pipelineSync(['text'], async function* (source) { for await (const each of source) yield String(each); }, new PassThrough());
  pipelineSync(() => ['text'], async (source: AsyncIterable<string>) => { for await (const each of source) return each; return ''; });
  process.stdin.readLineSync();
  process.stdout.writeSync('text');
`;

describe('the types of the blocking forms', () => {
  it('are there for who imports unblock/patch', function () {
    this.timeout(60_000);
    fs.mkdirSync(scratch, { recursive: true });
    const directory = fs.mkdtempSync(path.join(scratch, 'types-'));
    try {
      const file = path.join(directory, 'program.ts');
      fs.writeFileSync(file, program);
      const tsc = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const { status, stdout } = spawnSync(
        process.execPath,
        [tsc, ...OPTIONS, '--types', 'node', '--ignoreConfig', file],
        {
          cwd: directory,
          encoding: 'utf8',
        },
      );
      expect(stdout).to.equal('');
      expect(status).to.equal(0);
    } finally {
      fs.rmSync(directory, { recursive: true });
    }
  });

  it('are declared for both names of a module, of which Node’s types make the one of the other', () => {
    const forms = patchable.flatMap((module) =>
      Object.keys(tableOf(module).extensions ?? {}).map((name) => ({ module, name })),
    );
    // The two names of a module that is one object lead to the same declarations.
    const once = ['events', 'stream', 'globals'];
    const twice = forms.filter(({ module, name }) => !name.includes('.') && !once.includes(module));
    const missing = twice.filter(({ module, name }) => {
      const types = fs.readFileSync(path.join(repoRoot, 'dist', 'src', 'patch', `${module}.d.ts`), 'utf8');
      return [module, `node:${module}`].some((each) => {
        const [, declared] = types.split(`declare module '${each}' {`);
        return !declared?.split('\n}')[0]!.includes(` ${name}: `);
      });
    });
    expect(twice).to.have.length.above(20);
    expect(missing).to.deep.equal([]);
  });
});
