// Makes each call in one of several greenlets, while others are busy: a program of child_process.test.ts.
import { execSync } from 'node:child_process';

import { sleep, spawnRaw, Waiter } from '../../../src/index';
import { type CallRecord, deliver, record, wantedCalls } from './record';

const AT_ONCE = 12;

const calls = [...wantedCalls().entries()];
const records: CallRecord[] = [];
const over = new Waiter<undefined>();
let isOver = false;
let left = AT_ONCE;

function busy(work: () => void): void {
  while (!isOver) work();
}

spawnRaw(busy, () => sleep(1));
spawnRaw(busy, () => execSync('echo noise; sleep 0.01'));
for (let index = 0; index < AT_ONCE; index++) {
  spawnRaw(() => {
    for (let next = calls.shift(); next !== undefined; next = calls.shift()) records[next[0]] = record(next[1]);
    if (--left === 0) over.switch(undefined);
  });
}
over.get();
isOver = true;
deliver(records);
