// npm run compat: runs the cases of the matrix, and writes the table and the report. See README.md for what it says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { readCore } from './core';
import { inCrew } from './crew';
import { fingerprint } from './fingerprint';
import { disagreements, programOf, readWanted, versionOf } from './installed';
import { runJob } from './job';
import { parseJsonc } from './jsonc';
import { type Entry, type Mode, modes, readMatrix } from './matrix';
import { renderPage } from './page';
import { home, lines, loader, nodeOf, pageFile, resultsFile, root, tableFile } from './places';
import { type Choice, type Job, plan } from './plan';
import { Progress } from './progress';
import { renderTable } from './report';
import { Results } from './results';
import { servers } from './servers';
import { type Finding, isBad } from './verdict';

const usage = `npm run compat -- [options]
  --lines 20,24       the Node lines; all unless given
  --packages a,b      the packages; all unless given
  --modes plain,crowd the modes; all unless given
  --short             the packages of the short form alone
  --fresh             forget what earlier runs have found
  --workers 2         how many programs at once
  --limit 60          seconds until a program is killed`;

async function main(): Promise<void> {
  const { choice, fresh, workers, limit } = readOptions();
  const matrix = readMatrix(parseJsonc(readFileSync(path.join(home, 'matrix.jsonc'), 'utf8')), lines, servers);
  const problems = [...matrix.problems, ...disagreements(matrix.entries, readWanted(home))];
  const results = new Results(resultsFile);
  if (fresh) results.forgetAll();

  const jobs = plan(matrix.entries, choice, {
    versionOf: (entry) => versionOf(home, entry),
    programOf: (name) => programOf(home, name),
  });
  const progress = new Progress(jobs.length, choice.modes.length, console.log);
  const findings: Finding[] = [];
  const print = printer();
  for (const problem of problems) console.log(`MATRIX   ${problem}`);
  await inCrew(jobs, workers, async (job) => {
    const kept = results.find({ package: job.entry.package, ...job }, print(job));
    const finding = kept ?? (await runJob(job, { node: nodeOf(job.line), loader, cwd: home, limit }));
    if (kept === undefined && ['passed', 'failed'].includes(finding.verdict)) results.keep(finding, print(job));
    findings.push(finding);
    progress.add(finding);
  });

  const bad = findings.filter(isBad).length + problems.length;
  // They come in as they end, which is not the order in which they are read.
  findings.sort((a, b) => a.line.localeCompare(b.line) || modes.indexOf(a.mode) - modes.indexOf(b.mode));
  const report = { entries: matrix.entries, findings, problems, versionOf: (entry: Entry) => versionOf(home, entry) };
  const core = readCore(choice.lines, nodeOf);
  mkdirSync(path.dirname(pageFile), { recursive: true });
  writeFileSync(pageFile, renderPage(report, core, choice.lines));
  console.log(`\nreport: ${path.relative(root, pageFile)}`);
  if (isWhole(choice)) {
    writeFileSync(tableFile, renderTable(report, core));
    console.log(`table:  ${path.relative(root, tableFile)}`);
  }
  console.log(`\n${findings.length - findings.filter(isBad).length} passed, ${bad} failed`);
  process.exitCode = bad > 0 ? 1 : 0;
}

function isWhole({ lines: chosen, packages, modes: some, short }: Choice): boolean {
  return chosen.length === lines.length && packages === undefined && some.length === modes.length && !short;
}

/** What a finding of a job depends on: all of the package under test counts as one, by the lock file. */
function printer(): (job: Job) => string {
  const cases = fingerprint([path.join(home, 'package-lock.json'), path.join(home, 'dist', 'support')]);
  const own = fingerprint([path.join(root, 'dist', 'src'), loader, path.join(root, 'prebuilds')]);
  return ({ program, mode }) =>
    [cases, mode === 'plain' ? '' : own, program === undefined ? '' : fingerprint([program])].join(' ');
}

function readOptions(): { choice: Choice; fresh: boolean; workers: number; limit: number } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      ...{ lines: text, packages: text, modes: text, short: flag, fresh: flag, help: flag },
      workers: { ...text, default: String(Math.min(os.availableParallelism(), 8)) },
      limit: { ...text, default: '60' },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const chosen = values.lines?.split(',') ?? lines;
  const missing = chosen.filter((line) => !existsSync(nodeOf(line)));
  if (missing.length > 0) throw new Error(`Node ${missing.join(', ')} is not there: run node scripts/node-lines.mjs`);
  return {
    choice: {
      lines: chosen,
      packages: values.packages?.split(','),
      modes: values.modes === undefined ? modes : modes.filter((mode: Mode) => values.modes!.split(',').includes(mode)),
      short: values.short,
    },
    fresh: values.fresh,
    workers: Number(values.workers),
    limit: Number(values.limit) * 1000,
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
});
