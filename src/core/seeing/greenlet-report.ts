import { checkCount, checkOptions } from '../argument-checks';
import { invalidArgType } from '../errors';
import type { RawGreenlet } from '../switching/raw-greenlet';

/** The one that runs; one that goes on soon; one that is suspended; one that has not begun; one that has finished. */
export type GreenletState = 'current' | 'ready' | 'waiting' | 'pending' | 'dead';

/** What one greenlet is doing. */
export interface GreenletReport {
  readonly greenlet: RawGreenlet;
  /** `Greenlet-7`, unless the program has given it a name. */
  readonly name: string;
  /** What it runs: the function and its arguments, or the callback; undefined where nobody knows. */
  readonly label: string | undefined;
  readonly state: GreenletState;
  /** The call in which it is suspended, such as `Queue.get`, `sleep` or `crypto.scryptSync`. */
  readonly call: string | undefined;
  /** After how many milliseconds its wait ends, or it starts, whatever happens; undefined if there is no limit. */
  readonly timeLeft: number | undefined;
  /** The program's frames as text, innermost first; undefined if it has none. */
  readonly stack: string | undefined;
  /** Where it was spawned, if that is kept (`trackGreenletTree`). */
  readonly spawningStack: string | undefined;
}

/** What is shown of a greenlet. */
export interface ReportOptions {
  /** Whether to show stacks; true unless given. */
  readonly stacks?: boolean;
  /** How many frames of each stack at most; all unless given. */
  readonly stackLimit?: number;
}

/**
 * The report on a greenlet as text.
 *
 * @param options what is shown
 * @returns a line for what it is doing, and one for each frame
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for wrong options
 */
export function formatReport(report: GreenletReport, options: ReportOptions = {}): string {
  checkOptions(options, ['stacks', 'stackLimit']);
  const { stacks = true, stackLimit } = options;
  if (typeof stacks !== 'boolean') throw invalidArgType('options.stacks', 'a boolean', stacks);
  if (stackLimit !== undefined) checkCount(stackLimit, 'options.stackLimit', 0);
  const lines = [formatHead(report)];
  if (stacks) {
    lines.push(...firstLines(report.stack, stackLimit));
    const spawned = firstLines(report.spawningStack, stackLimit);
    if (spawned.length > 0) lines.push('  spawned', ...spawned);
  }
  return lines.join('\n');
}

// Without Node's frames at the outer end, which are the same for all.
function firstLines(stack: string | undefined, limit: number | undefined): string[] {
  const lines = stack?.split('\n') ?? [];
  const last = lines.findLastIndex((line) => !/\bnode:/.test(line));
  return lines.slice(0, last === -1 ? undefined : last + 1).slice(0, limit);
}

function formatHead({ name, label, state, call, timeLeft }: GreenletReport): string {
  const where = call === undefined ? '' : ` in ${call}`;
  const limit = timeLeft === undefined ? '' : `, ${timeLeft} ms left`;
  return `${name}${label === undefined ? '' : ` ${label}`}: ${state}${where}${limit}`;
}
