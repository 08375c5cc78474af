import { CallWaiter } from '../engine/call-waiter';

/** Lets calls that are about the same thing come one after the other, in the order in which they were made. */
export class Turns {
  // Who waits for a thing that somebody has.
  readonly #queues = new Map<unknown, { switch(value: undefined): void }[]>();
  // What threads still work on for nobody.
  readonly #held = new Map<unknown, number>();

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

  /**
   * Keeps the turn at a thing when its greenlet goes, which was thrown out of a call that a thread still makes.
   *
   * @returns what ends that turn
   */
  hold(thing: unknown): () => void {
    if (!this.#queues.has(thing)) this.#queues.set(thing, []);
    this.#held.set(thing, (this.#held.get(thing) ?? 0) + 1);
    return () => {
      const others = this.#held.get(thing)! - 1;
      if (others > 0) this.#held.set(thing, others);
      else this.#held.delete(thing);
      this.#pass(thing);
    };
  }

  /** Whether a thread still works on it for nobody. */
  isHeld(thing: unknown): boolean {
    return this.#held.size > 0 && this.#held.has(thing);
  }

  /** Calls a function on the hub, in the turn after those who wait for a thing that is held. */
  afterwards(thing: unknown, call: () => void): void {
    const last = {
      switch: () => {
        call();
        this.#pass(thing);
      },
    };
    this.#queues.get(thing)!.push(last);
  }

  #wait(thing: unknown, queue: { switch(value: undefined): void }[]): void {
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
    if (this.isHeld(thing)) return;
    const next = this.#queues.get(thing)!.shift();
    if (next === undefined) this.#queues.delete(thing);
    else next.switch(undefined);
  }
}
