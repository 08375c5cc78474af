import { config } from '../../core/config';
import type { Applied } from './apply';

/** With `UNBLOCK_DEBUG=patch`, writes to standard error what was patched in a module, and what was left, and why. */
export function logPatches(module: string, { patched, left }: Applied, reason?: string): void {
  if (config.debug !== 'patch') return;
  const lines = [`unblock: ${module}: ${patched.length > 0 ? patched.join(' ') : 'nothing patched'}`];
  if (reason !== undefined) lines.push(`unblock: ${module}: left, because ${reason}`);
  if (left.length > 0) lines.push(`unblock: ${module}: left, as this Node has none, or a fixed one: ${left.join(' ')}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}
