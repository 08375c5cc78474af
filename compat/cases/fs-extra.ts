import assert from 'node:assert/strict';
import path from 'node:path';
import fs from 'fs-extra';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

scenario(() =>
  inScratchFolder(async (folder) => {
    const at = (...parts: string[]): string => path.join(folder, ...parts);
    await fs.outputJson(at('a', 'b', 'data.json'), { n: 1 });
    assert.deepEqual(await fs.readJson(at('a', 'b', 'data.json')), { n: 1 });
    fs.outputFileSync(at('a', 'text'), 'text');
    const copied: string[] = [];
    const filter = (source: string): boolean => {
      block();
      copied.push(path.basename(source));
      return !source.endsWith('text');
    };
    await fs.copy(at('a'), at('c'), { filter });
    fs.copySync(at('a'), at('d'), { filter });
    assert.equal(copied.filter((name) => name === 'data.json').length, 2);
    assert.deepEqual([fs.readdirSync(at('c')), fs.existsSync(at('d', 'b', 'data.json'))], [['b'], true]);
    await new Promise<void>((resolve, reject) =>
      fs.move(at('c'), at('e', 'f'), (error) => {
        block();
        if (error) reject(error);
        else resolve();
      }),
    );
    assert.equal(await fs.pathExists(at('c')), false);
    await fs.emptyDir(at('a'));
    assert.deepEqual(await fs.readdir(at('a')), []);
    await assert.rejects(fs.readJson(at('nowhere')), { code: 'ENOENT' });
    fs.removeSync(at('e'));
  }),
);
