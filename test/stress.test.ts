import { expect } from 'chai';
import { flagName, flagsOf, lineOf, programs, type StressProgram } from './stress/matrix';
import { isFailure, runProgram } from './stress/run-program';

// The whole matrix is `npm run stress`; these are the flags that found most, under the programs they matter to.
const tellingFlags = ['--stress-compaction', '--stress-incremental-marking', '--stress-gc-during-compilation'];
const programsUnderFlags = ['switching', 'wasm', 'async', 'promising'];

function isTelling(program: StressProgram, flag: string): boolean {
  if (flag === 'none' || flag === '--stress-wasm-code-gc') return true;
  return programsUnderFlags.includes(program.name) && tellingFlags.includes(flag);
}

describe('stress programs', () => {
  for (const program of programs) {
    if (Number(lineOf(process.version)) < (program.since ?? 0)) continue;
    for (const flag of flagsOf(program).filter((each) => isTelling(program, flagName(each)))) {
      it(`${program.name} ends well (flag: ${flagName(flag)})`, async function () {
        this.timeout(60_000);
        const outcome = await runProgram({
          ...{ node: process.execPath, line: lineOf(process.version), program, flag },
          ...{ size: 'short', seed: Date.now() % 100_000, timeoutMs: 50_000 },
        });
        expect(isFailure(outcome), `${outcome.verdict}: ${outcome.command}\n${outcome.detail}`).to.equal(false);
      });
    }
  }
});
