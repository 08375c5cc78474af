// Loads some large trees of modules: milliseconds of processor time that it takes.

'use strict';

const { report } = require('./measure.cjs');

const before = process.cpuUsage();
for (const name of ['autocannon', 'express', 'mocha', 'prettier']) require(name);
const { user, system } = process.cpuUsage(before);
if (Object.keys(require.cache).length < 300) throw new Error('there is less to load than there was');
report((user + system) / 1000);
