import { CallWaiter } from '../engine/call-waiter';

/** Lets calls that are about the same thing come one after the other, in the order in which they were made. */
export class Turns {
  // Who waits for a thing that somebody has.
  readonly #queues = new Map<unknown, CallWaiter<undefined>[]>();

  /** Whether somebody has it. */
  isTaken(thing: unknown): boolean {
    return this.#queues.size > 0 && this.#queues.has(thing);
  }

  /** Calls a function when its turn has come; the next one's comes when that is done. */
  take<R>(thing: unknown, run: () => R): R {
    const queue = this.#queues.get(thing);
    if (queue === undefined) this.#queues.set(thing, []);
    else this.#wait(thing, queue);
    try {
      return run();
    } finally {
      this.#pass(thing);
    }
  }

  #wait(thing: unknown, queue: CallWaiter<undefined>[]): void {
    const waiter = new CallWaiter<undefined>();
    queue.push(waiter);
    try {
      waiter.get();
    } catch (error) {
      if (waiter.ready) this.#pass(thing);
      else queue.splice(queue.indexOf(waiter), 1);
      throw error;
    }
  }

  #pass(thing: unknown): void {
    const next = this.#queues.get(thing)!.shift();
    if (next === undefined) this.#queues.delete(thing);
    else next.switch(undefined);
  }
}
