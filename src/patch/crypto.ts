import { pbkdf2 } from 'node:crypto';

import { waitCallback } from '../core/bridge';
import { cooperate } from './engine/cooperate';
import { definePatch } from './engine/table';

type WithCallback = (...args: unknown[]) => void;

/** Key derivation: seconds of computing that the thread pool can do. */
export const crypto = definePatch({
  module: 'crypto',
  implements: {
    pbkdf2Sync: cooperate((_self, [password, salt, iterations, length, digest]) =>
      waitCallback((done) => (pbkdf2 as unknown as WithCallback)(password, salt, iterations, length, digest, done)),
    ),
  },
});
