import { checkFunction } from '../argument-checks';

const NO_ARGS: readonly never[] = [];

/** A function that is to be called on the hub, unless it is stopped before. Source: `gevent`'s `loop.callback`. */
export class Callback {
  #callback: ((...args: never) => unknown) | undefined;
  #args: readonly unknown[];

  /** @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function */
  constructor(callback: (...args: never) => unknown, args: readonly unknown[] = NO_ARGS) {
    checkFunction(callback, 'callback');
    this.#callback = callback;
    this.#args = args;
  }

  /** Whether it is still to run, or running. Source: its truth value. */
  get pending(): boolean {
    return this.#callback !== undefined;
  }

  /** What is called; undefined once it was, or is not to be. */
  get callback(): ((...args: never) => unknown) | undefined {
    return this.#callback;
  }

  /** What it is called with. */
  get args(): readonly unknown[] {
    return this.#args;
  }

  /** Takes it back. */
  stop(): void {
    this.#callback = undefined;
    this.#args = NO_ARGS;
  }

  /** Takes it back: `stop` under the name that watchers have. */
  close(): void {
    this.stop();
  }

  /** Calls it; the hub's business. */
  run(): void {
    try {
      (0, this.#callback)?.(...(this.#args as never));
    } finally {
      this.stop();
    }
  }
}
