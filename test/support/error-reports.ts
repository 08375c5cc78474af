import { setErrorStream } from '../../src/core/hub/error-report';

/**
 * Has the reports of the tests of a `describe` collected, in place of being written to standard error.
 *
 * @returns the reports of the test that runs
 */
export function collectReports(): string[] {
  const reports: string[] = [];
  beforeEach(() => {
    reports.length = 0;
    setErrorStream({ write: (text) => reports.push(text) });
  });
  afterEach(() => {
    setErrorStream(undefined);
  });
  return reports;
}
