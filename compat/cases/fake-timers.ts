import assert from 'node:assert/strict';
import FakeTimers from '@sinonjs/fake-timers';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const clock = FakeTimers.createClock();
  const seen: string[] = [];
  const at = (step: string): void => {
    seen.push(`${clock.now} ${step}`);
    block();
  };
  clock.setTimeout(() => at('timeout'), 100);
  const interval = clock.setInterval(() => at('interval'), 40);
  clock.setImmediate(() => at('immediate'));
  clock.nextTick(() => at('tick'));
  clock.runMicrotasks();
  clock.tick(100);
  clock.clearInterval(interval);
  clock.setTimeout(() => void Promise.resolve().then(() => at('promise')), 50);
  await clock.tickAsync(60);
  assert.deepEqual(seen, ['0 tick', '0 immediate', '40 interval', '80 interval', '100 timeout', '150 promise']);
  assert.equal(clock.countTimers(), 0);
});
