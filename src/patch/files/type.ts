/** What the C++ functions beneath `stat` give: numbers, one after the other. */
import type { Outcome } from './completion';

export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
const S_IFMT = 0o170000;
const MODE = 1;
const SIZE = 8;

/** The type of the file; 0 for none. */
export function typeIn(outcome: Outcome<unknown>): number {
  return 'error' in outcome ? 0 : ((outcome.result as ArrayLike<number> | undefined)?.[MODE] ?? 0) & S_IFMT;
}

/** The size of the file in bytes; 0 for none. */
export function sizeIn(outcome: Outcome<unknown>): number {
  return 'error' in outcome ? 0 : ((outcome.result as ArrayLike<number> | undefined)?.[SIZE] ?? 0);
}
