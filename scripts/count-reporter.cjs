'use strict';

// Mocha's spec reporter which also writes the counts of the run as JSON into the file of the option `output`.

const fs = require('node:fs');
const { reporters, Runner } = require('mocha');

const { EVENT_RUN_END, EVENT_TEST_FAIL } = Runner.constants;

class CountReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // A failed hook counts as a failure but is not among the tests; the tests it prevents never run.
    let failedTests = 0;
    runner.on(EVENT_TEST_FAIL, (runnable) => {
      if (runnable.type === 'test') failedTests++;
    });
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = runner.stats;
      const skipped = Math.max(0, runner.total - passes - failedTests);
      fs.writeFileSync(options.reporterOptions.output, JSON.stringify({ passed: passes, failed: failures, skipped }));
    });
  }
}

module.exports = CountReporter;
