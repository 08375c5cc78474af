// npm run compat: runs the cases of the matrix, and writes the table and the report. See README.md for what it says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { readCore } from './core';
import { inCrew } from './crew';
import { fingerprint } from './fingerprint';
import { disagreements, programOf, readWanted, versionOf } from './installed';
import { runJob } from './job';
import { parseJsonc } from './jsonc';
import { type Entry, modes, namesIn, readMatrix } from './matrix';
import { readOptions, usage } from './options';
import { renderPage } from './page';
import { home, lines, loader, nodeOf, pageFile, resultsFile, root, tableFile } from './places';
import { type Choice, type Job, plan } from './plan';
import { Progress } from './progress';
import { renderTable } from './report';
import { Results } from './results';
import { servers } from './servers';
import { type Finding, isBad, tally } from './verdict';

async function main(): Promise<void> {
  const written = parseJsonc(readFileSync(path.join(home, 'matrix.jsonc'), 'utf8'));
  const options = readOptions(process.argv.slice(2), namesIn(written));
  if (options === undefined) return console.log(usage);
  const { choice, fresh, workers, limit } = options;
  const missing = choice.lines.filter((line) => !existsSync(nodeOf(line)));
  if (missing.length > 0) throw new Error(`Node ${missing.join(', ')} is not there: run node scripts/node-lines.mjs`);
  const matrix = readMatrix(written, lines, servers);
  const problems = [...matrix.problems, ...disagreements(matrix.entries, readWanted(home))];
  const results = new Results(resultsFile);
  if (fresh) results.forgetAll();

  const jobs = plan(matrix.entries, choice, {
    versionOf: (entry) => versionOf(home, entry),
    programOf: (name) => programOf(home, name),
  });
  if (jobs.length === 0) throw new Error('There is nothing to run: what is chosen has no case');
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
  console.log(`\n${tally(findings, problems.length)}`);
  process.exitCode = problems.length > 0 || findings.some(isBad) ? 1 : 0;
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

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
});
