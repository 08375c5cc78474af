import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { type Setting, settings } from '../../src/core/settings';
import { repoRoot } from '../support/spawn-script';

describe('the table of settings', () => {
  it('is the table in the README', () => {
    const readme = fs.readFileSync(path.join(repoRoot, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `(UNBLOCK_\w+)` *\| (.*?) *\| (.*?) *\|$/gm)].map((row) => row.slice(1));
    const expected = Object.values(settings).map((setting) => {
      const { variable, kind, preset, meaning } = setting as Setting;
      return [variable, kind.format(preset), meaning];
    });
    expect(rows).to.deep.equal(expected);
  });

  it('has a variable for each option, named after it', () => {
    for (const [name, { variable }] of Object.entries(settings)) {
      expect(variable.replaceAll('_', '').toLowerCase()).to.equal(`unblock${name.toLowerCase()}`);
    }
  });

  for (const [name, setting] of Object.entries(settings)) {
    const { kind, preset } = setting as Setting;
    it(`${name}: its preset is a value that it can have, and can be written in its variable`, () => {
      expect(kind.accepts(preset)).to.equal(true);
      if (preset !== undefined) expect(kind.parse(kind.format(preset))).to.equal(preset);
    });
  }
});
