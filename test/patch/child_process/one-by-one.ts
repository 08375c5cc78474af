// Makes every call, one after the other: a program of child_process.test.ts.
import { allCalls } from './calls';
import { deliver, record } from './record';

deliver(allCalls().map(record));
