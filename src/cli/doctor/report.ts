import type { Examination } from './examination';
import { severities } from './examination';
import { type Finding, helpFor, type Severity } from './finding';
import { printable } from './printable';

// Of findings that differ in their place alone, as many are named.
const MOST_PLACES = 5;
const WIDTH = 100;
const titles: Readonly<Record<Severity, string>> = {
  problem: 'Problems: it will not work like this',
  warning: 'Warnings: it may go wrong',
  note: 'Notes: good to know',
};

/** Writes down what was seen, for people. */
export function formatExamination({ application, findings }: Examination): string {
  const { root, entry, packages, manifest } = application;
  const name = manifest?.name ?? entry ?? root;
  const lines = [`${name}: ${count(packages.length, 'package')} looked at, for Node ${process.version}`, ''];
  for (const severity of severities) {
    const group = findings.filter((each) => each.severity === severity);
    if (group.length === 0) continue;
    lines.push(titles[severity], '', ...alike(group).flatMap((each) => [...formatAlike(each), '']));
  }
  lines.push(findings.length === 0 ? 'Nothing found.' : summary(findings));
  return `${lines.map(printable).join('\n')}\n`;
}

/**
 * Writes down what was seen, for programs. Fields are added, never changed; `version` would say so.
 */
export function formatJson({ application, findings }: Examination): string {
  const { root, entry, packages } = application;
  const report = {
    version: 1,
    node: process.version,
    application: { root, entry: entry ?? null, packages: packages.length },
    counts: Object.fromEntries(severities.map((each) => [each, countOf(findings, each)])),
    findings: findings.map(({ code, severity, where, what, advice }) => {
      return { code, severity, where, what, advice, help: helpFor(code) };
    }),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function alike(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.code}\n${finding.what}\n${finding.advice}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function formatAlike(findings: readonly Finding[]): string[] {
  const { code, what, advice } = findings[0]!;
  const places = findings.slice(0, MOST_PLACES).map(({ where }) => `  ${where}`);
  if (findings.length > MOST_PLACES) places.push(`  and ${findings.length - MOST_PLACES} more`);
  return [...places, ...wrap(what, '    '), ...wrap(`-> ${advice}`, '    '), `    [${code}] ${helpFor(code)}`];
}

function wrap(text: string, indent: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line);
}

function summary(findings: readonly Finding[]): string {
  const counts = severities.map((each) => count(countOf(findings, each), each));
  return `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)!}.`;
}

function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((each) => each.severity === severity).length;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
