import assert from 'node:assert/strict';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

scenario(() =>
  inScratchFolder(async (folder) => {
    const file = path.join(folder, 'archive.zip');
    const output = createWriteStream(file);
    const archive = new ZipArchive({ zlib: { level: 9 } });
    const entries: string[] = [];
    archive.on('entry', ({ name }: { name: string }) => (block(), entries.push(name)));
    archive.on('progress', () => block());
    archive.pipe(output);
    archive.append('hello', { name: 'a.txt' });
    const chunks = function* (): Generator<string> {
      for (let n = 0; n < 3; n++) {
        block();
        yield 'x'.repeat(50_000);
      }
    };
    archive.append(Readable.from(chunks()), { name: 'b/stream.txt' });
    archive.append(Buffer.alloc(1_000), { name: 'c.bin' });
    await archive.finalize();
    await finished(output);
    const zip = readFileSync(file);
    assert.deepEqual(entries, ['a.txt', 'b/stream.txt', 'c.bin']);
    assert.equal(zip.readUInt32LE(0), 0x04034b50);
    assert.equal(zip.readUInt16LE(zip.length - 12), 3);
  }),
);
