import { spawn, type SpawnOptions } from 'node:child_process';

import { waitCallback } from '../core/bridge';
import { cooperate } from './engine/cooperate';
import { definePatch } from './engine/table';

/** Child processes. */
export const child_process = definePatch({
  module: 'child_process',
  implements: {
    execSync: cooperate((_self, [command, options]) =>
      waitCallback((done) => {
        const child = spawn(command as string, {
          stdio: ['pipe', 'pipe', 'inherit'],
          ...(options as SpawnOptions),
          shell: true,
        });
        const chunks: Buffer[] = [];
        child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
        child.on('close', (code) =>
          code === 0
            ? done(
                null,
                (options as { encoding?: BufferEncoding })?.encoding
                  ? Buffer.concat(chunks).toString((options as { encoding?: BufferEncoding }).encoding)
                  : Buffer.concat(chunks),
              )
            : done(new Error(`Command failed: ${command as string}`)),
        );
      }),
    ),
  },
});
