// Runs one stress program in a process of its own and says how that ended.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { faultOf, type StressFlag, type StressProgram } from './matrix';

export interface StressRun {
  readonly node: string;
  readonly line: string;
  readonly program: StressProgram;
  readonly flag: StressFlag;
  readonly size: 'short' | 'full';
  readonly seed: number;
  readonly timeoutMs: number;
}

/**
 * `ok`; `wrong`: the program found something wrong; `crashed`: ended by a signal or an unknown exit code; `hung`: killed
 * for taking too long; `hung at exit`: the same after it had printed its verdict; `not run`: this Node does not know the
 * flag; `excluded`: the program cannot run under the flag; `node's fault`: what Node does under this flag by itself.
 */
export type Verdict = 'ok' | 'wrong' | 'crashed' | 'hung' | 'hung at exit' | 'not run' | 'excluded' | "node's fault";

export interface Outcome {
  readonly verdict: Verdict;
  /** The program's verdict line when it is well, else all that helps to find out why. */
  readonly detail: string;
  readonly command: string;
  readonly seconds: number;
}

interface ProcessEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const root = path.resolve(__dirname, '../../..');
const exitBadOption = 9;
const exitWrong = 1;
const detailLines = 12;

export function isFailure({ verdict }: Outcome): boolean {
  return verdict === 'wrong' || verdict === 'crashed' || verdict === 'hung' || verdict === 'hung at exit';
}

export async function runProgram(run: StressRun): Promise<Outcome> {
  const args = argumentsOf(run);
  const command = ['node', ...args].map((part) => part.replace(root + path.sep, '')).join(' ');
  const excluded = whyExcluded(run);
  if (excluded !== undefined) return { verdict: 'excluded', detail: excluded, command, seconds: 0 };
  const fault = faultOf(run.line, run.flag);
  if (fault?.stops.includes(run.program.name) === true) {
    return { verdict: "node's fault", detail: fault.reason, command, seconds: 0 };
  }

  // Profiles and core files go where they are removed.
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-stress-'));
  const started = Date.now();
  const end = await runProcess(run.node, args, scratch, run.timeoutMs);
  fs.rmSync(scratch, { recursive: true, force: true });
  return { ...judge(end, run), command, seconds: (Date.now() - started) / 1000 };
}

function whyExcluded({ program: { name, since = 0 }, flag, line }: StressRun): string | undefined {
  return Number(line) < since ? `it is about what Node has from ${since} on` : flag.excludes?.[name];
}

function argumentsOf({ program, flag, size, seed }: StressRun): string[] {
  return [
    ...flag.options,
    '--expose-gc',
    ...(program.loader === true ? ['--import', pathToFileURL(path.join(root, 'loader.mjs')).href] : []),
    path.join(root, 'test', 'stress', `${program.name}.cjs`),
    String(Math.ceil(program.rounds[size] * flag.share)),
    String(seed),
  ];
}

function runProcess(node: string, args: readonly string[], cwd: string, timeoutMs: number): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const options = { cwd, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 16 * 2 ** 20 } as const;
    const child = execFile(node, args, options, (error, stdout, stderr) => {
      resolve({
        exitCode: child.exitCode ?? undefined,
        signal: child.signalCode ?? undefined,
        killed: error?.killed === true,
        stdout,
        stderr,
      });
    });
  });
}

function judge(end: ProcessEnd, { line, flag }: StressRun): Pick<Outcome, 'verdict' | 'detail'> {
  const { exitCode, signal, killed, stdout, stderr } = end;
  const printedOk = stdout.startsWith('ok ');
  if (killed && printedOk) {
    const fault = faultOf(line, flag);
    if (fault !== undefined) return { verdict: "node's fault", detail: fault.reason };
    return { verdict: 'hung at exit', detail: outputOf(end) };
  }
  if (killed) return { verdict: 'hung', detail: outputOf(end) };
  if (exitCode === 0 && printedOk) return { verdict: 'ok', detail: stdout.trim() };
  if (exitCode === exitBadOption && stderr.includes('bad option')) return { verdict: 'not run', detail: stderr.trim() };
  if (exitCode === exitWrong) return { verdict: 'wrong', detail: outputOf(end) };
  return { verdict: 'crashed', detail: `${signal ?? `exit code ${exitCode}`}\n${outputOf(end)}` };
}

function outputOf({ stdout, stderr }: ProcessEnd): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((text) => text.trim() !== '');
  return lines.slice(0, detailLines).join('\n');
}
