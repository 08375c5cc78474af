// Runs a case: a program of its own, in a process of its own, with a time limit.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How a program ended. */
export type Ending =
  | { readonly kind: 'passed'; readonly bought: readonly string[] }
  | { readonly kind: 'failed' | 'hung'; readonly why: string };

export interface Program {
  readonly node: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** In milliseconds; then it is killed with all its children. */
  readonly limit: number;
}

const keptOutput = 8_000;

/** Runs a program. It has passed if it ends by itself, with code 0, and has told that its body is through. */
export function runProgram({ node, args, cwd, env, limit }: Program): Promise<Ending> {
  return new Promise((resolve) => {
    // A group of its own, so that the children of one that hangs are killed with it.
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const;
    const child = spawn(node, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: [...stdio] });
    const [, stdout, stderr, report] = child.stdio as unknown as [null, Readable, Readable, Readable];
    let output = '';
    let told = '';
    for (const stream of [stdout, stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptOutput)));
    }
    report.setEncoding('utf8').on('data', (text: string) => (told += text));
    let hung = false;
    const endAll = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All have ended.
      }
    };
    const timer = setTimeout(() => {
      hung = true;
      endAll();
    }, limit);
    child.on('error', (error) => resolve({ kind: 'failed', why: `it cannot be started: ${error.message}` }));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      endAll();
      // What it has written may still be on its way, and so may a child of its own that has the pipes.
      setImmediate(() => setTimeout(() => resolve(judge(hung, limit, code, signal, told, output)), 20));
    });
  });
}

function judge(
  hung: boolean,
  limit: number,
  code: number | null,
  signal: string | null,
  told: string,
  output: string,
): Ending {
  const because = (what: string): string => (output.trim() === '' ? what : `${what}\n${output.trim()}`);
  if (hung) return { kind: 'hung', why: because(`it had not ended after ${limit / 1000} seconds`) };
  if (signal !== null) return { kind: 'failed', why: because(`it was ended by ${signal}`) };
  if (code !== 0) return { kind: 'failed', why: because(`it ended with code ${code}`) };
  const bought = boughtIn(told);
  if (bought === undefined) return { kind: 'failed', why: because('it ended before its body had') };
  return { kind: 'passed', bought };
}

function boughtIn(told: string): readonly string[] | undefined {
  try {
    const { bodies, bought } = JSON.parse(told) as { bodies: number; bought: string[] };
    return bodies > 0 ? bought : undefined;
  } catch {
    return undefined;
  }
}
