// Nanoseconds of processor time per switch, shallow: node switch.cjs main | pair | fibers <path of the fibers package>

'use strict';

const { nanosecondsPerOperation, report } = require('./measure.cjs');

const switches = 100_000;

const drivers = {
  /** Main and a greenlet: what a fiber's run() and yield() do. */
  main() {
    const { RawGreenlet, getMain } = require('../../dist/src/index.js');
    const main = getMain();
    const greenlet = new RawGreenlet(() => {
      for (;;) main.switch();
    });
    return (count) => {
      for (let turn = 0; turn < count / 2; turn++) greenlet.switch();
    };
  },

  /** Two greenlets, neither of them main. */
  pair() {
    const { RawGreenlet, getMain } = require('../../dist/src/index.js');
    const main = getMain();
    let turns = 0;
    const first = new RawGreenlet(() => {
      for (;;) {
        while (turns-- > 0) second.switch();
        main.switch();
      }
    });
    const second = new RawGreenlet(() => {
      for (;;) first.switch();
    });
    return (count) => {
      turns = count / 2;
      first.switch();
    };
  },

  fibers(packagePath) {
    const Fiber = require(packagePath);
    const fiber = Fiber(() => {
      for (;;) Fiber.yield();
    });
    return (count) => {
      for (let turn = 0; turn < count / 2; turn++) fiber.run();
    };
  },
};

const [driver, packagePath] = process.argv.slice(2);
report(nanosecondsPerOperation(switches, drivers[driver](packagePath)));
