import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

scenario(() =>
  inScratchFolder(async (folder) => {
    writeFileSync(path.join(folder, 'first'), '');
    const seen = new Set<string>();
    let onEvent = (): void => undefined;
    const until = async (event: string): Promise<void> => {
      while (!seen.has(event)) await new Promise<void>((resolve) => (onEvent = resolve));
    };
    const watcher = watch(folder, { ignored: (file) => (block(), file.endsWith('.tmp')) });
    watcher.on('all', (event, file) => {
      seen.add(`${event} ${path.relative(folder, file)}`);
      block();
      onEvent();
    });
    await new Promise<void>((resolve) => watcher.on('ready', () => (block(), resolve())));
    assert(seen.has('add first'));
    writeFileSync(path.join(folder, 'ignored.tmp'), '');
    mkdirSync(path.join(folder, 'sub'));
    writeFileSync(path.join(folder, 'sub', 'second'), '');
    await until('addDir sub');
    await until('add sub/second');
    writeFileSync(path.join(folder, 'first'), 'changed');
    await until('change first');
    rmSync(path.join(folder, 'sub'), { recursive: true });
    await until('unlinkDir sub');
    await until('unlink sub/second');
    assert(![...seen].some((event) => event.endsWith('.tmp')));
    await watcher.close();
  }),
);
