// Runs one case on one line in one mode, and finds what became of it.
import { pathToFileURL } from 'node:url';

import type { Job } from './plan';
import { runProgram } from './program';
import { absent } from './servers';
import { type Finding, verdictOf } from './verdict';

/** Where and how programs are run. */
export interface Place {
  readonly node: string;
  /** The loader's file. */
  readonly loader: string;
  readonly cwd: string;
  /** In milliseconds. */
  readonly limit: number;
}

/** Runs a job, unless it cannot be run. The servers are asked for before, and again after a failure: one may have died. */
export async function runJob(job: Job, place: Place): Promise<Finding> {
  const { entry, line, mode, program } = job;
  const about = { package: entry.package, line, mode, milliseconds: 0, bought: [] };
  if (program === undefined) return { ...about, ...job.finding! };
  const missing = await absent(entry.needs);
  if (missing.length > 0) return { ...about, verdict: 'absent', why: `no server: ${missing.join(', ')}` };
  const { node, loader, cwd, limit } = place;
  const started = Date.now();
  const args = [...(mode === 'plain' ? [] : ['--import', pathToFileURL(loader).href]), program];
  const env = { COMPAT_MODE: mode, NODE_ENV: 'test' };
  const ending = await runProgram({ node, args, cwd, env, limit });
  const ended = { ...about, milliseconds: Date.now() - started };
  if (ending.kind === 'passed') return { ...ended, bought: ending.bought, ...verdictOf(ending, entry, line, mode) };
  const gone = await absent(entry.needs);
  if (gone.length > 0)
    return { ...ended, verdict: 'lost', why: `gone while it ran: ${gone.join(', ')}\n${ending.why}` };
  return { ...ended, ...verdictOf(ending, entry, line, mode) };
}
