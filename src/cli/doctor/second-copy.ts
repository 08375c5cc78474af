import fs from 'node:fs';

import type { Application } from './application';
import type { Finding } from './finding';

/** Checks that the tree has one copy of the package: there can be one hub per thread. */
export function checkCopies({ packages }: Application): Finding[] {
  const copies = packages.filter(({ name }) => name === 'unblock');
  return copies.slice(1).map(({ directory, manifest, chain }) => ({
    code: 'second-copy',
    severity: 'problem',
    where: chain.join(' > '),
    what:
      `is a second copy of unblock (${manifest.version ?? 'no version'} in ${directory}, besides ` +
      `${copies[0]!.manifest.version ?? 'no version'} in ${fs.realpathSync(copies[0]!.directory)}): ` +
      'the thread that loads both ends with ERR_UNBLOCK_LOADED_TWICE',
    advice: 'Let both have one range of versions, then: npm dedupe. In a library, make unblock a peer dependency.',
  }));
}
