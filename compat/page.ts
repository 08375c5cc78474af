// The report that a person looks at: one page with everything in it, and filters.
import type { CoreModule } from './core';
import { type Entry, modes } from './matrix';
import { pageScript, pageStyle } from './page-parts';
import { wordsFor } from './progress';
import { boughtBy, groupsOf, type Report } from './report';
import { type Finding, isBad, type Verdict } from './verdict';

/** Verdict -> what it looks like. */
const looks: Readonly<Record<Verdict, 'good' | 'known' | 'bad' | 'none'>> = {
  passed: 'good',
  failed: 'known',
  broken: 'bad',
  healed: 'bad',
  absent: 'none',
  lost: 'bad',
  unsupported: 'none',
  unready: 'bad',
};

const modeTitles = { plain: 'plain Node', loader: 'loader', crowd: 'crowd' } as const;

/** The page. */
export function renderPage(report: Report, core: readonly CoreModule[], lines: readonly string[]): string {
  const shown = report.entries.filter(
    ({ package: name, status }) => status === 'untested' || report.findings.some((each) => each.package === name),
  );
  const groups = groupsOf(shown);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>unblock: compatibility</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>What runs under unblock</h1>
<p>Every package by a program that uses it, on plain Node, under the loader, and in a crowd: many greenlets at once that
block in every callback.</p>
<ul class="totals">${renderTotals(report)}</ul>
</header>
${report.problems.map((each) => `<p class="problem">${escape(each)}</p>`).join('\n')}
<form id="filters">
<input type="search" name="text" placeholder="package, reason or output" aria-label="search">
<select name="group" aria-label="kind"><option value="">every kind</option>${groups.map((group) => `<option>${escape(group)}</option>`).join('')}</select>
<select name="line" aria-label="Node line"><option value="">every Node</option>${lines.map((line) => `<option value="${line}">Node ${line}</option>`).join('')}</select>
<select name="mode" aria-label="mode"><option value="">every mode</option>${modes.map((mode) => `<option value="${mode}">${modeTitles[mode]}</option>`).join('')}</select>
<select name="look" aria-label="outcome"><option value="">every outcome</option><option value="good">passed</option><option value="known">fails, as known</option><option value="bad">wrong</option><option value="none">not run</option></select>
<output id="count"></output>
</form>
<table id="packages">
<thead><tr><th rowspan="2">package</th><th rowspan="2">version</th>${lines.map((line) => `<th colspan="3" data-line="${line}">Node ${line}</th>`).join('')}<th rowspan="2">seconds</th></tr>
<tr>${lines.map((line) => modes.map((mode) => `<th class="mode" data-line="${line}" data-mode="${mode}">${modeTitles[mode]}</th>`).join('')).join('')}</tr></thead>
${groups.map((group) => renderGroup(report, shown, group, lines)).join('\n')}
</table>
<h2>What blocking buys</h2>
<dl>${[...boughtBy(report)].map(([name, all]) => `<dt>${escape(name)}</dt>${all.map((each) => `<dd>${escape(each)}</dd>`).join('')}`).join('\n')}</dl>
<h2>Node's own modules</h2>
<table class="core"><thead><tr><th>module</th><th>suspends the greenlet</th><th>added</th><th>left alone</th></tr></thead>
<tbody>${core.map((each) => renderModule(each, lines)).join('\n')}</tbody></table>
<script>${pageScript}</script>
</body>
</html>
`;
}

function renderTotals({ findings }: Report): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of findings) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const items = [...counts].map(
    ([verdict, count]) => `<li class="${looks[verdict]}"><b>${count}</b> ${wordsFor(verdict).toLowerCase()}</li>`,
  );
  const packages = new Set(findings.map((each) => each.package)).size;
  return `<li><b>${packages}</b> packages</li>${items.join('')}`;
}

function renderGroup(report: Report, entries: readonly Entry[], group: string, lines: readonly string[]): string {
  const columns = 3 + lines.length * modes.length;
  const rows = entries
    .filter((entry) => entry.group === group)
    .map((entry) => renderEntry(report, entry, lines, columns));
  return `<tbody data-group="${escape(group)}"><tr class="group"><th colspan="${columns}">${escape(group)}</th></tr>
${rows.join('\n')}</tbody>`;
}

function renderEntry(report: Report, entry: Entry, lines: readonly string[], columns: number): string {
  const findings = report.findings.filter((each) => each.package === entry.package);
  const seconds = findings.reduce((sum, each) => sum + each.milliseconds, 0) / 1000;
  const cells = lines.flatMap((line) =>
    modes.map((mode) =>
      renderCell(
        findings.find((each) => each.line === line && each.mode === mode),
        line,
        mode,
      ),
    ),
  );
  const details = findings.filter(({ verdict, why }) => why !== '' && verdict !== 'unsupported');
  const note = entry.reason === undefined ? '' : `<p>${escape(`${entry.status}: ${entry.reason}`)}</p>`;
  const more = note !== '' || details.length > 0;
  return `<tr class="entry"${more ? ' tabindex="0"' : ''} data-has="${[...new Set(findings.map(({ line, mode, verdict }) => `${line}/${mode}/${looks[verdict]}`))].join(' ')}">
<th>${escape(entry.package)}${more ? '<i>▸</i>' : ''}</th><td>${escape(report.versionOf(entry) ?? '')}</td>${cells.join('')}<td class="number">${seconds.toFixed(1)}</td></tr>
${more ? `<tr class="more" hidden><td colspan="${columns}">${note}${details.map(renderDetail).join('')}</td></tr>` : ''}`;
}

function renderCell(finding: Finding | undefined, line: string, mode: string): string {
  const [look, words] =
    finding === undefined ? ['none', 'not run'] : [looks[finding.verdict], wordsFor(finding.verdict)];
  const sign = { good: '✓', known: '✗', bad: '!', none: '–' }[look];
  const title = `Node ${line}, ${mode}: ${words.toLowerCase()}`;
  return `<td class="cell ${look}" data-line="${line}" data-mode="${mode}" title="${escape(title)}">${sign}</td>`;
}

function renderDetail(finding: Finding): string {
  const { line, mode, verdict, why } = finding;
  return `<details${isBad(finding) ? ' open' : ''}><summary>Node ${line}, ${modeTitles[mode]}: ${wordsFor(verdict).toLowerCase()}</summary><pre>${escape(why)}</pre></details>`;
}

function renderModule(
  { module, lines: own, cooperates, adds, left, untouched }: CoreModule,
  lines: readonly string[],
): string {
  const names = [...cooperates].map(([name, where]) => {
    const some = where.length === own.length ? '' : ` <small>(Node ${where.join(', ')})</small>`;
    return `<code>${escape(name)}</code>${some}`;
  });
  const only = own.length === lines.length ? '' : ` <small>(Node ${own.join(', ')})</small>`;
  const why =
    untouched ??
    Object.entries(left)
      .map(([name, reason]) => `${name}: ${reason}`)
      .join('; ');
  return `<tr><th>${escape(module)}${only}</th><td>${names.join(', ')}</td><td>${adds.map((name) => `<code>${escape(name)}</code>`).join(', ')}</td><td>${escape(why)}</td></tr>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
