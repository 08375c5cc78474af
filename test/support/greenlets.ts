import { getCurrent, RawGreenlet } from '../../src/index';

/** An error that nothing but a test throws. */
export class SomeError extends Error {}

/** Leaves the running greenlet for its parent; returns what is next sent to it. */
export function switchToParent(...values: unknown[]): unknown {
  const { parent } = getCurrent();
  if (parent === null) throw new Error('the main greenlet has no parent');
  return parent.switch(...values);
}

/** Starts a greenlet that stops in its first switch; what it runs is the caller's. */
export function started(run: () => unknown, parent?: RawGreenlet): RawGreenlet {
  const greenlet = new RawGreenlet(run, parent);
  greenlet.switch();
  return greenlet;
}

/** A greenlet that has run to its end. */
export function finished(): RawGreenlet {
  return started(() => undefined);
}

/** What `action` throws, which may be any value. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/**
 * A subclass with `run` as a method, as a JavaScript program writes it. TypeScript does not let a method override the
 * accessor.
 */
export function subclassWithRun(run: (this: RawGreenlet, ...args: unknown[]) => unknown): typeof RawGreenlet {
  class Subclass extends RawGreenlet {}
  Object.defineProperty(Subclass.prototype, 'run', { value: run, writable: true, configurable: true });
  return Subclass;
}
