import { expect } from 'chai';

import { type Entry, modes } from '../../compat/matrix';
import { type Choice, plan, type Stock } from '../../compat/plan';

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ package: name, range: '^1', group: 'any', status: 'works', reason: undefined, case: name, lines: undefined },
  ...{ fails: {}, needs: [], short: false, ...more },
});
const all: Choice = { lines: ['20', '22'], packages: undefined, modes, short: false };
const stock: Stock = { versionOf: () => '1.0.0', programOf: (name) => `/cases/${name}.js` };

describe('plan', () => {
  it('has a job for each line and mode', () => {
    const jobs = plan([entry('a')], all, stock);
    expect(jobs.map(({ line, mode }) => `${line} ${mode}`)).to.deep.equal(
      ['20', '22'].flatMap((line) => modes.map((mode) => `${line} ${mode}`)),
    );
    expect(jobs[0]).to.include({ program: '/cases/a.js', finding: undefined });
  });

  it('chooses by line, package, mode and form', () => {
    const entries = [entry('a', { short: true }), entry('b'), entry('c', { case: undefined, status: 'untested' })];
    const names = (choice: Partial<Choice>): string[] =>
      plan(entries, { ...all, lines: ['20'], modes: ['plain'], ...choice }, stock).map((job) => job.entry.package);
    expect(names({})).to.deep.equal(['a', 'b']);
    expect(names({ short: true })).to.deep.equal(['a']);
    expect(names({ packages: ['b', 'c'] })).to.deep.equal(['b']);
  });

  it('knows beforehand what cannot be run, and why', () => {
    const findings = (more: Partial<Entry>, less: Partial<Stock>): unknown[] =>
      plan([entry('a', more)], { ...all, modes: ['plain'] }, { ...stock, ...less }).map(({ finding }) => finding);
    expect(findings({ lines: ['22'] }, {})).to.deep.equal([
      { verdict: 'unsupported', why: 'it is made for Node 22' },
      undefined,
    ]);
    const missing = { verdict: 'unready', why: 'there is no cases/a.ts, or it does not compile' };
    expect(findings({}, { programOf: () => undefined })).to.deep.equal([missing, missing]);
    const absent = { verdict: 'unready', why: 'a is not installed' };
    expect(findings({}, { versionOf: () => undefined })).to.deep.equal([absent, absent]);
  });
});
