import { identOf } from '../../core/switching/ident';
import { getCurrent, type RawGreenlet } from '../../core/switching/raw-greenlet';
import { canBlock, Waiter } from '../../core/waiting/waiter';

// Whoever waits for a module -> what it waits for.
const waited = new Map<number, Import>();

/**
 * Whether something that a greenlet does is done by the current one, or by one that does not go on before the current
 * one has ended.
 *
 * @param owner the number of that greenlet
 */
export function isOwn(owner: number): boolean {
  for (let greenlet: RawGreenlet | null = getCurrent(); greenlet !== null; greenlet = greenlet.parent) {
    if (identOf(greenlet) === owner) return true;
  }
  return false;
}

/**
 * A module that a greenlet is evaluating. Other greenlets wait for the end of that: none sees a module half-initialised.
 * The greenlet itself does see it so, as in any circle of modules; and so does who would wait for one that waits for it.
 *
 * The greenlet is known by its number: a suspended one that is held by what it does could not be found abandoned.
 *
 * Source: Python's `_ModuleLock`.
 */
export class Import {
  /** The number of the greenlet. */
  readonly owner = identOf(getCurrent());
  readonly #waiters = new Set<Waiter<undefined>>();
  #ended: PromiseWithResolver | undefined;
  #hasEnded = false;

  /** Whether to wait for it is not to wait for oneself, in a circle or not. */
  get isWaitable(): boolean {
    // Who waited for one that has ended is about to go on.
    for (let next: Import | undefined = this; next !== undefined && !next.#hasEnded; next = waited.get(next.owner)) {
      if (isOwn(next.owner)) return false;
    }
    return true;
  }

  /**
   * Suspends the current greenlet until it has ended.
   *
   * @returns whether it has; false at once where nothing can wait for it
   */
  wait(): boolean {
    if (!canBlock() || !this.isWaitable) return false;
    const waiter = new Waiter<undefined>(true);
    const ident = identOf(getCurrent());
    this.#waiters.add(waiter);
    waited.set(ident, this);
    try {
      waiter.get();
    } finally {
      waited.delete(ident);
      this.#waiters.delete(waiter);
    }
    return true;
  }

  /** Resolved when it has ended. */
  get ended(): Promise<void> {
    if (this.#ended === undefined) {
      let resolve!: () => void;
      this.#ended = { promise: new Promise((done) => (resolve = done)), resolve };
    }
    return this.#ended.promise;
  }

  /** Ends it: whoever waits goes on, behind all that is ready. */
  end(): void {
    this.#hasEnded = true;
    this.#ended?.resolve();
    for (const waiter of this.#waiters) waiter.switch(undefined);
  }
}

interface PromiseWithResolver {
  readonly promise: Promise<void>;
  resolve(): void;
}
