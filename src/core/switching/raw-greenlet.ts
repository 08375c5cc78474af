/**
 * Greenlets with the exact semantics of Python's `greenlet` package, on the native core's stacks.
 *
 * The words of a switch: the greenlet that leaves puts a value or an error *in flight*, makes the target current and
 * jumps; on the other side it lands as the result of the call that the target is suspended in, whoever has sent it.
 *
 * A suspended greenlet's own stack must not hold its handle, or it could never be found abandoned. What V8 inlines
 * into the frame that waits for the jump, and is alive there across any call, stays there. So what runs on a greenlet's
 * own stack keeps it in no variable and passes it to no function of ours: it is `current`, read anew at each use.
 */
import { inspect } from 'node:util';

import { binding } from '../binding';
import { GreenletError, GreenletExit, invalidArgType } from '../errors';
import { kKnown, kRenew, kRest } from '../symbols';
import { endOn, IMMORTAL, type Obituary, setAdopt, watch } from './abandonment';
import { context, type Luggage } from './context';
import { ERROR, flight, land, PEEK, setInFlight, VALUE } from './flight';
import { frames } from './frame';
import { checkRun, defineRun, type ErrorClass, noStack, type Run, toError } from './greenlet-arguments';
import { DEAD, MAIN, settle, UNSTARTED, vacate } from './living';
import { answer, peek } from './stack-trace';

const { begin, drop, inherit, leaveMain, MAINS, pack, unpack } = context;
const { getFrame } = frames;
// A var: V8 checks a let at each use, and keeps what it has checked in the frame.
var current: RawGreenlet;
let main: RawGreenlet;
// What the next body is to run, until that body takes it.
let starting: { run: unknown; args: readonly unknown[] } | undefined;

/**
 * A greenlet: a function with a stack of its own, which runs until it switches elsewhere and goes on, at that very
 * place, when somebody switches back. Nothing is scheduled: who runs is decided by `switch` and `throw` alone.
 *
 * @example
 * const pong = new RawGreenlet((word) => console.log(word, getCurrent().parent!.switch(42)));
 * console.log(pong.switch('hello')); // 42
 * pong.switch('again'); // hello again
 *
 * Source: `greenlet.greenlet`.
 */
export class RawGreenlet {
  #id = UNSTARTED;
  #parent: RawGreenlet | null;
  #run: Run | null | undefined;
  #obituary: Obituary | undefined;
  // What it begins with, and takes along when it leaves; undefined if that is nothing.
  #luggage: Luggage | undefined;
  [kKnown] = false;

  /**
   * Makes a greenlet; nothing runs before the first switch into it.
   *
   * @param run what it will run; may also be set later, or be a method of a subclass
   * @param parent who gets its result or its error; the greenlet that is current now, unless given
   * @param luggage internal: the context of one that carries on for another, and is never taken for abandoned
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for a `run` that is no function, or a `parent` that is no greenlet
   */
  constructor(run?: Run | null, parent?: RawGreenlet, luggage?: Luggage) {
    if (run !== undefined) checkRun(run);
    this.#run = run;
    if (parent !== undefined) RawGreenlet.#check(parent);
    this.#parent = parent ?? (main === undefined ? null : getCurrent());
    this.#luggage = luggage ?? inherit();
    if (luggage !== undefined) this.#obituary = IMMORTAL;
  }

  /**
   * Suspends the current greenlet and goes on with this one, or with its nearest living ancestor if it is dead.
   *
   * @param args the arguments of `run` at the first switch; afterwards what the pending call returns in this greenlet:
   *   `undefined` for none, the value for one, an array for more
   * @returns what is next sent to the greenlet that calls
   * @throws whatever is next thrown into the greenlet that calls; {GreenletError} ERR_UNBLOCK_NO_RUN if it has nothing
   *   to run, ERR_UNBLOCK_NO_STACK if the system has no memory for its stack
   */
  switch(...args: unknown[]): unknown {
    return this.#nearestAlive().#receive(VALUE, args.length < 2 ? args[0] : args, args);
  }

  /**
   * Like `switch`, but what arrives is an error, raised by the pending call. A greenlet that has not started ends
   * without having run, and its parent gets the error.
   *
   * @param error an error, or a class of errors to make one from; a new GreenletExit unless given
   * @param classArgs the arguments of the class
   * @returns what is next sent to the greenlet that calls
   * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no error; and as `switch`
   */
  throw(error: Error | ErrorClass = new GreenletExit(), ...classArgs: unknown[]): unknown {
    const thrown = toError(error, classArgs);
    // The dead need no killing: their exit is a value like that of any other greenlet.
    const how = this.#id === DEAD && thrown instanceof GreenletExit ? VALUE : ERROR;
    return this.#nearestAlive().#receive(how, thrown, [thrown]);
  }

  /** Who gets this greenlet's result or error; null for a main greenlet. */
  get parent(): RawGreenlet | null {
    return this.#parent;
  }

  set parent(parent: RawGreenlet) {
    RawGreenlet.#check(parent);
    if (this.#id === MAIN) {
      throw new GreenletError('ERR_UNBLOCK_MAIN_PARENT', 'cannot set the parent of a main greenlet');
    }
    for (let above: RawGreenlet | null = parent; above !== null; above = above.#parent) {
      if (above === this) throw new GreenletError('ERR_UNBLOCK_CYCLIC_PARENT', 'cyclic parent chain');
    }
    this.#parent = parent;
    if (this.#obituary !== undefined && this.#obituary !== IMMORTAL) this.#obituary.parent = parent;
  }

  /**
   * What it will run: to be set before it starts, or to be a method of a subclass. Once it has started, reading and
   * writing it throw a GreenletError, ERR_UNBLOCK_STARTED; so does reading it before it is set, ERR_UNBLOCK_NO_RUN.
   */
  run?(...args: never[]): unknown;

  /** Whether it has finished. */
  get dead(): boolean {
    return this.#id === DEAD;
  }

  /** Whether it has started and not finished. */
  get active(): boolean {
    return this.#id >= MAIN;
  }

  /** Where it is suspended, innermost frame first, as in an error's stack; undefined if it is not. */
  get stack(): string | undefined {
    return this.#id < MAIN || this === current ? undefined : peek(this.#id, current.#id);
  }

  [inspect.custom](): string {
    const state = this === current ? 'current' : this.active ? 'suspended' : this.#id === DEAD ? 'dead' : 'pending';
    return `${this.constructor.name} { ${state}${this.#id === MAIN ? ' main' : ''} }`;
  }

  static #check(parent: object): void {
    if (Object(parent) !== parent || !(#id in parent)) throw invalidArgType('parent', 'a RawGreenlet', parent);
  }

  #nearestAlive(): RawGreenlet {
    let target: RawGreenlet = this;
    while (target.#id === DEAD) target = target.#parent!; // A main greenlet, where every chain ends, never dies.
    return target;
  }

  #receive(how: number, value: unknown, args: readonly unknown[]): unknown {
    if (this === current) {
      setInFlight(how, value, this);
      return land(getCurrent);
    }
    if (this.#id === UNSTARTED) return this.#start(how, value, args);
    const luggage = RawGreenlet.#leaveFor(this, how, value);
    const frame = getFrame();
    binding.switchTo(this.#id);
    while (flight.kind === PEEK) answer();
    unpack(luggage, frame);
    return land(getCurrent);
  }

  #start(how: number, value: unknown, args: readonly unknown[]): unknown {
    // The lookup is the program's own code (a subclass's getter, a proxy): it may switch, even into this greenlet.
    const run = this.run;
    if (this.#id !== UNSTARTED) return this.#nearestAlive().#receive(how, value, args);
    starting = { run, args };
    const luggage = RawGreenlet.#leaveFor(this, how, value);
    const frame = getFrame();
    const errno = binding.start();
    while (flight.kind === PEEK) answer();
    unpack(luggage, frame);
    if (errno !== 0) {
      [current, starting, flight.payload, flight.origin] = [flight.origin!, undefined, undefined, undefined];
      throw noStack(errno);
    }
    return land(getCurrent);
  }

  [kRest](next: RawGreenlet): void {
    drop();
    vacate(this.#id);
    flight.origin = this;
    binding.switchTo((current = next).#id);
    begin(this.#luggage!);
    settle(this.#id, this);
    land(getCurrent);
  }

  [kRenew](parent: RawGreenlet, luggage: Luggage): void {
    this.#parent = parent;
    this.#luggage = luggage;
  }

  // Runs on the new stack: takes what is to be run, and gives the greenlet its id.
  static #begin(id: number): { run: Run; self: unknown; args: readonly unknown[] } {
    const { run, args } = starting!;
    // A function is called for its own sake, a method of a subclass for the greenlet's.
    const self = run === current.#run ? undefined : current;
    begin(current.#luggage!);
    current.#run = starting = undefined;
    current.#id = id;
    settle(id, current);
    return { run: run as Run, self, args };
  }

  // Ends the current greenlet: puts its outcome in flight for the nearest living ancestor, and returns that one's id.
  // An ancestor that has not started is started with it, on the stack that has become free: UNSTARTED says so.
  static #finish(how: number, value: unknown): number {
    const ended = current;
    let heir = ended.#parent!;
    while (heir.#id < MAIN) {
      if (heir.#id === UNSTARTED) {
        try {
          const { run } = heir;
          // The lookup is the program's own code: it may have started the heir, and even ended it.
          if (heir.#id !== UNSTARTED) continue;
          starting = { run, args: [value] };
          break;
        } catch (error) {
          [how, value] = [ERROR, error];
        }
      }
      heir = heir.#parent!;
    }
    drop();
    endOn(ended.#id, ended.#obituary);
    ended.#id = DEAD;
    setInFlight(how, value, ended);
    return (current = heir).#id;
  }

  // Takes the current greenlet off, for the target. All that can fail (for want of stack) comes before the first change.
  static #leaveFor(target: RawGreenlet, how: number, value: unknown): Luggage | undefined {
    if (current.#obituary === undefined) {
      const obituary = watch(getCurrent, current.#id, current.#parent);
      current.#obituary = obituary;
    }
    const luggage = current === main ? leaveMain() : pack(current.#luggage!);
    current.#luggage = luggage;
    setInFlight(how, value);
    flight.origin = current;
    current = target;
    return luggage;
  }

  // Runs bodies on a new stack, one after the other, until it is not needed any more.
  static #body(id: number): number {
    let next: number;
    do next = RawGreenlet.#runOne(id);
    while (next === UNSTARTED || (next = binding.retire(next)) === UNSTARTED);
    return next;
  }

  static #runOne(id: number): number {
    let how = VALUE;
    let value: unknown;
    try {
      const { run, self, args } = RawGreenlet.#begin(id);
      land(getCurrent);
      value = Reflect.apply(run, self, args);
    } catch (error) {
      [how, value] = [error instanceof GreenletExit ? VALUE : ERROR, error];
    }
    return RawGreenlet.#finish(how, value);
  }

  static {
    defineRun<RawGreenlet>(this.prototype, {
      isStarted: (greenlet) => greenlet.#id !== UNSTARTED,
      get: (greenlet) => greenlet.#run,
      set: (greenlet, run) => (greenlet.#run = run),
    });
    setAdopt((obituary) => {
      const greenlet: RawGreenlet = Object.setPrototypeOf(new this(), obituary.prototype);
      [greenlet.#id, greenlet.#obituary] = [obituary.id, obituary];
      return greenlet;
    });
    binding.setBody(this.#body);
    (current = main = new this(undefined, undefined, MAINS)).#id = MAIN;
  }
}

/** The greenlet that is running; the main greenlet where none was started. Source: `greenlet.getcurrent`. */
export function getCurrent(): RawGreenlet {
  current[kKnown] = true;
  return current;
}

/** The greenlet that is running, for who will not keep it. */
export function peekCurrent(): RawGreenlet {
  return current;
}

/** The greenlet of the stack that Node itself runs on: the only one without a parent. Has no twin in gevent. */
export function getMain(): RawGreenlet {
  return main;
}
