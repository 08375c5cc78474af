/** Where the package can work. Nothing here needs the add-on: who asks may be on a Node that has none. */
import { join } from 'node:path';

import { node } from './node';

const LINES = ['20', '22', '24', '26'];
const PLATFORMS = ['linux-x64', 'linux-arm64'];
const platform = `${process.platform}-${process.arch}`;

/** The directory of this copy of the package. */
export const ROOT = join(__dirname, '..', '..', '..');

/** The add-on for this Node. */
export const BINARY = join(ROOT, 'prebuilds', platform, `node.abi${process.versions.modules}.node`);

/** Says why the add-on cannot work here, or undefined. */
export function whyUnsupported(): string | undefined {
  if (!PLATFORMS.includes(platform)) {
    return `unblock does not support ${platform} yet (Node ${process.version}); it runs on ${PLATFORMS.join(', ')}`;
  }
  const line = process.versions.node.split('.')[0] ?? '';
  if (!LINES.includes(line)) {
    return `unblock does not support Node ${process.version} on ${platform} yet; it runs on Node ${LINES.join(', ')}`;
  }
  return undefined;
}

/** Says that there is no add-on for a Node that there should be one for, or undefined. */
export function whyNoBinary(): string | undefined {
  if (node.existsSync(BINARY)) return undefined;
  return `unblock has no binary for Node ${process.version} on ${platform} (${BINARY})`;
}
