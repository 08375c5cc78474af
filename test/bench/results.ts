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
  readonly target?: number;
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
  const compared = topic.comparisons.map(({ trial, against, target }) => {
    const [ours, theirs] = [resultOf(trial), resultOf(against)];
    if (ours === undefined || theirs === undefined) return undefined;
    return judge(topic.better, `${trial} / ${against}`, ours.best / theirs.best, ours.median / theirs.median, target);
  });
  const limited = topic.limits.map(({ trial, above, target }) => {
    const ours = resultOf(trial);
    const base = above === undefined ? { best: 0, median: 0 } : resultOf(above);
    if (ours === undefined || base === undefined) return undefined;
    const claim = above === undefined ? trial : `${trial} - ${above}`;
    return judge(topic.better, claim, ours.best - base.best, ours.median - base.median, target);
  });
  return [...compared, ...limited].filter((verdict) => verdict !== undefined);
}

type Better = Topic['better'];

function judge(better: Better, claim: string, value: number, median: number, target: number | undefined): Verdict {
  const met = target === undefined ? undefined : better === 'lower' ? value <= target : value >= target;
  return { claim, value, median, target, met };
}

export function formatNumber(value: number): string {
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US');
}

export function resultText({ title, unit, better, trials, verdicts }: TopicResult): string {
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
  for (const { claim, value, median, target, met } of verdicts) {
    const bound = target === undefined ? '' : `${better === 'lower' ? '<=' : '>='} ${formatNumber(target)}`;
    const judged = met === undefined ? '' : met ? '  met' : '  MISSED';
    lines.push(row([`  ${claim}`, formatNumber(value), formatNumber(median), bound]) + judged);
  }
  return lines.join('\n');
}
