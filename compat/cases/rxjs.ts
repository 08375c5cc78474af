import assert from 'node:assert/strict';
import {
  asapScheduler,
  concatMap,
  defer,
  delay,
  from,
  interval,
  lastValueFrom,
  map,
  mergeMap,
  observeOn,
  of,
} from 'rxjs';
import { retry, scan, share, Subject, take, timeout, toArray } from 'rxjs';
import { block, scenario, withBlocking } from '../support/scenario';

scenario(async () => {
  const blocking = <T>(value: T): T => (block(), value);
  const ordered = from([3, 1, 2]).pipe(
    concatMap((n) => of(n).pipe(delay(n))),
    map(blocking),
    scan((sum, n) => blocking(sum + n), 0),
    toArray(),
  );
  assert.deepEqual(await lastValueFrom(ordered), [3, 4, 6]);
  const merged = interval(1).pipe(
    take(4),
    mergeMap(async (n) => blocking(n * 10)),
    observeOn(asapScheduler),
    toArray(),
  );
  assert.deepEqual((await lastValueFrom(merged)).sort(), [0, 10, 20, 30]);

  let tries = 0;
  const flaky = defer(() => {
    block();
    if (++tries < 3) throw new Error('not yet');
    return of('done');
  });
  assert.equal(await lastValueFrom(flaky.pipe(retry(3))), 'done');
  await assert.rejects(lastValueFrom(new Subject().pipe(timeout(5))), { name: 'TimeoutError' });

  const subject = new Subject<number>();
  const seen: number[] = [];
  const shared = subject.pipe(map(blocking), share());
  for (const factor of [1, 100]) shared.subscribe((n) => (block(), seen.push(n * factor)));
  subject.next(1);
  subject.next(2);
  assert.deepEqual(seen, [1, 100, 2, 200]);
});

withBlocking('the last value of a stream, as the value of an expression', ({ wait }) => {
  assert.equal(wait(lastValueFrom(interval(1).pipe(take(3)))) + 1, 3);
});
