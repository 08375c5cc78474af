import { expect } from 'chai';

import { type CoreModule, mergeCore } from '../../compat/core';
import type { Entry } from '../../compat/matrix';
import { renderPage } from '../../compat/page';
import { Progress } from '../../compat/progress';
import { renderTable, type Report } from '../../compat/report';
import type { Finding } from '../../compat/verdict';

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  ...{ package: name, range: '^1', group: 'any', status: 'works', reason: undefined, case: name, lines: undefined },
  ...{ fails: {}, needs: [], short: false, ...more },
});
const finding = (name: string, more: Partial<Finding> = {}): Finding => ({
  ...{ package: name, line: '20', mode: 'plain', verdict: 'passed', why: '', milliseconds: 1_500, bought: [] },
  ...more,
});
const cooperates = new Map([['readFileSync', ['20']]]);
const core: CoreModule[] = [
  { module: 'fs', lines: ['20'], cooperates, adds: ['more'], left: { x: 'why x' }, untouched: undefined },
  { module: 'path', lines: ['20'], cooperates: new Map(), adds: [], left: {}, untouched: 'it computes' },
];
const report: Report = {
  entries: [entry('good'), entry('bad', { status: 'partial', reason: 'it <cannot>', fails: { crowd: ['20'] } })],
  findings: [
    finding('good', { mode: 'loader', bought: ['a thing'] }),
    finding('bad', { mode: 'crowd', verdict: 'failed', why: 'Error: <script>' }),
  ],
  problems: ['worse: it is no object'],
  versionOf: ({ package: name }) => (name === 'good' ? '1.2.3' : undefined),
};

describe('renderTable', () => {
  const table = renderTable(report, core);

  it('has a row for each package, with a sign for each mode', () => {
    expect(table).to.include('| good | 1.2.3 | · ✓ · | |').and.include('| bad | ^1 | · · ✗ | partial: see below |');
  });

  it('says why what does not work does not, and what blocking buys', () => {
    expect(table).to.include('- **bad** (partial): it <cannot>').and.include('- **good**: a thing');
  });

  it('has a row for each module', () => {
    expect(table).to.include('| fs | 1 | 1 | `x`: why x |').and.include('| path |  |  | it computes |');
  });
});

describe('renderPage', () => {
  const page = renderPage(report, core, ['20']);

  it('holds all in one file, without anything from elsewhere', () => {
    expect(page)
      .to.match(/^<!doctype html>/)
      .and.not.match(/(src|href)=/);
    expect(page).to.include('readFileSync').and.include('a thing').and.include('worse: it is no object');
  });

  it('shows output as it is', () => {
    expect(page).to.include('Error: &#60;script&#62;').and.not.include('Error: <script>');
  });

  it('gives each package what the filters look for', () => {
    expect(page).to.include('data-has="20/loader/good"').and.include('data-has="20/crowd/known"');
  });
});

describe('Progress', () => {
  it('shows a line for each package and Node line that is through, and what is wrong with it', () => {
    const shown: string[] = [];
    const progress = new Progress(4, 2, (line) => shown.push(line));
    progress.add(finding('a'));
    progress.add(finding('b', { mode: 'loader', verdict: 'broken', why: 'first\nsecond' }));
    expect(shown).to.deep.equal([]);
    progress.add(finding('b'));
    expect(shown.map((line) => line.trim().replace(/\s+/g, ' '))).to.deep.equal([
      '3/4 b 20 3.0 s loader BROKEN, plain passed',
      'loader: first second',
    ]);
  });

  it('names the server that a package was not run for want of, once', () => {
    const shown: string[] = [];
    const progress = new Progress(2, 2, (line) => shown.push(line));
    for (const mode of ['plain', 'loader'] as const) {
      progress.add(finding('a', { mode, verdict: 'absent', why: 'no server: redis' }));
    }
    expect(shown.map((line) => line.trim()).slice(1)).to.deep.equal(['no server: redis']);
  });
});

describe('mergeCore', () => {
  it('says of each name on which lines it cooperates', () => {
    const facts = (
      cooperates: string[],
    ): Parameters<typeof mergeCore>[0] extends ReadonlyMap<string, infer T> ? T : never => [
      { module: 'fs', cooperates, adds: [], left: {}, untouched: undefined },
    ];
    const [fs] = mergeCore(
      new Map([
        ['20', facts(['a'])],
        ['22', facts(['a', 'b'])],
      ]),
    );
    expect([...fs!.cooperates]).to.deep.equal([
      ['a', ['20', '22']],
      ['b', ['22']],
    ]);
  });
});
