import { type BlockOptions, checkBlockOptions, checkFunction, checkTimeout } from '../argument-checks';
import { kTakeError } from '../symbols';
import { Timeout, within } from '../waiting/timeout';
import { assertCanBlock } from '../waiting/waiter';
import { Link, type LinkCallback, type LinkKind, Links } from './links';
import { SpawnedGreenlet } from './spawn-tree';

const PENDING = 0;
const SUCCEEDED = 1;
const FAILED = 2;

/**
 * The half of a Greenlet that others see: its outcome, who waits for it, and what is linked to it.
 *
 * Source: `gevent.Greenlet`.
 */
export abstract class JoinableGreenlet<T> extends SpawnedGreenlet {
  #state = PENDING;
  #outcome: unknown;
  #links: Links | undefined;
  #isErrorTaken = false;

  /** Whether its outcome is there. */
  ready(): boolean {
    return this.#state !== PENDING || this.dead;
  }

  /** Whether it has finished without an error. A GreenletExit is none. */
  successful(): boolean {
    return this.#state === SUCCEEDED;
  }

  /** What it has returned, or the GreenletExit that has ended it; undefined before, and if it has failed. */
  get value(): T | undefined {
    return this.#state === SUCCEEDED ? (this.#outcome as T) : undefined;
  }

  /** The error that has ended it; undefined if none has. */
  get exception(): unknown {
    return this.#state === FAILED ? this.#outcome : undefined;
  }

  /**
   * Waits for its outcome.
   *
   * @param options `block`: false throws instead of waiting; `timeout`: milliseconds, for ever unless given
   * @returns what it has returned
   * @throws the very error that has ended it; {Timeout} if the outcome is not there in time, or it may not wait;
   *   {BlockingSwitchOutError} where waiting is not possible
   * @example spawn(() => 42).get({ timeout: 1000 }); // 42
   */
  get(options?: BlockOptions): T {
    checkBlockOptions(options);
    if (!this.ready()) {
      if (options?.block === false) throw new Timeout().withStack(this.get);
      within(
        options?.timeout,
        () => this.#wait(),
        () => {
          throw new Timeout(options?.timeout).withStack(this.get);
        },
      );
    }
    if (this.#state === FAILED) throw this.#outcome;
    return this.#outcome as T;
  }

  /**
   * Waits until it has finished, in whatever way, or the time is over.
   *
   * @param timeout milliseconds; undefined or null for ever
   * @throws {BlockingSwitchOutError} where waiting is not possible
   */
  join(timeout?: number | null): void {
    checkTimeout(timeout);
    if (this.ready()) return;
    within(
      timeout,
      () => this.#wait(),
      () => undefined,
    );
  }

  /**
   * Has a function called when it has finished, in a greenlet of its own. Linked to one that has finished already, it is
   * called at the hub's next turn.
   *
   * @param callback is given this greenlet; an error of its is reported
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function
   */
  link(callback: LinkCallback<this>): void {
    this.#linkCallback(callback, 'any');
  }

  /** As `link`, but only if it has succeeded. */
  linkValue(callback: LinkCallback<this>): void {
    this.#linkCallback(callback, 'value');
  }

  /** As `link`, but only if it has failed. */
  linkException(callback: LinkCallback<this>): void {
    this.#linkCallback(callback, 'exception');
  }

  /** As `link`, but it costs less: the function is called on the hub, and must not block. */
  rawLink(callback: LinkCallback<this>): void {
    this.#linkCallback(callback, 'raw');
  }

  /** Takes a function back that was linked, in whatever way. One that was not is no error. */
  unlink(callback: LinkCallback<this>): void {
    this.#links?.unlink(callback);
  }

  /** Takes all links back. */
  unlinkAll(): void {
    this.#links?.clear();
  }

  /** How many greenlets and callbacks are linked. */
  get linkCount(): number {
    return this.#links?.length ?? 0;
  }

  /** Whether anything is linked, or anybody waits. */
  hasLinks(): boolean {
    return this.linkCount > 0;
  }

  [kTakeError](): void {
    this.#isErrorTaken = true;
  }

  /** Whether somebody else sees to its error, so that it need not be reported. */
  protected get isErrorTaken(): boolean {
    return this.#isErrorTaken;
  }

  /** Keeps what has been returned, and tells the links. */
  protected succeed(value: unknown): void {
    this.#settle(SUCCEEDED, value);
  }

  /** Keeps what has been thrown, and tells the links. */
  protected fail(error: unknown): void {
    this.#settle(FAILED, error);
  }

  #settle(state: number, outcome: unknown): void {
    this.#state = state;
    this.#outcome = outcome;
    this.#links?.tell(this);
  }

  #wait(): void {
    assertCanBlock();
    const link = new Link();
    this.#link(link);
    try {
      link.wait();
    } finally {
      this.#links!.remove(link);
    }
  }

  #linkCallback(callback: LinkCallback<this>, kind: LinkKind): void {
    checkFunction(callback, 'callback');
    this.#link(new Link(callback, kind));
  }

  #link(link: Link): void {
    this.#links ??= new Links();
    this.#links.add(link);
    if (this.ready()) this.#links.tell(this);
  }
}
