import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { disagreements, readWanted } from '../../compat/installed';
import { parseJsonc } from '../../compat/jsonc';
import { readMatrix } from '../../compat/matrix';
import { home, lines, tableFile } from '../../compat/places';
import { servers } from '../../compat/servers';

const good = { package: 'express', range: '^5', group: 'servers', status: 'works', case: 'express' };
const read = (...entries: unknown[]): ReturnType<typeof readMatrix> => readMatrix(entries, ['20', '22'], ['redis']);

describe('readMatrix', () => {
  it('takes what is well-formed, with what need not be said', () => {
    const partial = {
      ...good,
      package: 'b',
      status: 'partial',
      reason: 'why',
      fails: { crowd: 'all', loader: ['20'] },
    };
    const { entries, problems } = read({ ...good, needs: ['redis'], lines: ['22'], short: true }, partial);
    expect(problems).to.deep.equal([]);
    expect(entries[0]).to.deep.include({ lines: ['22'], needs: ['redis'], short: true, fails: {}, reason: undefined });
    expect(entries[1]).to.deep.include({
      lines: undefined,
      fails: { crowd: ['20', '22'], loader: ['20'] },
      short: false,
    });
  });

  it('means by "all" the lines that the package is made for', () => {
    const { entries } = read({ ...good, status: 'fails', reason: 'why', lines: ['22'], fails: { crowd: 'all' } });
    expect(entries[0]!.fails).to.deep.equal({ crowd: ['22'] });
  });

  const mistakes: ReadonlyArray<readonly [unknown, string]> = [
    [7, 'entry 1: it is no object'],
    [{ ...good, package: '' }, 'entry 1: the field package has to be a text'],
    [{ ...good, range: 5 }, 'express: the field range has to be a text'],
    [{ ...good, statsu: 'works' }, 'express: the field statsu is not known'],
    [{ ...good, status: 'runs' }, 'express: the status has to be one of works, partial, fails, untested'],
    [{ ...good, reason: 'why' }, 'express: what works has no reason'],
    [{ ...good, status: 'partial', fails: { crowd: 'all' } }, 'express: what does not just work has a reason'],
    [{ ...good, case: 7 }, 'express: reason and case have to be texts'],
    [{ ...good, case: undefined }, 'express: there is a case unless it is untested'],
    [{ ...good, status: 'untested', reason: 'why' }, 'express: there is a case unless it is untested'],
    [{ ...good, lines: ['18'] }, 'express: lines are some of 20, 22'],
    [{ ...good, needs: ['oracle'] }, 'express: needs are some of redis'],
    [{ ...good, short: 'yes' }, 'express: short is true or false'],
    [{ ...good, fails: { crowd: 'all' } }, 'express: fails is there for what is partial or fails, and only then'],
    [
      { ...good, status: 'fails', reason: 'why' },
      'express: fails is there for what is partial or fails, and only then',
    ],
    ...[{ plain: 'all' }, { crowd: 'some' }, { crowd: ['18'] }, 'crowd'].map(
      (fails) =>
        [
          { ...good, status: 'fails', reason: 'why', fails },
          'express: fails says for loader and crowd "all" or which of the lines 20, 22',
        ] as const,
    ),
  ];
  for (const [entry, problem] of mistakes) {
    it(`leaves out a malformed entry, and the others in: ${JSON.stringify(entry)}`, () => {
      const { entries, problems } = read(entry, { ...good, package: 'other' });
      expect(problems).to.deep.equal([problem]);
      expect(entries.map((each) => each.package)).to.deep.equal(['other']);
    });
  }

  it('takes a package once', () => {
    expect(read(good, good).problems).to.deep.equal(['express: it is there twice']);
  });

  it('tells if it is no list at all', () => {
    expect(readMatrix({}, lines, servers).problems).to.deep.equal(['the matrix is no list of packages']);
  });
});

describe('the matrix', () => {
  const { entries, problems } = readMatrix(
    parseJsonc(fs.readFileSync(path.join(home, 'matrix.jsonc'), 'utf8')),
    lines,
    servers,
  );

  it('is well-formed', () => {
    expect(problems).to.deep.equal([]);
  });

  it('says the same as package.json, and has its short form in the dependencies', () => {
    expect(disagreements(entries, readWanted(home))).to.deep.equal([]);
  });

  it('has a case for each package, and a package for each case', () => {
    const cases = fs.readdirSync(path.join(home, 'cases')).map((name) => name.replace(/\.m?ts$/, ''));
    expect(entries.flatMap((entry) => entry.case ?? []).sort()).to.deep.equal(cases.sort());
  });

  it('is what the table was made from', () => {
    const table = fs.readFileSync(tableFile, 'utf8');
    expect(entries.filter((entry) => !table.includes(`| ${entry.package} |`))).to.deep.equal([]);
    expect(entries.filter(({ reason }) => reason !== undefined && !table.includes(reason))).to.deep.equal([]);
  });

  it('holds fifteen packages or more that need no server in its short form', () => {
    const short = entries.filter((entry) => entry.short);
    expect(short).to.have.length.of.at.least(15);
    expect(short.filter(({ needs }) => needs.length > 0)).to.deep.equal([]);
  });
});
