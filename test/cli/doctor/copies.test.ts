import { expect } from 'chai';

import { COPIES_THAT_STAY } from '../../../src/cli/doctor/copies';
import { tableOf } from '../../../src/patch/all';
import { patchable } from '../../../src/patch/patchable';

const harmless: Readonly<Record<string, readonly string[]>> = {
  // These wait only for sizes that hardly anybody asks for.
  crypto: ['randomBytes', 'randomFillSync'],
  // Node's own cooperates as well, by what is beneath.
  fs: ['readFileSync'],
};

describe('the copies of functions that the doctor looks for', () => {
  it('are all that the tables replace where they are, and not beneath', () => {
    const replaced = patchable.flatMap((module) => {
      const names = Object.keys(tableOf(module).implements ?? {}).filter((name) => !harmless[module]?.includes(name));
      return names.length === 0 ? [] : [[module, names.sort()] as const];
    });
    const { Atomics: ofAtomics = [], ...ofModules } = COPIES_THAT_STAY;
    const known = Object.entries(ofModules).map(([module, names]) => [module, [...names].sort()]);
    const globals = ofAtomics.map((name) => `Atomics.${name}`);
    expect({ ...Object.fromEntries(known), globals }).to.deep.equal(Object.fromEntries(replaced));
  });
});
