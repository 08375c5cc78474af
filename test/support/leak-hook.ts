/** What mocha loads before all tests: each test of the core is followed by a count of what it has left behind. */
import path from 'node:path';

import { expectNoMoreThan, mayLeave, openWhatStaysOpen, takeCensus } from './leak-check';

const CORE_TESTS = path.join(path.dirname(__dirname), 'core') + path.sep;
// They drop raw greenlets that are suspended, for the collector to end at any time: abandon.test.ts sees to it that it does.
const COLLECTED_TESTS = path.join(CORE_TESTS, 'switching', 'raw-greenlet') + path.sep;

export const mochaHooks: Mocha.RootHookObject = {
  beforeAll: openWhatStaysOpen,
  beforeEach(this: Mocha.Context) {
    const test = this.currentTest as Mocha.Test;
    const { fn, file = '' } = test;
    if (fn === undefined || mayLeave(fn) || !file.startsWith(CORE_TESTS)) return;
    if (fn.length > 0)
      throw new Error(`${test.fullTitle()}: a test of the core returns a promise, and takes no callback`);
    // The test itself fails, since mocha would take a hook that fails for the end of all tests.
    test.fn = async function (this: Mocha.Context) {
      // Only now has mocha set the timer of the test.
      await undefined;
      const before = file.startsWith(COLLECTED_TESTS) ? takeCensus(['greenlet stacks']) : takeCensus();
      await (fn as Mocha.AsyncFunc).call(this);
      await expectNoMoreThan(before);
    };
  },
};
