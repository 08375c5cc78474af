// Makes calls, one after the other: a program of child_process.test.ts.
import { deliver, record, wantedCalls } from './record';

deliver(wantedCalls().map(record));
