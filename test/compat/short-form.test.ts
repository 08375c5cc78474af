import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { home } from '../../compat/places';
import { repoRoot, spawnScript } from '../support/spawn-script';

// The packages that need no server, on one line: what `npm run compat` does for all of them on all. Installing them takes
// a registry and a minute, which is for CI, and for whoever has done it before.
const line = '24';
const isAllowed = process.env['CI'] !== undefined || fs.existsSync(path.join(home, 'node_modules'));

if (process.versions.node.startsWith(`${line}.`)) {
  describe('the short form of the matrix', () => {
    it('is as the matrix says: on plain Node, under the loader, and in a crowd', async function () {
      if (!isAllowed) this.skip();
      const args = ['--short', '--no-build', '--lines', line];
      const script = path.join(repoRoot, 'scripts', 'compat.mjs');
      const { code, stdout, stderr } = await spawnScript(script, { args, timeout: 12 * 60_000 });
      expect(stdout, stderr).to.match(/\n\d{2,} passed, 0 failed\n$/);
      expect(code).to.equal(0);
    }).timeout(13 * 60_000);
  });
}
