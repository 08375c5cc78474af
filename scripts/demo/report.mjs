// The picture: how long /health took over time in both modes, as one page without dependencies.
import { ROWS, ratioLines } from './table.mjs';

const WIDTH = 960;
const HEIGHT = 380;
const MARGIN = { left: 64, right: 16, top: 16, bottom: 44 };
const COLOURS = ['#d1495b', '#00798c'];

export function renderReport(results, { seconds, connections }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>unblock demo</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: ${WIDTH}px; margin: 2rem auto; padding: 0 1rem; }
  svg { width: 100%; height: auto; font-size: 13px; }
  th, td { text-align: right; padding: 0.2rem 1rem 0.2rem 0; }
  th:first-child, td:first-child { text-align: left; font-weight: normal; }
  strong { font-size: 1.2rem; }
</style>
</head>
<body>
<h1>One blocking shop, with and without unblock</h1>
<p>How long <code>/health</code> took to answer, asked every 10 ms, while ${connections} visitors on each of five
slow routes kept the shop busy.</p>
${renderPicture(results, seconds)}
<p><strong>${ratioLines(results).join(', ')}</strong></p>
<table>
<tr><th></th>${results.map(({ mode }, index) => `<th style="color: ${COLOURS[index]}">${mode}</th>`).join('')}</tr>
${ROWS.map(([label, cell]) => `<tr><td>${label}</td>${results.map((result) => `<td>${cell(result)}</td>`).join('')}</tr>`).join('\n')}
</table>
</body>
</html>
`;
}

function renderPicture(results, seconds) {
  const highest = Math.max(...results.flatMap(({ samples }) => samples.map(({ ms }) => ms)));
  const stepY = tickStep(highest, 6);
  const top = Math.ceil(highest / stepY) * stepY;
  const x = (at) => MARGIN.left + (at / seconds) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (ms) => HEIGHT - MARGIN.bottom - (ms / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency of /health over time">
${ticks(top, stepY)
  .map((ms) => gridLine(y(ms), ms))
  .join('\n')}
${ticks(seconds, tickStep(seconds, 8))
  .map((at) => text(x(at), HEIGHT - MARGIN.bottom + 20, 'middle', at))
  .join('\n')}
${text(MARGIN.left, HEIGHT - 4, 'start', 'ms of waiting (upwards), seconds of the run (to the right)')}
${results.map(({ mode, samples }, index) => curve(mode, samples, index, x, y)).join('\n')}
</svg>`;
}

function curve(mode, samples, index, x, y) {
  const points = samples.map(({ at, ms }) => `${x(at).toFixed(1)},${y(ms).toFixed(1)}`).join(' ');
  return `<polyline points="${points}" fill="none" stroke="${COLOURS[index]}" stroke-width="1.5" stroke-linejoin="round"/>
<text x="${WIDTH - MARGIN.right - 90 * (2 - index)}" y="${HEIGHT - 4}" fill="${COLOURS[index]}" font-weight="bold">${mode}</text>`;
}

function gridLine(height, ms) {
  return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${height}" y2="${height}" stroke="#ddd"/>
${text(MARGIN.left - 8, height + 4, 'end', ms)}`;
}

function text(x, y, anchor, content) {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#555">${content}</text>`;
}

/** A step of 1, 2 or 5 times a power of ten that divides the range into at most `most` parts. */
function tickStep(range, most) {
  const power = 10 ** Math.floor(Math.log10(range / most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => range / step <= most);
}

function ticks(last, step) {
  return Array.from({ length: Math.floor(last / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}
