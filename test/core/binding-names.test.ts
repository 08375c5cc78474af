import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { binding } from '../../src/core/binding';
import { BINDING_NAMES, FILE_NAMES, WATCHER_NAMES } from '../../src/core/binding-names';
import { BINARY } from '../../src/core/support';
import { repoRoot, spawnSource } from '../support/spawn-script';

const rare = ['watchRejections', 'tellRejection'];
const binaryPath = path.relative(repoRoot, BINARY);

describe('the binary', () => {
  it('has what a binary of this version is told by, and no more', () => {
    const names = Object.keys(binding).filter((name) => !rare.includes(name));
    expect(names.sort()).to.deep.equal([...BINDING_NAMES].sort());
    expect(Object.keys(binding.files).sort()).to.deep.equal([...FILE_NAMES].sort());
    expect(Object.keys(binding.watchers).sort()).to.deep.equal([...WATCHER_NAMES].sort());
  });

  describe('that cannot be used', () => {
    let copy: string;

    before(() => {
      copy = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-copy-'));
      for (const name of ['package.json', 'loader.mjs', 'dist/src']) {
        fs.cpSync(path.join(repoRoot, name), path.join(copy, name), { recursive: true });
      }
      fs.mkdirSync(path.dirname(path.join(copy, binaryPath)), { recursive: true });
    });

    after(() => fs.rmSync(copy, { recursive: true }));

    const outcome = async (): Promise<[number | null, string[]]> => {
      const { code, stderr } = await spawnSource(`console.log('started')`, {
        flags: ['--import', path.join(copy, 'loader.mjs')],
      });
      return [code, stderr.match(/^.*Error: .*$/gm) ?? []];
    };
    const where = `Node ${process.version} on ${process.platform}-${process.arch}`;

    it('as there is none, is one clear error', async () => {
      const [code, errors] = await outcome();
      expect(code).to.equal(1);
      expect(errors).to.deep.equal([
        `BinaryError: unblock has no binary for ${where} (${path.join(copy, binaryPath)}): run "npm rebuild unblock"`,
      ]);
    });

    it('as it is damaged, is one clear error', async () => {
      fs.writeFileSync(path.join(copy, binaryPath), 'no library');
      const [code, [first]] = await outcome();
      expect(code).to.equal(1);
      expect(first).to.match(/^BinaryError: unblock could not load its binary for Node .*; run "npm rebuild unblock"$/);
      expect(first).to.contain(where);
    });

    it('as it is of another version, is one clear error', async () => {
      fs.copyFileSync(BINARY, path.join(copy, binaryPath));
      const names = path.join(copy, 'dist/src/core/binding-names.js');
      fs.writeFileSync(names, fs.readFileSync(names, 'utf8').replaceAll(`'readWhole',`, `'readWhole', 'newFunction',`));
      const [code, errors] = await outcome();
      expect(code).to.equal(1);
      expect(errors).to.deep.equal([
        `BinaryError: the binary for ${where} (${path.join(copy, binaryPath)}) is of another version of unblock: ` +
          'it has no newFunction; run "npm rebuild unblock"',
      ]);
    });
  });
});
