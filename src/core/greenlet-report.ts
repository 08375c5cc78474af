import type { RawGreenlet } from './raw-greenlet';

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

/**
 * The report on a greenlet as text.
 *
 * @returns a line for what it is doing, and one for each frame
 */
export function formatReport(report: GreenletReport): string {
  const { stack, spawningStack } = report;
  return [formatHead(report), stack, spawningStack && `  spawned\n${spawningStack}`]
    .filter((part) => part !== undefined)
    .join('\n');
}

function formatHead({ name, label, state, call, timeLeft }: GreenletReport): string {
  const where = call === undefined ? '' : ` in ${call}`;
  const limit = timeLeft === undefined ? '' : `, ${timeLeft} ms left`;
  return `${name}${label === undefined ? '' : ` ${label}`}: ${state}${where}${limit}`;
}
