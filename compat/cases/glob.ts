import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Glob, glob, globSync } from 'glob';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'glob-'));
  for (const folder of ['a', 'a/b', 'c']) mkdirSync(path.join(cwd, folder));
  for (const file of ['a/1.js', 'a/b/2.js', 'c/3.js', 'c/4.ts']) writeFileSync(path.join(cwd, file), '');
  const expected = ['a/1.js', 'a/b/2.js', 'c/3.js'];
  assert.deepEqual((await glob('**/*.js', { cwd })).sort(), expected);
  assert.deepEqual(globSync('**/*.js', { cwd }).sort(), expected);
  const ignore = { ignored: ({ name }: { name: string }): boolean => (block(), name === '2.js') };
  assert.deepEqual((await glob('**/*.js', { cwd, ignore })).sort(), ['a/1.js', 'c/3.js']);
  const streamed: string[] = [];
  for await (const found of new Glob('{a,c}/*', { cwd, withFileTypes: true })) {
    block();
    streamed.push(found.relative());
  }
  assert.deepEqual(streamed.sort(), ['a/1.js', 'a/b', 'c/3.js', 'c/4.ts']);
  rmSync(cwd, { recursive: true });
});
