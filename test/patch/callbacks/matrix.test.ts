import { expect } from 'chai';

import { spawnScript } from '../../support/spawn-script';
import { allKinds } from './kinds/all';
import type { Outcome } from './run-kinds';

type Place = 'main' | 'worker';

/** A hundred programs one after the other take a while where others work as well. */
const LIMIT = 180_000;

/** Where nothing can be suspended, and patched calls block for real. */
const forReal = ['a FinalizationRegistry', 'uncaughtException', 'exit'];
/** Only the main thread gets signals. */
const mainOnly = ['a signal'];
const kinds = ['the main module', ...Object.keys(allKinds), 'beforeExit', 'exit'];

async function outcomesOf(mode: 'plain' | 'loaded', place: Place): Promise<Record<string, Outcome>> {
  const { code, signal, stdout, stderr } = await spawnScript(require.resolve('./run-kinds'), {
    flags: ['--expose-gc', '--no-deprecation', '--no-warnings'],
    args: [mode, place],
    loader: mode === 'loaded',
    timeout: LIMIT,
  });
  expect({ code, signal, stderr }).to.deep.equal({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Record<string, Outcome>;
}

for (const [place, title] of [
  ['main', 'a callback of the main thread'],
  ['worker', 'a callback of a worker'],
] as const) {
  describe(title, () => {
    let plain: Record<string, Outcome>;
    let loaded: Record<string, Outcome>;

    before(async function () {
      this.timeout(LIMIT + 10_000);
      [plain, loaded] = await Promise.all([outcomesOf('plain', place), outcomesOf('loaded', place)]);
    });

    for (const kind of kinds.filter((each) => place === 'main' || !mainOnly.includes(each))) {
      const blocks = forReal.includes(kind) ? 'for real' : 'others ran';
      it(`can block ${blocks === 'others ran' ? 'while others run' : 'for real'}: ${kind}`, () => {
        expect(plain[kind]).to.deep.include({ blocks: 'for real' });
        expect(loaded[kind]).to.deep.equal({ blocks, seen: plain[kind]!.seen });
      });
    }
  });
}
