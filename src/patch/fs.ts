import { readFile } from 'node:fs';

import { waitCallback } from '../core/bridge';
import { cooperate } from './engine/cooperate';
import { definePatch } from './engine/table';

type ReadFile = (path: unknown, options: unknown, done: (error: unknown, data?: unknown) => void) => void;

/** Reading a whole file. */
export const fs = definePatch({
  module: 'fs',
  implements: {
    readFileSync: cooperate((_self, [path, options]) =>
      waitCallback((done) => (readFile as ReadFile)(path, options ?? null, done)),
    ),
  },
});
