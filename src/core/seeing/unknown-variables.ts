import { settings } from '../settings';
import { isMainThread } from '../thread';

const PREFIX = 'UNBLOCK_';

/** Warns of variables that look like ours and are not: one that is misspelt would do nothing, and nobody would know. */
export function warnOfUnknownVariables(): void {
  // Workers have those of their process.
  if (!isMainThread) return;
  const known = new Set(Object.values(settings).map(({ variable }) => variable));
  const unknown = Object.keys(process.env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
  if (unknown.length === 0) return;
  process.emitWarning(
    `${unknown.join(', ')} in the environment: unblock has no such variable. npx unblock --help lists all`,
    { type: 'UnblockWarning', code: 'UNBLOCK_UNKNOWN_VARIABLE' },
  );
}
