import { expect } from 'chai';

import type { Entry } from '../../compat/matrix';
import { isBad, tally, verdictOf } from '../../compat/verdict';

const entry: Entry = {
  ...{ package: 'a', range: '^1', group: 'any', status: 'partial', reason: 'it is so', case: 'a', lines: undefined },
  ...{ fails: { crowd: ['20'] }, needs: [], short: false },
};
const passed = { kind: 'passed', bought: [] } as const;

describe('verdictOf', () => {
  it('finds as expected what passes and is not listed, and what fails and is', () => {
    expect(verdictOf(passed, entry, '20', 'loader')).to.deep.equal({ verdict: 'passed', why: '' });
    for (const kind of ['failed', 'hung'] as const) {
      expect(verdictOf({ kind, why: 'output' }, entry, '20', 'crowd')).to.deep.equal({
        verdict: 'failed',
        why: 'output',
      });
    }
  });

  it('finds wrong what fails and is not listed: in another mode, on another line', () => {
    for (const [line, mode] of [
      ['20', 'plain'],
      ['20', 'loader'],
      ['22', 'crowd'],
    ] as const) {
      const found = verdictOf({ kind: 'failed', why: 'output' }, entry, line, mode);
      expect(found).to.deep.equal({ verdict: 'broken', why: 'output' });
      expect(isBad(found)).to.equal(true);
    }
  });

  it('finds wrong what passes and is listed', () => {
    const found = verdictOf(passed, entry, '20', 'crowd');
    expect(found).to.deep.equal({ verdict: 'healed', why: 'it passes; the matrix says that it fails: it is so' });
    expect(isBad(found)).to.equal(true);
  });
});

describe('isBad', () => {
  it('is what makes a run fail: not what could not be run for want of a server or a line', () => {
    expect((['passed', 'failed', 'absent', 'unsupported'] as const).some((verdict) => isBad({ verdict }))).to.equal(
      false,
    );
    expect((['broken', 'healed', 'lost', 'unready'] as const).every((verdict) => isBad({ verdict }))).to.equal(true);
  });
});

describe('tally', () => {
  it('counts as passed only what has run', () => {
    const findings = (['passed', 'failed', 'absent', 'unsupported', 'broken'] as const).map((verdict) => ({ verdict }));
    expect(tally(findings, 0)).to.equal('2 passed, 1 failed, 2 not run');
    expect(tally(findings.slice(0, 2), 1)).to.equal('2 passed, 1 failed');
  });
});
