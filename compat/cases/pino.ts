import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const lines: { msg: string; user?: string; requestId?: number; level: number }[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      block();
      lines.push(JSON.parse(chunk.toString()) as (typeof lines)[number]);
      done();
    },
  });
  const logger = pino(
    {
      mixin: () => (block(), { requestId: 7 }),
      serializers: { user: (user: { name: string }) => (block(), user.name) },
      redact: ['password'],
      hooks: {
        logMethod(args, method) {
          block();
          method.apply(this, args);
        },
      },
    },
    stream,
  );
  logger.info({ user: { name: 'ada' }, password: 'secret' }, 'hello %s', 'world');
  logger.child({ part: 'db' }).error(new Error('on purpose'));
  while (lines.length < 2) await new Promise(setImmediate);
  assert.deepEqual(
    lines.map(({ msg, user, requestId, level }) => [msg, user, requestId, level]),
    [
      ['hello world', 'ada', 7, 30],
      ['on purpose', undefined, 7, 50],
    ],
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pino-'));
  const file = path.join(folder, 'log');
  const destination = pino.destination({ dest: file, sync: true });
  const fileLogger = pino(destination);
  for (let n = 0; n < 100; n++) fileLogger.info(`line ${n}`);
  destination.flushSync();
  const messages = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  assert.deepEqual(
    messages,
    Array.from({ length: 100 }, (_, n) => `line ${n}`),
  );
  rmSync(folder, { recursive: true });
});
