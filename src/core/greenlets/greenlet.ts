import { inspect } from 'node:util';

import { type BlockOptions, checkBlockOptions, checkFunction } from '../argument-checks';
import { GreenletExit, invalidArgType, outOfRange } from '../errors';
import { cancelGreenlet } from '../hub/cancellation';
import { reportError } from '../hub/error-report';
import { getHub, type Wakeup } from '../hub/hub';
import { context } from '../switching/context';
import { deathChannel, tell } from '../switching/channels';
import { type ErrorClass, toError } from '../switching/greenlet-arguments';
import { getCurrent, type RawGreenlet } from '../switching/raw-greenlet';
import { kKillBeforeStart, kLabel, kLife, kReport } from '../symbols';
import { Deadline } from '../waiting/deadlines';
import { Place } from '../waiting/wait-list';
import { assertCanBlock } from '../waiting/waiter';
import { JoinableGreenlet } from './joinable-greenlet';

/** Told of each greenlet that is started. */
export type SpawnCallback = (greenlet: Greenlet) => void;

// What becomes of a greenlet. From RUNNING it goes by the outcome; CANCELLED is one that was killed before it ran.
const NEW = 0;
const SCHEDULED = 1;
const RUNNING = 2;
const CANCELLED = 3;

const { inherit } = context;
const NO_ARGS: readonly never[] = [];

const hub = getHub();
const spawnCallbacks = new Set<SpawnCallback>();

/**
 * A greenlet that the hub starts, whose outcome is kept, and which can be waited for, linked to and killed.
 *
 * An error that leaves its function is kept for `get`, and reported at once on standard error, whether or not anybody
 * will ask for it. It does not end the process. A GreenletExit is no error: it becomes the value.
 *
 * A subclass may have the method `_run` in place of a function; it is named like the methods that Node has subclasses of
 * its streams implement.
 *
 * @example
 * const greenlet = new Greenlet((a: number, b: number) => a + b, 1, 2);
 * greenlet.start();
 * greenlet.get(); // 3
 *
 * Source: `gevent.Greenlet`.
 */
export class Greenlet<T = unknown> extends JoinableGreenlet<T> implements Disposable {
  #phase = NEW;
  #body: ((...args: never) => T) | undefined;
  #args: readonly never[];
  #start: Wakeup | LateStart | undefined;
  #label: string | undefined;
  #life: object | undefined;

  /**
   * Makes a greenlet; it runs once it is started.
   *
   * @param run what it will run; the method `_run` unless given
   * @param args the arguments of either
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for a `run` that is no function
   */
  constructor(run?: ((...args: never) => T) | null, ...args: unknown[]) {
    if (run !== undefined && run !== null) checkFunction(run, 'run');
    super(undefined, inherit());
    this.#body = run ?? undefined;
    this.#args = args as never[];
  }

  /** Makes a greenlet of this class, with the arguments of its constructor, and starts it. */
  static spawn<A extends unknown[], G extends Greenlet>(this: new (...args: A) => G, ...args: A): G {
    const greenlet = new this(...args);
    greenlet.start();
    return greenlet;
  }

  /** As `spawn`, but it starts so many milliseconds later. */
  static spawnLater<A extends unknown[], G extends Greenlet>(
    this: new (...args: A) => G,
    milliseconds: number,
    ...args: A
  ): G {
    const greenlet = new this(...args);
    greenlet.startLater(milliseconds);
    return greenlet;
  }

  /** Has a function called with each greenlet that is started, before it runs. Added twice, it is called once. */
  static addSpawnCallback(callback: SpawnCallback): void {
    checkFunction(callback, 'callback');
    spawnCallbacks.add(callback);
  }

  /** Takes back what `addSpawnCallback` has added. One that was not added is no error. */
  static removeSpawnCallback(callback: SpawnCallback): void {
    spawnCallbacks.delete(callback);
  }

  /**
   * Has it run at the hub's next turn. What was started before, or killed, is left as it is.
   *
   * @throws {HubDestroyedError}
   */
  start(): void {
    if (this.#phase !== NEW) return;
    hub.assertNotDestroyed();
    this.#schedule({ greenlet: this }, 0);
    hub.wake(this.#start as Wakeup);
  }

  /**
   * Has it run later. What was started before, or killed, is left as it is.
   *
   * @param milliseconds how much later
   * @throws {TypeError} ERR_INVALID_ARG_TYPE, {RangeError} ERR_OUT_OF_RANGE for what is no time
   */
  startLater(milliseconds: number): void {
    if (typeof milliseconds !== 'number') throw invalidArgType('milliseconds', 'a number', milliseconds);
    if (!(milliseconds >= 0)) throw outOfRange('milliseconds', '0 or more', milliseconds);
    if (this.#phase !== NEW) return;
    hub.assertNotDestroyed();
    const start = new LateStart(this);
    this.#schedule(start, milliseconds);
    start.arm(milliseconds);
  }

  /** What a subclass runs. */
  protected _run(..._args: never[]): unknown {
    return undefined;
  }

  /** What the hub starts; the greenlet's own function, or `_run`, is called by it. */
  override run(): void {
    if (this.#phase !== NEW && this.#phase !== SCHEDULED) return;
    this.#stopStart();
    this.#phase = RUNNING;
    let value: unknown;
    try {
      value = this.#body === undefined ? this._run(...this.#args) : (0, this.#body)(...(this.#args as never));
    } catch (error) {
      this.#endWith(error);
      return;
    }
    this.#forget();
    this.succeed(value);
  }

  /** Whether it was started and has not finished. Source: the truth value of `gevent.Greenlet`. */
  get started(): boolean {
    return (this.#phase === SCHEDULED || this.#phase === RUNNING) && !this.ready();
  }

  /** Whether it will never run (again): it has finished, or was killed before it could run. */
  override get dead(): boolean {
    return this.#phase === CANCELLED || super.dead;
  }

  /**
   * Ends it: an error is thrown into it, in place of the result of the call in which it is blocked; it may catch the error
   * and live on. If it has not run yet, it never will. If it is about to come back from that call, the error strikes in the
   * next one that blocks, and if there is none, not at all. Nothing that it does about the error is thrown here.
   *
   * @param exception the error, or a class to make it from; GreenletExit unless given
   * @param options `block`: false does not wait for its death; `timeout`: how long at most, in milliseconds
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no error; {BlockingSwitchOutError} where waiting is not possible
   * @example greenlet.kill(undefined, { timeout: 1000 });
   */
  kill(exception: Error | ErrorClass = GreenletExit, options?: BlockOptions): void {
    checkBlockOptions(options);
    const block = options?.block !== false;
    const error = toError(exception, []);
    if (this[kKillBeforeStart](error) || this.ready()) return;
    if (block) assertCanBlock();
    hub.runCallback(() => cancelGreenlet(this, error));
    if (!block) return;
    // Its own turn comes right behind that.
    const turn = new Place();
    turn.call();
    turn.wait();
    this.join(options?.timeout);
  }

  /**
   * Throws an error into it at once. Only for the hub: from elsewhere the current greenlet is left behind, where nobody
   * wakes it; use `kill`. If it has not run yet, it never will.
   */
  override throw(error: Error | ErrorClass = GreenletExit, ...classArgs: unknown[]): unknown {
    const thrown = toError(error, classArgs);
    return this[kKillBeforeStart](thrown) ? undefined : super.throw(thrown);
  }

  [kKillBeforeStart](error: Error): boolean {
    if (this.#phase !== NEW && this.#phase !== SCHEDULED) return this.dead;
    this.#stopStart();
    this.#phase = CANCELLED;
    this.#endWith(error);
    if (deathChannel.hasSubscribers) tell(deathChannel, { greenlet: this });
    return true;
  }

  get [kLife](): object {
    return (this.#life ??= {});
  }

  /**
   * Kills it: what `using` does at the end of a block. To have its work done, `join` it as the last statement: so it is
   * killed if the block fails, and joined if not, as upstream's `with` does.
   */
  [Symbol.dispose](): void {
    this.kill();
  }

  override [inspect.custom](): string {
    return `${this.constructor.name}${this.knownName} { ${this.#stateName()}: ${this[kLabel]()} }`;
  }

  #schedule(start: Wakeup | LateStart, delay: number): void {
    for (const callback of spawnCallbacks) callback(this);
    this.tellSpawn(delay);
    this.#phase = SCHEDULED;
    this.#start = start;
  }

  #stopStart(): void {
    if (this.#start instanceof LateStart) this.#start.disarm();
    else if (this.#start !== undefined) this.#start.greenlet = undefined;
    this.#start = undefined;
  }

  #endWith(error: unknown): void {
    if (error instanceof GreenletExit) {
      this.#forget();
      this.succeed(error);
      return;
    }
    this.fail(error);
    if (!this.isErrorTaken) hub.failed(this, error);
    this.#forget();
  }

  /** How the hub reports its error. Internal. */
  [kReport](error: unknown): void {
    const stack = this.spawningStack;
    reportError(error, this, stack === undefined ? '' : `  spawned\n${stack}\n`);
  }

  // The handle may be kept long after what it has run.
  #forget(): void {
    this.#body = undefined;
    this.#args = NO_ARGS;
    this.#life = undefined;
  }

  #stateName(): string {
    if (this === (getCurrent() as RawGreenlet)) return 'current';
    if (this.dead) return 'dead';
    if (this.active) return 'suspended';
    return this.started ? 'started' : 'pending';
  }

  // Kept once it was asked for, since the function is forgotten at the end.
  [kLabel](): string {
    if (this.#label === undefined) {
      const name = this.#body === undefined ? '_run' : this.#body.name || '(anonymous)';
      const args = this.#args.map((arg) => inspect(arg, { depth: 0, breakLength: Infinity }).slice(0, 50));
      this.#label = args.length === 0 ? name : `${name}(${args.join(', ')})`;
    }
    return this.#label;
  }
}

class LateStart extends Deadline {
  constructor(readonly greenlet: Greenlet) {
    super(true);
  }

  override expire(): void {
    hub.switchIn(this.greenlet, undefined);
  }

  override whose(): Greenlet {
    return this.greenlet;
  }
}
