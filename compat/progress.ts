// What a run shows while it goes on: a line for each package and Node line that is through, with what is wrong below it.
import { type Finding, isBad, type Verdict } from './verdict';

const signs: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  failed: 'fails, as known',
  broken: 'BROKEN',
  healed: 'PASSES UNEXPECTEDLY',
  absent: 'not run',
  lost: 'SERVER DIED',
  unsupported: 'not made for it',
  unready: 'NOT READY',
};

/** The words that people read for a verdict. */
export function wordsFor(verdict: Verdict): string {
  return signs[verdict];
}

export class Progress {
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #open = new Map<string, Finding[]>();
  readonly #perRow: number;
  #done = 0;

  /** @param perRow how many findings make a row: the modes that are run */
  constructor(total: number, perRow: number, print: (line: string) => void) {
    this.#total = total;
    this.#perRow = perRow;
    this.#print = print;
  }

  add(finding: Finding): void {
    this.#done++;
    const key = `${finding.package} ${finding.line}`;
    const row = [...(this.#open.get(key) ?? []), finding];
    this.#open.set(key, row);
    if (row.length === this.#perRow) this.#show(row);
  }

  #show(row: readonly Finding[]): void {
    const [{ package: name, line }] = row as [Finding];
    const seconds = row.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
    const cells = row.map(({ mode, verdict }) => `${mode} ${wordsFor(verdict)}`).join(', ');
    const counter = `${this.#done}/${this.#total}`.padStart(9);
    this.#print(`${counter}  ${name.padEnd(28)} ${line}  ${seconds.toFixed(1).padStart(5)} s  ${cells}`);
    const absent = row.filter(({ verdict }) => verdict === 'absent');
    for (const why of new Set(absent.map((each) => each.why))) this.#print(`           ${why}`);
    for (const { mode, why } of row.filter(isBad)) {
      this.#print(`           ${mode}: ${why.split('\n').slice(0, 25).join('\n             ')}`);
    }
  }
}
