/**
 * Packages that assume what does not hold in greenlets, kept by hand: a package is here if it was seen to fail, or cannot
 * work. Those that only look as if are not: graceful-fs, fake-timers, bluebird, async, tracers.
 */

/** What is known of a package. */
export interface KnownPackage {
  readonly code: 'foreign-scheduler' | 'one-at-a-time';
  readonly severity: 'problem' | 'warning';
  /** A sentence whose subject is the package. */
  readonly what: string;
  readonly advice: string;
}

/** Name -> what is known. */
export const knownPackages: Readonly<Record<string, KnownPackage>> = {
  fibers: {
    code: 'foreign-scheduler',
    severity: 'problem',
    what: 'changes stacks by itself: it does not build on Node 16 and later, and could not share a thread with greenlets',
    advice: 'Replace it: Fiber(fn).run() is spawn(fn), Fiber.yield() a wait, Future.wait() is wait(promise).',
  },
  deasync: {
    code: 'foreign-scheduler',
    severity: 'warning',
    what:
      'runs the event loop inside of a call, on the stack of one greenlet: all others are held up until that call is over, ' +
      'and two such calls at once were seen to wait for ever',
    advice: 'Wait with unblock instead: waitCallback(fn) for deasync(fn), wait(promise) for loopWhile().',
  },
  synckit: {
    code: 'one-at-a-time',
    severity: 'warning',
    what:
      'waits for its worker by Atomics.wait, which lets other greenlets run: if two call the same function at once, one ' +
      "gets the other's answer (an error: Expected id ...), and the other may wait for ever",
    advice: 'Let it block, within blocking(() => ...), or call it by one greenlet at a time, under a Semaphore.',
  },
  rxjs: {
    code: 'one-at-a-time',
    severity: 'warning',
    what:
      'has one queue per process in its schedulers (asyncScheduler: timer, interval, delay, ...): while an action is blocked ' +
      'all others wait behind it, and one that is cancelled meanwhile is an error',
    advice: 'Do not block in what a scheduler runs: spawn() a greenlet there.',
  },
};
