// What earlier runs have found, so that a run which was interrupted can be continued.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import type { Finding } from './verdict';

/** A finding, and a text that changes with whatever could change it. */
interface Kept {
  readonly print: string;
  readonly finding: Finding;
}

/** The findings in a file, one a line. */
export class Results {
  readonly #file: string;
  readonly #kept = new Map<string, Kept>();

  constructor(file: string) {
    this.#file = file;
    for (const text of linesOf(file)) {
      const kept = parse(text);
      if (kept !== undefined) this.#kept.set(keyOf(kept.finding), kept);
    }
  }

  /** What was found about it, unless something has changed since. */
  find(job: Pick<Finding, 'package' | 'line' | 'mode'>, print: string): Finding | undefined {
    const kept = this.#kept.get(keyOf(job));
    return kept?.print === print ? kept.finding : undefined;
  }

  /** Written at once: the run may be interrupted at any time. */
  keep(finding: Finding, print: string): void {
    this.#kept.set(keyOf(finding), { print, finding });
    mkdirSync(path.dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify({ print, finding })}\n`);
  }

  forgetAll(): void {
    this.#kept.clear();
    rmSync(this.#file, { force: true });
  }
}

function keyOf({ package: name, line, mode }: Pick<Finding, 'package' | 'line' | 'mode'>): string {
  return `${name} ${line} ${mode}`;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

// The last line of an interrupted run may be half a one.
function parse(text: string): Kept | undefined {
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}
