import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

scenario(() =>
  inScratchFolder(async (cwd) => {
    mkdirSync(path.join(cwd, 'tree'));
    for (const name of ['a', 'b', 'c']) writeFileSync(path.join(cwd, 'tree', name), name.repeat(70_000));
    // A refusal must not block: tar begins with an entry as soon as it knows its size.
    const filter = (file: string): boolean => {
      if (file.endsWith('c')) return false;
      block();
      return true;
    };
    await tar.create({ cwd, file: path.join(cwd, 'tree.tgz'), gzip: true, filter }, ['tree']);
    const listed: string[] = [];
    await tar.list({
      file: path.join(cwd, 'tree.tgz'),
      onReadEntry: (entry) => (block(), void listed.push(entry.path)),
    });
    assert.deepEqual(listed.sort(), ['tree/', 'tree/a', 'tree/b']);
    mkdirSync(path.join(cwd, 'out'));
    const extract = tar.extract({ cwd: path.join(cwd, 'out'), filter: () => (block(), true) });
    await pipeline(
      createReadStream(path.join(cwd, 'tree.tgz'), { highWaterMark: 100 }),
      extract as unknown as NodeJS.WritableStream,
    );
    assert.equal(readFileSync(path.join(cwd, 'out', 'tree', 'b'), 'utf8'), 'b'.repeat(70_000));
    mkdirSync(path.join(cwd, 'sync'));
    tar.extract({
      cwd: path.join(cwd, 'sync'),
      file: path.join(cwd, 'tree.tgz'),
      sync: true,
      strip: 1,
      onReadEntry: () => block(),
    });
    assert.equal(readFileSync(path.join(cwd, 'sync', 'a'), 'utf8').length, 70_000);
  }),
);
