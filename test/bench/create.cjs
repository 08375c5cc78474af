// Nanoseconds of processor time to create, run and end one: node create.cjs unblock | fibers <path of the fibers package>

'use strict';

const { nanosecondsPerOperation, report } = require('./measure.cjs');

const greenlets = 30_000;

const drivers = {
  unblock() {
    const { RawGreenlet } = require('../../dist/src/index.js');
    return (count) => {
      for (let index = 0; index < count; index++) new RawGreenlet(() => index).switch();
    };
  },

  fibers(packagePath) {
    const Fiber = require(packagePath);
    return (count) => {
      for (let index = 0; index < count; index++) Fiber(() => index).run();
    };
  },
};

const [driver, packagePath] = process.argv.slice(2);
report(nanosecondsPerOperation(greenlets, drivers[driver](packagePath)));
