// A program that does nothing: milliseconds of processor time until its end.

'use strict';

const { report } = require('./measure.cjs');

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  report((user + system) / 1000);
});
