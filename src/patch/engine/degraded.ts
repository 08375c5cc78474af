import type { UnsupportedError } from '../../core/errors';
import { queueWarning } from './warnings';

// What is left as it is -> what Node lacks for it.
const left = new Map<string, string>();

/** Notes that a part is left as it is, because of what this build of Node lacks. */
export function noteLeft(part: string, { message }: UnsupportedError): void {
  left.set(part, message);
}

/** Notes one warning for all that was noted since the last one. */
export function warnOfDegradation(): void {
  if (left.size === 0) return;
  const reasons = [...new Set(left.values())].join('; ');
  const parts = [...left.keys()].join(', ');
  left.clear();
  queueWarning(
    'UNBLOCK_DEGRADED',
    `${reasons}. So this is left as in plain Node, and blocks the process: ${parts}. The rest is cooperative, in ` +
      'greenlets that the program spawns',
  );
}
