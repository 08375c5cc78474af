// What the ending of a case means: against what the matrix expects of it.
import type { Entry, Mode } from './matrix';
import type { Ending } from './program';

/**
 * - `passed`, and `failed` where the matrix says that it fails: as expected
 * - `broken`: a failure that is not expected
 * - `healed`: passes, though the matrix says that it fails
 * - `absent`: a server that it needs does not listen, so it was not run
 * - `lost`: a server that it needs has gone while it ran
 * - `unsupported`: the package is not made for this line
 * - `unready`: the package is not installed, or there is no such case
 */
export type Verdict = 'passed' | 'failed' | 'broken' | 'healed' | 'absent' | 'lost' | 'unsupported' | 'unready';

/** One case on one line in one mode, with what became of it. */
export interface Finding {
  readonly package: string;
  readonly line: string;
  readonly mode: Mode;
  readonly verdict: Verdict;
  /** What there is to say; empty for what has passed. */
  readonly why: string;
  readonly milliseconds: number;
  /** What it has shown that only blocking makes possible. */
  readonly bought: readonly string[];
}

const bad: readonly Verdict[] = ['broken', 'healed', 'lost', 'unready'];

/** Whether it makes the whole run a failure. */
export function isBad({ verdict }: Pick<Finding, 'verdict'>): boolean {
  return bad.includes(verdict);
}

const notRun: readonly Verdict[] = ['absent', 'unsupported'];

/**
 * The counts of a run. What was not run has not passed.
 *
 * @param problems how many entries the run leaves out for a mistake in them
 */
export function tally(findings: readonly Pick<Finding, 'verdict'>[], problems: number): string {
  const wrong = findings.filter(isBad).length;
  const skipped = findings.filter(({ verdict }) => notRun.includes(verdict)).length;
  const passed = findings.length - wrong - skipped;
  return `${passed} passed, ${wrong + problems} failed${skipped > 0 ? `, ${skipped} not run` : ''}`;
}

/** Whether the matrix says that it fails. */
export function isFailureExpected({ fails }: Entry, line: string, mode: Mode): boolean {
  return fails[mode]?.includes(line) ?? false;
}

/** What an ending means, if the servers were all there to its end. */
export function verdictOf(ending: Ending, entry: Entry, line: string, mode: Mode): Pick<Finding, 'verdict' | 'why'> {
  const expected = isFailureExpected(entry, line, mode);
  if (ending.kind !== 'passed') return { verdict: expected ? 'failed' : 'broken', why: ending.why };
  if (!expected) return { verdict: 'passed', why: '' };
  return { verdict: 'healed', why: `it passes; the matrix says that it fails: ${entry.reason}` };
}
