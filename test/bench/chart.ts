// A page of bar charts: a bar is the best value of a trial, the thin mark its median.

import { formatNumber, type TopicResult, type TrialResult, type Verdict } from './results';

const rowHeight = 26;
const barHeight = 16;
const labelWidth = 270;
const barsWidth = 430;
const valueWidth = 90;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Ours and what we are compared with. */
function colourOf(name: string): string {
  return /fibers|python|plain/.test(name) ? '#9aa5b1' : '#2f855a';
}

function bar({ name, best, median }: TrialResult, row: number, scale: number): string {
  const y = row * rowHeight;
  const middle = y + rowHeight / 2;
  const markX = labelWidth + median * scale;
  return `
  <text x="${labelWidth - 8}" y="${middle}" text-anchor="end" dominant-baseline="central">${escapeHtml(name)}</text>
  <rect x="${labelWidth}" y="${y + 5}" width="${best * scale}" height="${barHeight}" rx="2" fill="${colourOf(name)}"/>
  <line x1="${markX}" x2="${markX}" y1="${y + 3}" y2="${y + 23}" stroke="#1a202c" stroke-width="2"/>
  <text x="${labelWidth + barsWidth + 8}" y="${middle}" dominant-baseline="central">${formatNumber(best)}</text>`;
}

function verdictItem({ claim, value, target, met }: Verdict, better: TopicResult['better']): string {
  const bound = better === 'lower' ? 'at most' : 'at least';
  const judged = target === undefined ? '' : ` (target: ${bound} ${formatNumber(target)}, ${met ? 'met' : 'missed'})`;
  const style = met === false ? ' class="missed"' : '';
  return `<li${style}>${escapeHtml(claim)}: ${formatNumber(value)}${judged}</li>`;
}

function topicSection({ title, unit, better, trials, verdicts }: TopicResult): string {
  const scale = barsWidth / Math.max(...trials.map((trial) => Math.max(trial.best, trial.median)));
  const [width, height] = [labelWidth + barsWidth + valueWidth, trials.length * rowHeight];
  return `
<h2>${escapeHtml(title)}</h2>
<p>${unit}, ${better} is better</p>
<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">${trials
    .map((trial, row) => bar(trial, row, scale))
    .join('')}
</svg>
<ul>${verdicts.map((verdict) => verdictItem(verdict, better)).join('')}</ul>`;
}

export function chartPage(results: readonly TopicResult[], machine: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>unblock: benchmarks</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #1a202c; }
  svg { font: 13px system-ui, sans-serif; }
  h2 { margin: 1.5em 0 0; }
  p, ul { margin: 0.3em 0 0.6em; }
  .missed { color: #c53030; font-weight: bold; }
</style>
<h1>Benchmarks</h1>
<p>${escapeHtml(machine)}. A bar is the best of the rounds, the dark mark their median.</p>
${results
  .filter((result) => result.trials.length > 0)
  .map(topicSection)
  .join('\n')}
`;
}
