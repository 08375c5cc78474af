import type { UnsupportedError } from '../../core/errors';
import { queueWarning } from './warnings';

// What is left as it is -> what Node lacks for it, or undefined once that was said.
const left = new Map<string, string | undefined>();

/** Notes that a part is left as it is, because of what this build of Node lacks. */
export function noteLeft(part: string, { message }: UnsupportedError): void {
  if (!left.has(part)) left.set(part, message);
}

/** Notes one warning for all that was noted and not said yet. */
export function warnOfDegradation(): void {
  const unsaid = [...left].filter(([, message]) => message !== undefined);
  if (unsaid.length === 0) return;
  const reasons = [...new Set(unsaid.map(([, message]) => message))].join('; ');
  const parts = unsaid.map(([part]) => part);
  for (const part of parts) left.set(part, undefined);
  queueWarning(
    'UNBLOCK_DEGRADED',
    `${reasons}. So this is left as in plain Node, and blocks the process: ${parts.join(', ')}. The rest is cooperative, in ` +
      'greenlets that the program spawns',
  );
}
