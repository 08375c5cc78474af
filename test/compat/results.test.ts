import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Results } from '../../compat/results';
import type { Finding } from '../../compat/verdict';

const finding: Finding = {
  ...{ package: 'a', line: '20', mode: 'plain', verdict: 'passed' },
  ...{ why: '', milliseconds: 7, bought: [] },
};

describe('Results', () => {
  let file: string;
  beforeEach(() => (file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'compat-results-')), 'results', 'file')));
  afterEach(() => fs.rmSync(path.dirname(path.dirname(file)), { recursive: true }));

  it('are there for the next run, as long as nothing has changed', () => {
    new Results(file).keep(finding, 'print');
    expect(new Results(file).find(finding, 'print')).to.deep.equal(finding);
    expect(new Results(file).find(finding, 'another')).to.equal(undefined);
    expect(new Results(file).find({ ...finding, mode: 'crowd' }, 'print')).to.equal(undefined);
  });

  it('are the latest that there are', () => {
    const results = new Results(file);
    results.keep(finding, 'old');
    results.keep({ ...finding, milliseconds: 9 }, 'new');
    expect(new Results(file).find(finding, 'old')).to.equal(undefined);
    expect(new Results(file).find(finding, 'new')).to.include({ milliseconds: 9 });
  });

  it('survive that a run was interrupted while it wrote', () => {
    new Results(file).keep(finding, 'print');
    fs.appendFileSync(file, '{"print":"pri');
    expect(new Results(file).find(finding, 'print')).to.deep.equal(finding);
  });

  it('can be forgotten', () => {
    const results = new Results(file);
    results.keep(finding, 'print');
    results.forgetAll();
    expect([results.find(finding, 'print'), fs.existsSync(file)]).to.deep.equal([undefined, false]);
  });
});
