import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

import { sections } from '../src/cli/doctor/finding';
import { settings } from '../src/core/settings';
import { repoRoot } from './support/spawn-script';

const text = fs.readFileSync(path.join(repoRoot, 'docs', 'hazards.md'), 'utf8');
const variables: string[] = Object.values(settings).map(({ variable }) => variable);

function sourcesBelow(directory: string): string {
  return fs
    .readdirSync(path.join(repoRoot, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cc|h)$/.test(name))
    .map((name) => fs.readFileSync(path.join(repoRoot, directory, name), 'utf8'))
    .join('\n');
}

function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function unique(found: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...found].map(([, name = '']) => name))].sort();
}

describe('docs/hazards.md', () => {
  const parts = [...text.matchAll(/^## (.*)\n([^]*?)(?=^#{1,2} |(?![^]))/gm)];
  const slugs = parts.map(([, heading = '']) => slugOf(heading));
  const inSections = parts.map(([, , body = '']) => body).join('\n');

  it('has each heading once', () => {
    expect(slugs).to.deep.equal([...new Set(slugs)]);
  });

  it('explains every warning, and no other', () => {
    const code = /['"]((?:UNBLOCK)_[A-Z_]+)['"]/g;
    const emitted = unique(sourcesBelow('src').matchAll(code)).filter((name) => !variables.includes(name));
    const explained = unique(inSections.matchAll(/`(UNBLOCK_[A-Z_]+)`/g)).filter((name) => !variables.includes(name));
    expect(emitted).to.include('UNBLOCK_LATE_PATCH');
    expect(explained).to.deep.equal(emitted);
  });

  it('names every error, and no other', () => {
    const thrown = unique(`${sourcesBelow('src')}${sourcesBelow('native')}`.matchAll(/['"](ERR_UNBLOCK_[A-Z_]+)['"]/g));
    expect(unique(text.matchAll(/`(ERR_UNBLOCK_[A-Z_]+)`/g))).to.deep.equal(thrown);
  });

  it('names no variable that there is not', () => {
    const named = unique(text.matchAll(/`(UNBLOCK_[A-Z_]+)=/g));
    expect(named.filter((name) => !variables.includes(name))).to.deep.equal([]);
  });

  it('explains every finding of the doctor in the section that it points to, and no other', () => {
    for (const [code, section] of Object.entries(sections)) {
      const body = parts[slugs.indexOf(section)]?.[2];
      expect(body, `${code} -> #${section}`).to.contain(`\`${code}\``);
    }
    const shown = [...inSections.matchAll(/^- \*\*Shows as\*\*([^]*?)(?=^- )/gm)].map(([, line = '']) => line).join();
    const named = unique(shown.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g));
    expect(named).to.deep.equal(Object.keys(sections).sort());
  });

  it('names for each hazard what shows it, what to do, and a test that exists', () => {
    for (const [, heading, body = ''] of parts) {
      expect(body, heading).to.match(/^- \*\*Shows as\*\* [^]*^- \*\*Do:\*\* [^]*^- \*\*Test:\*\* `/m);
      const tests = unique(body.slice(body.indexOf('**Test:**')).matchAll(/`([^`]*)`/g));
      const missing = tests.filter(
        (file) => !/^test\/.*\.test\.ts$/.test(file) || !fs.existsSync(path.join(repoRoot, file)),
      );
      expect(missing, heading).to.deep.equal([]);
    }
  });

  it('names for each finding and warning a test that has seen it', () => {
    for (const [, heading = '', body = ''] of parts) {
      const [shown = '', named = ''] = body.slice(body.indexOf('**Shows as**')).split('**Test:**');
      const codes = unique(shown.matchAll(/`([a-z]+(?:-[a-z]+)+|UNBLOCK_[A-Z_]+)`/g));
      const tests = unique(named.matchAll(/`([^`]*)`/g)).map((file) =>
        fs.readFileSync(path.join(repoRoot, file), 'utf8'),
      );
      const unseen = codes.filter((code) => !variables.includes(code) && !tests.some((text) => text.includes(code)));
      expect(unseen, heading).to.deep.equal([]);
    }
  });

  it('has a place for each of the 42 hazards of gevent', () => {
    const numbers = unique(text.matchAll(/\(gevent (\d+)\)/g)).map(Number);
    expect(numbers.sort((one, other) => one - other)).to.deep.equal(Array.from({ length: 42 }, (_, i) => i + 1));
  });

  it('points only to what is there', () => {
    const links = unique(text.matchAll(/\]\(#([^)]*)\)/g));
    expect(links.filter((link) => !slugs.includes(link))).to.deep.equal([]);
  });

  it('is where the tests of hazards say that they belong', () => {
    const titles = fs.readFileSync(path.join(repoRoot, 'test', 'process', 'hazards.test.ts'), 'utf8');
    const named = unique(titles.matchAll(/^ {2}it\('([a-z-]+):/gm));
    const unknown = named.filter(
      (slug) => !slugs.includes(slug) || !parts[slugs.indexOf(slug)]![2]!.includes('process/hazards.test.ts'),
    );
    expect(unknown).to.deep.equal([]);
  });
});
