import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Path of a file -> what is in it: text, or what becomes JSON. */
export type FixtureFiles = Readonly<Record<string, string | object>>;

/**
 * Makes an application in a directory of its own, which the caller removes.
 *
 * @param files what is in it; for a package alone, `node_modules/x` -> its package.json
 * @returns the real path of the directory
 */
export function makeApplication(files: FixtureFiles): string {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-application-')));
  for (const [name, content] of Object.entries(files)) {
    const isPackage = typeof content === 'object' && path.basename(name) !== 'package.json' && !name.endsWith('.json');
    const file = path.join(root, isPackage ? path.join(name, 'package.json') : name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}
