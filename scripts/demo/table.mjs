// What was measured, as text.

export const ROWS = [
  ['slow routes, requests per second', (result) => rate(result.slowPerSecond)],
  ['slow routes, p50', (result) => milliseconds(result.slowP50)],
  ['slow routes, p99', (result) => milliseconds(result.slowP99)],
  ['/health while they are busy, p50', (result) => milliseconds(result.healthP50)],
  ['/health while they are busy, p99', (result) => milliseconds(result.healthP99)],
  ['/health alone, requests per second of processor time', (result) => rate(result.trivialPerSecond)],
];

export function renderTable(results) {
  const lines = [
    ['', ...results.map((result) => result.mode)],
    ...ROWS.map(([label, cell]) => [label, ...results.map(cell)]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const render = ([label, ...cells]) =>
    [label.padEnd(widths[0]), ...cells.map((cell, index) => cell.padStart(widths[index + 1]))].join('  ');
  const [head, ...body] = lines.map(render);
  return [head, '-'.repeat(head.length), ...body].join('\n');
}

export function ratioLines([plain, unblock]) {
  const better = plain.healthP99 / unblock.healthP99;
  const kept = (100 * unblock.trivialPerSecond) / plain.trivialPerSecond;
  return [
    `health p99 ${better.toFixed(better < 10 ? 1 : 0)} times better`,
    `trivial throughput ${kept.toFixed(0)} % of plain`,
  ];
}

function milliseconds(value) {
  return `${value.toFixed(1)} ms`;
}

function rate(value) {
  return value < 1000 ? value.toFixed(1) : value.toFixed(0);
}
