// What the tests have worker threads call.

/** Blocks the thread it is called in. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

export function square(number: number, milliseconds = 0): number {
  pause(milliseconds);
  return number * number;
}

export function squareSometime(number: number): number {
  return square(number, Math.random() * 10);
}

export async function squareLater(number: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return number * number;
}

export function reciprocal(number: number): number {
  if (number === 0) throw new RangeError('in the thread');
  return 1 / number;
}

class DetailedError extends RangeError {
  readonly code = 'E_DETAILED';
  readonly detail = { port: 80 };
  readonly explain = (): string => 'cannot be sent';
  override readonly name = 'DetailedError';
}

export function failInDetail(): never {
  throw new DetailedError('in detail', { cause: new TypeError('deeper') });
}

export const notAFunction = 5;
