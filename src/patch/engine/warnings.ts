/** Warnings about what is patched, and how. Held back until patching is over: to print one may need what it is about. */

/** What a warning can be about; each is explained in docs/hazards.md. */
export type PatchWarningCode =
  /** This build of Node lacks internals that callbacks, or some modules, need to be cooperative. */
  | 'UNBLOCK_DEGRADED'
  /** Modules were loaded before: what they have taken out of Node's modules by then stays as it was. */
  | 'UNBLOCK_LATE_PATCH'
  /** Patched again, with other options: the sum of both is patched. */
  | 'UNBLOCK_PATCHED_AGAIN'
  /** A property that cannot be changed, such as that of a frozen object. */
  | 'UNBLOCK_CANNOT_PATCH'
  /** An add-on was loaded that runs the event loop, or changes stacks, by itself. */
  | 'UNBLOCK_FOREIGN_SCHEDULER'
  /** A package was loaded that answers one caller at a time, and may be asked by two greenlets at once. */
  | 'UNBLOCK_ONE_AT_A_TIME'
  /** An add-on was loaded of which some calls block. */
  | 'UNBLOCK_BLOCKING_ADDON'
  /** A worker was started without the loader, although its process has it. */
  | 'UNBLOCK_PLAIN_WORKER'
  /** A flag of Node that has no say in greenlets. */
  | 'UNBLOCK_IGNORED_FLAG';

const queue: Array<{ code: PatchWarningCode; text: string }> = [];
const issued = new Set<string>();

/** Notes a warning; one that was noted before is not said twice. */
export function queueWarning(code: PatchWarningCode, text: string): void {
  if (issued.has(text)) return;
  issued.add(text);
  queue.push({ code, text });
}

/** Says all that was noted, with Node's means: `--no-warnings`, `process.on('warning')`. */
export function issueWarnings(): void {
  for (const { code, text } of queue.splice(0)) process.emitWarning(text, { type: 'UnblockPatchWarning', code });
}
