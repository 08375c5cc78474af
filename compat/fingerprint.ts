// A text that changes with whatever a finding could depend on.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The contents of files and of all files in folders, as one short text. What is not there counts as empty. */
export function fingerprint(places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of places.flatMap(filesIn)) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

function filesIn(place: string): string[] {
  if (!existsSync(place)) return [];
  try {
    const entries = readdirSync(place, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map'));
    return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  } catch {
    return [place];
  }
}
