import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

scenario(() =>
  inScratchFolder(async (folder) => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        block();
        lines.push(chunk.toString().trim());
        done();
      },
    });
    const shout = winston.format((info) => (block(), { ...info, message: String(info.message).toUpperCase() }));
    const filename = path.join(folder, 'log');
    const logger = winston.createLogger({
      level: 'info',
      format: winston.format.combine(
        shout(),
        winston.format.splat(),
        winston.format.printf(({ level, message }) => (block(), `${level}: ${String(message)}`)),
      ),
      transports: [new winston.transports.Stream({ stream }), new winston.transports.File({ filename })],
    });
    logger.info('hello');
    logger.child({ part: 'db' }).warn('careful');
    logger.debug('nobody sees this');
    for (let n = 0; n < 50; n++) logger.error(`error ${n}`);
    const done = once(logger.transports[1]!, 'finish');
    logger.end();
    await done;
    const expected = ['info: HELLO', 'warn: CAREFUL', ...Array.from({ length: 50 }, (_, n) => `error: ERROR ${n}`)];
    assert.deepEqual(lines, expected);
    while (readFileSync(filename, 'utf8').split('\n').length < 53) await new Promise(setImmediate);
    assert.deepEqual(readFileSync(filename, 'utf8').trim().split('\n'), expected);
  }),
);
