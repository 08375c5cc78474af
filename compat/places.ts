// Where things are. This file runs from dist/compat/.
import path from 'node:path';

export const root = path.resolve(__dirname, '..', '..');
export const lines: readonly string[] = ['20', '22', '24', '26'];

/** The folder of the cases and of what they use: its own package, with its own node_modules. */
export const home = path.join(root, 'compat');
export const loader = path.join(root, 'loader.mjs');
export const resultsFile = path.join(root, '.cache', 'compat', 'results.jsonl');
export const pageFile = path.join(root, '.cache', 'compat', 'report.html');
export const tableFile = path.join(home, 'README.md');

/** The Node of a line: see scripts/node-lines.mjs. */
export function nodeOf(line: string): string {
  return path.join(root, '.cache', 'node', line, 'bin', 'node');
}
