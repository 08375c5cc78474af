// What the rounds of a topic gave, and whether the targets are met.

import type { Topic } from './topics';

export interface TrialResult {
  readonly name: string;
  readonly values: readonly number[];
  readonly best: number;
  readonly median: number;
}

export interface Verdict {
  readonly claim: string;
  /** Of the best values; the machine can only make a trial worse. */
  readonly value: number;
  /** Of the medians. */
  readonly median: number;
  readonly atMost?: number;
  readonly met?: boolean;
}

export interface TopicResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly trials: readonly TrialResult[];
  readonly verdicts: readonly Verdict[];
}

export function summarize(topic: Topic, values: ReadonlyMap<string, readonly number[]>): TopicResult {
  const { name, title, unit, better } = topic;
  const trials = [...values]
    .filter(([, measured]) => measured.length > 0)
    .map(([trial, measured]) => ({
      name: trial,
      values: measured,
      best: better === 'lower' ? Math.min(...measured) : Math.max(...measured),
      median: medianOf(measured),
    }));
  return { name, title, unit, better, trials, verdicts: verdictsOf(topic, trials) };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function verdictsOf(topic: Topic, trials: readonly TrialResult[]): Verdict[] {
  const resultOf = (name: string) => trials.find((trial) => trial.name === name);
  const compared = topic.comparisons.map(({ trial, against, atMost }) => {
    const [ours, theirs] = [resultOf(trial), resultOf(against)];
    if (ours === undefined || theirs === undefined) return undefined;
    return judge(`${trial} / ${against}`, ours.best / theirs.best, ours.median / theirs.median, atMost);
  });
  const limited = topic.limits.map(({ trial, atMost }) => {
    const ours = resultOf(trial);
    return ours && judge(trial, ours.best, ours.median, atMost);
  });
  return [...compared, ...limited].filter((verdict) => verdict !== undefined);
}

function judge(claim: string, value: number, median: number, atMost: number | undefined): Verdict {
  return { claim, value, median, atMost, met: atMost === undefined ? undefined : value <= atMost };
}

export function formatNumber(value: number): string {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US');
}

export function resultText({ title, unit, trials, verdicts }: TopicResult): string {
  const row = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(52) : cell.padStart(12))).join('');
  const lines = [
    `${title}, ${unit}`,
    row(['', 'best', 'median', 'rounds']),
    ...trials.map((trial) =>
      row([`  ${trial.name}`, formatNumber(trial.best), formatNumber(trial.median), String(trial.values.length)]),
    ),
  ];
  if (verdicts.length > 0) lines.push('', row(['', 'of best', 'of medians', 'target']));
  for (const { claim, value, median, atMost, met } of verdicts) {
    const target = atMost === undefined ? '' : `<= ${formatNumber(atMost)}`;
    const judged = met === undefined ? '' : met ? '  met' : '  MISSED';
    lines.push(row([`  ${claim}`, formatNumber(value), formatNumber(median), target]) + judged);
  }
  return lines.join('\n');
}
