import { expect } from 'chai';

import { sleep } from '../../src/index';

/** In a greenlet: lets all else run until something is so; fails if it does not become so. */
export function until(isSo: () => boolean): void {
  const end = performance.now() + 10_000;
  while (!isSo() && performance.now() < end) sleep(1);
  expect(isSo(), `${isSo} in 10 s`).to.equal(true);
}
