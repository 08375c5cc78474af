import { expect } from 'chai';

import { modes } from '../../compat/matrix';
import { readOptions } from '../../compat/options';
import { lines } from '../../compat/places';

const packages = ['express', 'pg'];
const read = (...args: string[]) => readOptions(args, packages);

describe('options', () => {
  it('are everything unless something is chosen', () => {
    const { choice, fresh, limit } = read()!;
    expect(choice).to.deep.equal({ lines, packages: undefined, modes, short: false });
    expect([fresh, limit]).to.deep.equal([false, 60_000]);
  });

  it('choose in the order of the table', () => {
    const { choice, workers } = read(
      '--lines',
      '24,20',
      '--packages',
      'pg',
      '--modes',
      'crowd,plain',
      '--workers',
      '3',
    )!;
    expect(choice).to.deep.equal({ lines: ['20', '24'], packages: ['pg'], modes: ['plain', 'crowd'], short: false });
    expect(workers).to.equal(3);
  });

  it('tell a name that is not known, with those that are', () => {
    expect(() => read('--packages', 'pg,expres')).to.throw('--packages: not known: expres; there are express, pg');
    expect(() => read('--lines', '21')).to.throw('--lines: not known: 21; there are 20, 22, 24, 26');
    expect(() => read('--modes', '')).to.throw('--modes: not known: ; there are plain, loader, crowd');
    expect(() => read('--line', '20')).to.throw("Unknown option '--line'");
  });

  it('tell a number that is none', () => {
    for (const bad of ['0', '-1', '1.5', 'many', '']) {
      expect(() => read(`--workers=${bad}`)).to.throw(`--workers: ${bad} is no whole number from 1 on`);
      expect(() => read(`--limit=${bad}`)).to.throw(`--limit: ${bad} is no whole number from 1 on`);
    }
  });

  it('are none if help is asked for', () => {
    expect(read('--help')).to.equal(undefined);
  });
});
