/**
 * The C++ functions beneath `fs` work where they are called or, given a request, on a thread. Ours are between them and
 * Node's own JavaScript: they try without waiting, give a request where the program has given none, and wait for it.
 */
import { internals } from '../../core/internals';
import { shield } from '../../core/hub/shield';
import { complete, type Outcome } from './completion';
import { hideFramesOf } from '../engine/hidden-frames';
import type { MakeCooperative } from '../engine/table';
import { Turns } from './turns';
import { giveWay, isOthersTurn, mayYield } from '../engine/yielding';

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

/** That the original can make a call without waiting. */
export const DIRECT: unique symbol = Symbol('direct');

/** What is particular about a function. */
export interface FileCallOptions {
  /** How many arguments there are before the request. */
  readonly arity: number;
  /** Says WAITS or DIRECT, or makes the call itself and returns its result; a thread does all calls unless given. */
  readonly attempt?: (call: FileCall) => unknown;
  /** Waits for the call; a request does unless given. */
  readonly wait?: (call: FileCall, options: FileCallOptions) => Outcome<unknown>;
  /** What a call is about that must not overtake others which are about the same; undefined for nothing. */
  readonly subject?: (call: FileCall) => unknown;
  /** The same, of a call that is part of another whose turn it is. */
  readonly partOf?: (call: FileCall) => unknown;
  /** Whether it ends its first argument: as long as a thread works on that for nobody, it comes later, unwaited for. */
  readonly isLast?: boolean;
  /** Whether a descriptor would be lost if the call were not made, or its result: a kill waits for the next call then. */
  readonly isShielded?: boolean;
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

const { FSReqCallback } = internals.internalBinding('fs', 'FSReqCallback') as {
  FSReqCallback: new (hasBigints: boolean) => FileRequest;
};
const { captureStackTrace } = Error;
const turns = new Turns();
hideFramesOf(__filename);

/** Calls are about the descriptor that is their first argument. */
export const descriptor = ({ args }: FileCall): unknown => args[0];

/** What Node refuses otherwise, in C++ on some lines. */
export function isDescriptor(fd: unknown): fd is number {
  return typeof fd === 'number' && (fd | 0) === fd && fd >= 0;
}

/** Calls are about the object whose method this is. */
export const handle = ({ self }: FileCall): unknown => self;

/**
 * Makes the cooperative form of a function. Calls that bring a request of their own, and those that may not yield, are left
 * to the original; no error shows that we were there.
 */
export function fileCall(options: FileCallOptions): MakeCooperative {
  const { arity } = options;
  return (original) => {
    function callee(this: unknown, ...args: unknown[]): unknown {
      if (options.isLast && turns.isHeld(args[0])) {
        turns.afterwards(args[0], () => {
          if (args[arity] === undefined) start(original as FileFunction, this, args.slice(0, arity));
          else Reflect.apply(original, this, args as never[]);
        });
        return undefined;
      }
      if (args[arity] === undefined && mayYield()) {
        try {
          const result = cooperate({ original: original as FileFunction, self: this, args }, options);
          if (result !== DIRECT) return result;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          captureStackTrace(error.error, callee);
          throw error.error;
        }
      }
      return Reflect.apply(original, this, args as never[]);
    }
    return callee;
  };
}

/** The closing of a FileHandle, whose descriptor a thread may still work on for nobody: that comes first. */
export const closingHandle: MakeCooperative = (original) =>
  function (this: unknown, ...args) {
    const { fd } = this as { readonly fd: number };
    const close = (): unknown => Reflect.apply(original, this, args);
    return turns.isHeld(fd) ? new Promise((resolve) => turns.afterwards(fd, () => resolve(close()))) : close();
  };

/** Makes a call as its cooperative form does; throws only what is thrown into the greenlet. */
export function outcomeOf(call: FileCall, options: FileCallOptions): Outcome<unknown> {
  try {
    const result = cooperate(call, options);
    if (result !== DIRECT) return { result };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error;
  }
  try {
    return { result: Reflect.apply(call.original, call.self, call.args) };
  } catch (error) {
    return { error };
  }
}

/**
 * Makes a call on a thread and waits for its end. If the greenlet is thrown out of it meanwhile, the thread goes on, and the
 * descriptor is not free before it is done: once closed, its number may be that of somebody else's socket.
 */
export function request(call: FileCall, options: FileCallOptions): Outcome<unknown> {
  const { original, self, args } = call;
  let isDone = false;
  let release: (() => void) | undefined;
  try {
    return complete((done) => {
      const pending = new FSReqCallback(options.hasBigints?.(args) ?? false);
      pending.oncomplete = (error, result) => {
        isDone = true;
        done(error, result);
        release?.();
      };
      try {
        Reflect.apply(original, self, [...args.slice(0, options.arity), pending]);
      } catch (error) {
        // What its arguments are refused with.
        isDone = true;
        done(error);
      }
    }, options.discard);
  } catch (error) {
    const about = (options.partOf ?? options.subject)?.(call);
    if (!isDone && about !== undefined) release = turns.hold(about);
    throw error;
  }
}

/** Has a thread close a descriptor as soon as no other works on it for nobody, and does not wait. */
export function closeLater(close: FileFunction, fd: number): void {
  if (turns.isHeld(fd)) turns.afterwards(fd, () => start(close, undefined, [fd]));
  else start(close, undefined, [fd]);
}

/** Has a thread make a call, and does not wait. */
export function start(original: FileFunction, self: unknown, args: readonly unknown[]): void {
  const pending = new FSReqCallback(false);
  pending.oncomplete = () => {};
  Reflect.apply(original, self, [...args, pending]);
}

/** What a thread has failed with, unlike what is thrown into a greenlet that waits for it: it has no frames yet. */
export class Failure {
  constructor(readonly error: Error) {}
}

function cooperate(call: FileCall, options: FileCallOptions): unknown {
  const about = options.subject?.(call);
  const givesWay = !options.isShielded && isOthersTurn();
  if (!givesWay && !turns.isTaken(about)) {
    const result = attempt(call, options);
    return result === WAITS ? inTurn(about, options, () => waitFor(call, options)) : result;
  }
  return inTurn(about, options, () => {
    if (givesWay) giveWay();
    return attemptOrWait(call, options);
  });
}

function inTurn(about: unknown, { isShielded }: FileCallOptions, run: () => unknown): unknown {
  const wait = about === undefined ? run : (): unknown => turns.take(about, run);
  return isShielded ? shield(wait) : wait();
}

function attemptOrWait(call: FileCall, options: FileCallOptions): unknown {
  const result = attempt(call, options);
  return result === WAITS ? waitFor(call, options) : result;
}

function attempt(call: FileCall, options: FileCallOptions): unknown {
  return options.attempt === undefined ? WAITS : options.attempt(call);
}

function waitFor(call: FileCall, options: FileCallOptions): unknown {
  return settle((options.wait ?? request)(call, options), call, options);
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
  if (options.failsOtherwise) return DIRECT;
  throw new Failure(error);
}
