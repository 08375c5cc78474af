import fs from 'node:fs';
import path from 'node:path';

const JAVASCRIPT = /(?<!\.min)\.[cm]?js$/;
const IGNORED = new Set(['node_modules', '.git', 'test', 'tests', '__tests__', 'docs', 'examples', 'coverage']);
// A package has links back to where it came from, here and there.
const MOST_LEVELS = 20;

/**
 * Every JavaScript file below a directory that is part of the package in it: without its dependencies, its tests, and
 * what is kept for browsers in short form.
 */
export function* sourceFiles(directory: string, level = 0): Generator<string> {
  for (const entry of entriesOf(directory)) {
    const file = path.join(directory, entry.name);
    if (entry.isFile() && JAVASCRIPT.test(entry.name)) yield file;
    else if (entry.isDirectory() && !IGNORED.has(entry.name) && level < MOST_LEVELS)
      yield* sourceFiles(file, level + 1);
  }
}

/** Every add-on that lies in a directory, in whatever depth. */
export function* addonFiles(directory: string, level = 0): Generator<string> {
  for (const entry of entriesOf(directory)) {
    const file = path.join(directory, entry.name);
    if (entry.isFile() && entry.name.endsWith('.node')) yield file;
    else if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git' && level < MOST_LEVELS) {
      yield* addonFiles(file, level + 1);
    }
  }
}

/** What is in a directory; nothing if it cannot be read. */
function entriesOf(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
