import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rimraf, rimrafSync } from 'rimraf';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

function plant(folder: string): string {
  mkdirSync(path.join(folder, 'tree', 'branch'), { recursive: true });
  for (const leaf of ['1.js', '2.ts', 'branch/3.js']) writeFileSync(path.join(folder, 'tree', leaf), '');
  return path.join(folder, 'tree');
}

scenario(() =>
  inScratchFolder(async (folder) => {
    const filter = (file: string): boolean => (block(), !file.endsWith('.ts'));
    assert.equal(await rimraf(plant(folder), { filter }), false);
    assert.deepEqual(
      [existsSync(path.join(folder, 'tree', '2.ts')), existsSync(path.join(folder, 'tree', 'branch'))],
      [true, false],
    );
    assert.equal(await rimraf(path.join(plant(folder), '*.ts'), { glob: true }), true);
    assert.equal(rimrafSync(plant(folder), { filter: () => (block(), true) }), true);
    assert.equal(await rimraf.manual(plant(folder)), true);
    assert.equal(existsSync(path.join(folder, 'tree')), false);
  }),
);
