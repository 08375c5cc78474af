import { readFile } from 'node:fs';

import { begin } from './engine/begin';
import { cooperate } from './engine/cooperate';
import { definePatch, type ModuleFunction } from './engine/table';

/** Reading a whole file. */
export const fs = definePatch({
  module: 'fs',
  implements: {
    readFileSync: cooperate(
      (_self, [path, options]) =>
        begin(readFile as unknown as ModuleFunction, undefined, [path, options ?? null]).get()[0],
    ),
  },
});
