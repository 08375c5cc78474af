/**
 * The C++ functions beneath `fs` work where they are called or, given a request, on a thread. Ours are between them and
 * Node's own JavaScript: they try without waiting, give a request where the program has given none, and wait for it.
 */
import { internals } from '../../core/internals';
import { complete, type Outcome } from './completion';
import type { MakeCooperative, ModuleFunction } from './table';
import { Turns } from './turns';
import { giveWay, mayYield } from './yielding';

/** A C++ function of Node's file system bindings. */
export type FileFunction = (this: unknown, ...args: unknown[]) => unknown;

/** One call that may wait. */
export interface FileCall {
  readonly original: FileFunction;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

/** That a call cannot be made without waiting. */
export const WAITS: unique symbol = Symbol('waits');

/** What is particular about a function. */
export interface FileCallOptions {
  /** How many arguments there are before the request. */
  readonly arity: number;
  /** Makes the call if it need not wait, else returns WAITS; a thread does all calls unless given. */
  readonly attempt?: (call: FileCall) => unknown;
  /** Waits for the call; a request does unless given. */
  readonly wait?: (call: FileCall, options: FileCallOptions) => Outcome<unknown>;
  /** What a call is about that must not overtake others which are about the same. */
  readonly subject?: (call: FileCall) => unknown;
  /** Is given the result of a call whose greenlet was killed. */
  readonly discard?: (result: unknown) => void;
  /** Whether the result is to have BigInts. */
  readonly hasBigints?: (args: readonly unknown[]) => boolean;
  /** Whether an error of a thread's differs from that of the synchronous call, which then is made to have its own. */
  readonly failsOtherwise?: boolean;
  /** Whether this error is no error to this call, which returns undefined. */
  readonly forgives?: (error: NodeJS.ErrnoException, args: readonly unknown[]) => boolean;
}

interface FileRequest {
  oncomplete: (error: unknown, result?: unknown) => void;
}

/** What a caller that is told of errors in an object of its own finds there. */
interface ErrorContext {
  errno?: number;
  syscall?: string;
}

const { FSReqCallback } = internals.internalBinding('fs') as { FSReqCallback: new (hasBigints: boolean) => FileRequest };
const { captureStackTrace } = Error;
const turns = new Turns();

/** Calls are about the descriptor that is their first argument. */
export const descriptor = ({ args }: FileCall): unknown => args[0];

/**
 * Makes the cooperative form of a function. Calls that bring a request of their own, and those that may not yield, are left
 * to the original; no error shows that we were there.
 */
export function fileCall(options: FileCallOptions): MakeCooperative {
  const { arity } = options;
  return (original) => {
    function callee(this: unknown, ...args: unknown[]): unknown {
      try {
        return args[arity] === undefined && mayYield()
          ? cooperate({ original: original as FileFunction, self: this, args }, options)
          : Reflect.apply(original, this, args as never[]);
      } catch (error) {
        throw hide(error, callee);
      }
    }
    return callee;
  };
}

/** Makes a call on a thread and waits for its end. */
export function request({ original, self, args }: FileCall, options: FileCallOptions): Outcome<unknown> {
  return complete((done) => {
    const pending = new FSReqCallback(options.hasBigints?.(args) ?? false);
    pending.oncomplete = done;
    try {
      Reflect.apply(original, self, [...args.slice(0, options.arity), pending]);
    } catch (error) {
      // What its arguments are refused with.
      done(error);
    }
  }, options.discard);
}

/** Makes a call where it is. */
export function direct({ original, self, args }: FileCall): unknown {
  return Reflect.apply(original, self, args);
}

function cooperate(call: FileCall, options: FileCallOptions): unknown {
  const { attempt, subject } = options;
  if (subject === undefined) return attemptOrWait(call, options);
  const about = subject(call);
  if (attempt !== undefined && !turns.isTaken(about)) {
    const result = attempt(call);
    if (result !== WAITS) {
      giveWay();
      return result;
    }
  }
  return turns.take(about, () => attemptOrWait(call, options));
}

function attemptOrWait(call: FileCall, options: FileCallOptions): unknown {
  const result = options.attempt === undefined ? WAITS : options.attempt(call);
  if (result === WAITS) return settle((options.wait ?? request)(call, options), call, options);
  giveWay();
  return result;
}

// Returns or throws what the synchronous call would have.
function settle(outcome: Outcome<unknown>, call: FileCall, options: FileCallOptions): unknown {
  if (!('error' in outcome)) return outcome.result;
  const error = outcome.error as NodeJS.ErrnoException;
  if (options.forgives?.(error, call.args)) return undefined;
  const context = call.args[options.arity + 1];
  const { errno, syscall } = error;
  if (typeof context === 'object' && context !== null && errno !== undefined) {
    Object.assign(context as ErrorContext, { errno, syscall });
    return undefined;
  }
  if (options.failsOtherwise) return direct(call);
  throw new Failure(error);
}
