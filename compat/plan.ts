// What there is to run: every entry, on every line, in every mode.
import { type Entry, type Mode, modes } from './matrix';
import type { Finding } from './verdict';

export interface Job {
  readonly entry: Entry;
  readonly line: string;
  readonly mode: Mode;
  /** The compiled case; undefined if it cannot be run, and the finding says why. */
  readonly program: string | undefined;
  readonly finding: Pick<Finding, 'verdict' | 'why'> | undefined;
}

export interface Choice {
  readonly lines: readonly string[];
  /** Undefined for all. */
  readonly packages: readonly string[] | undefined;
  readonly modes: readonly Mode[];
  readonly short: boolean;
}

/** What is there on this machine. */
export interface Stock {
  versionOf(entry: Entry): string | undefined;
  programOf(name: string): string | undefined;
}

/** The jobs, those of one package together. */
export function plan(entries: readonly Entry[], choice: Choice, stock: Stock): Job[] {
  return choose(entries, choice).flatMap((entry) =>
    choice.lines.flatMap((line) =>
      modes.filter((mode) => choice.modes.includes(mode)).map((mode) => jobOf(entry, line, mode, stock)),
    ),
  );
}

/** The entries that have a case and are wanted. */
export function choose(entries: readonly Entry[], { packages, short }: Choice): Entry[] {
  return entries.filter(
    (entry) =>
      entry.case !== undefined &&
      (packages === undefined || packages.includes(entry.package)) &&
      (!short || entry.short),
  );
}

function jobOf(entry: Entry, line: string, mode: Mode, stock: Stock): Job {
  const program = stock.programOf(entry.case!);
  const cannot = (verdict: Finding['verdict'], why: string): Job => ({
    ...{ entry, line, mode },
    program: undefined,
    finding: { verdict, why },
  });
  if (entry.lines?.includes(line) === false) {
    return cannot('unsupported', `it is made for Node ${entry.lines.join(', ')}`);
  }
  if (program === undefined) return cannot('unready', `there is no cases/${entry.case}.ts, or it does not compile`);
  if (stock.versionOf(entry) === undefined) return cannot('unready', `${entry.package} is not installed`);
  return { entry, line, mode, program, finding: undefined };
}
