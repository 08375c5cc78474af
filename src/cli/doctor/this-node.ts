import { whyNoBinary, whyUnsupported } from '../../core/support';
import type { Finding } from './finding';

/** Checks that this Node is one that greenlets run on. */
export function checkNode(): Finding[] {
  const where = `Node ${process.version}`;
  const unsupported = whyUnsupported();
  if (unsupported !== undefined) {
    const advice = 'Use one of those, and run the doctor with it.';
    return [{ code: 'unsupported-node', severity: 'problem', where, what: unsupported, advice }];
  }
  const missing = whyNoBinary();
  if (missing === undefined) return [];
  const advice = 'Run "npm rebuild unblock" with this Node; it needs a C++ compiler, make and python3.';
  return [{ code: 'missing-binary', severity: 'problem', where, what: missing, advice }];
}
