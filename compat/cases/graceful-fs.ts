import assert from 'node:assert/strict';
import plainFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import gracefulFs from 'graceful-fs';
import { block, scenario } from '../support/scenario';

gracefulFs.gracefulify(plainFs);

scenario(async () => {
  const folder = gracefulFs.mkdtempSync(path.join(os.tmpdir(), 'graceful-'));
  const write = promisify(gracefulFs.writeFile);
  const names = Array.from({ length: 50 }, (_, n) => path.join(folder, `${n}.txt`));
  await Promise.all(names.map((name, n) => write(name, `file ${n}`)));
  const texts = await Promise.all(
    names.map(
      (name) =>
        new Promise<string>((resolve, reject) => {
          gracefulFs.readFile(name, 'utf8', (error, text) => {
            block();
            if (error) reject(error);
            else resolve(text);
          });
        }),
    ),
  );
  assert.deepEqual(
    texts,
    names.map((_, n) => `file ${n}`),
  );
  const text = await new Promise<string>((resolve, reject) => {
    let all = '';
    gracefulFs
      .createReadStream(names[0]!, 'utf8')
      .on('data', (chunk) => (block(), (all += chunk)))
      .on('end', () => (block(), resolve(all)))
      .on('error', reject);
  });
  assert.equal(text, 'file 0');
  assert.equal(plainFs.readFileSync(names[1]!, 'utf8'), 'file 1');
  assert.equal(gracefulFs.readdirSync(folder).length, 50);
  await assert.rejects(promisify(gracefulFs.stat)(path.join(folder, 'nowhere')), { code: 'ENOENT' });
  plainFs.closeSync(plainFs.openSync(names[2]!, 'r'));
  gracefulFs.rmSync(folder, { recursive: true });
});
