// Makes generated calls: a program of fs.test.ts. Plainly one sequence after the other; where greenlets are, each in one of
// its own, while others are busy: node sequences.js <directory> <sequences> <calls each>
import fs from 'node:fs';
import path from 'node:path';

import { type CallRecord, runSequence } from './record';

const [, , directory, sequences, calls] = process.argv as [string, string, string, string, string];
const work = path.join(directory, 'work');
const seeds = Array.from({ length: Number(sequences) }, (_, index) => index + 1);
const records: CallRecord[][] = [];
let left = seeds.length;

// Somebody who could use the time.
const others = setInterval(() => {}, 1);

for (const seed of seeds) {
  setImmediate(() => {
    records[seed] = runSequence(seed, Number(calls), path.join(work, `sequence-${seed}`));
    if (--left > 0) return;
    clearInterval(others);
    fs.writeFileSync(path.join(directory, 'records.json'), JSON.stringify(records.flat()));
    fs.rmSync(work, { recursive: true });
  });
}
