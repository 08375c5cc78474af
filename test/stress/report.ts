// The matrix of a stress run, as text for the terminal and as a page.

import type { Outcome, Verdict } from './run-program';

export interface MatrixCell {
  readonly program: string;
  readonly flag: string;
  /** Version of Node, `v20.20.2`. */
  readonly version: string;
  /** The runs of all passes. */
  readonly outcomes: readonly Outcome[];
}

const worstFirst: readonly Verdict[] = [
  'crashed',
  'hung',
  'wrong',
  'hung at exit',
  "node's fault",
  'not run',
  'excluded',
  'ok',
];

const colours: Readonly<Record<Verdict, string>> = {
  ok: '#d3f2d8',
  excluded: '#eeeeee',
  'not run': '#eeeeee',
  "node's fault": '#fdf3c8',
  'hung at exit': '#f9c9a0',
  wrong: '#f7a8a8',
  hung: '#f7a8a8',
  crashed: '#f08080',
};

export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((worst, outcome) =>
    worstFirst.indexOf(outcome.verdict) < worstFirst.indexOf(worst.verdict) ? outcome : worst,
  );
}

function cellText({ outcomes }: MatrixCell): string {
  const worst = worstOf(outcomes);
  const seconds = outcomes.reduce((total, outcome) => total + outcome.seconds, 0);
  const runs = outcomes.length > 1 ? ` ${outcomes.length} x` : '';
  return seconds === 0 || worst.verdict === 'not run'
    ? worst.verdict
    : `${worst.verdict}${runs} ${seconds.toFixed(1)} s`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Rows of program and flag, a column per Node version. */
function rowsOf(cells: readonly MatrixCell[]) {
  const versions = distinct(cells.map((cell) => cell.version));
  const rows = distinct(cells.map((cell) => `${cell.program}\n${cell.flag}`)).map((key) => {
    const [program, flag] = key.split('\n');
    const inRow = cells.filter((cell) => cell.program === program && cell.flag === flag);
    return { program, flag, cells: versions.map((version) => inRow.find((cell) => cell.version === version)) };
  });
  return { versions, rows };
}

export function matrixText(cells: readonly MatrixCell[]): string {
  const { versions, rows } = rowsOf(cells);
  const width = Math.max(...rows.map((row) => row.flag.length)) + 2;
  const line = (program: string, flag: string, texts: readonly string[]) =>
    [program.padEnd(11), flag.padEnd(width), ...texts.map((text) => text.padEnd(20))].join('').trimEnd();
  return [
    line('program', 'flag', versions),
    ...rows.map((row) =>
      line(
        row.program,
        row.flag,
        row.cells.map((cell) => (cell === undefined ? '' : cellText(cell))),
      ),
    ),
  ].join('\n');
}

export function failuresText(outcomes: readonly Outcome[]): string {
  return outcomes.map(({ verdict, command, detail }) => `\n${verdict}: ${command}\n${detail}`).join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function cellHtml(cell: MatrixCell | undefined): string {
  if (cell === undefined) return '<td></td>';
  const { verdict, detail, command } = worstOf(cell.outcomes);
  const title = escapeHtml(`${command}\n${detail}`);
  return `<td style="background:${colours[verdict]}" title="${title}">${escapeHtml(cellText(cell))}</td>`;
}

export function matrixHtml(cells: readonly MatrixCell[]): string {
  const { versions, rows } = rowsOf(cells);
  const head = ['program', 'flag', ...versions].map((text) => `<th>${escapeHtml(text)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr><td>${row.program}</td><td><code>${row.flag}</code></td>${row.cells.map(cellHtml).join('')}</tr>`,
  );
  return `<!doctype html>
<meta charset="utf-8">
<title>unblock: stress matrix</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; }
  table { border-collapse: collapse; }
  th, td { border: 1px solid #ccc; padding: 3px 9px; text-align: left; }
</style>
<h1>Stress matrix</h1>
<p>Each cell is a process (point at it for its command and verdict).</p>
<table><tr>${head}</tr>
${body.join('\n')}
</table>
`;
}
