// A script that asks for a file a million times at its top level, with nothing else alive: milliseconds of processor time.

'use strict';

const fs = require('node:fs');
const { report } = require('./measure.cjs');

let found = 0;
for (let index = 0; index < 1_000_000; index++) if (fs.existsSync(__filename)) found++;
const { user, system } = process.cpuUsage();
if (found !== 1_000_000) throw new Error(`found it ${found} times`);
report((user + system) / 1000);
