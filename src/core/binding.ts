import { firstMissing } from './binding-names';
import { config, onConfig } from './config';
import { BinaryError, LoadedTwiceError, UnsupportedError } from './errors';
import { BINARY, ROOT, whyNoBinary, whyUnsupported } from './support';

/** What the add-on exports: a switch is a jump between stacks, and everything else is ours. */
export interface Binding {
  /**
   * Calls the body on a new stack and returns once somebody switches back: 0, or the errno of the stack that could not
   * be had, in which case nothing has happened.
   */
  start(): number;
  /** Jumps to a suspended stack; returns once somebody switches back. */
  switchTo(id: number): void;
  /**
   * The running stack has nothing to do any more: goes on with the one of that id. Returns `-1` once `start` has found a
   * use for it, or else, when it is not needed, the id that the body is to return.
   */
  retire(id: number): number;
  /** Frees some of the stacks that are not needed. On the main stack only. Returns whether there are more. */
  trimPool(): boolean;
  /** Runs on each new stack, with its id; returns the id of the stack that goes on. Must not throw. */
  setBody(body: (id: number) => number): void;
  /** `drain` is called on the main stack from now on whenever Node wants a microtask queue drained that is not empty. */
  overrideCheckpoint(drain: () => void): void;
  /** Drains the microtask queue on the running stack. */
  performCheckpoint(): void;
  configure(stackSize: number, stackGuard: boolean, stackPool: number): void;
  /** Stacks in use, and stacks kept for later. */
  counts(): { active: number; idle: number };
  /** Its one element is 1 while the debugger holds this thread: what runs then is an expression of the debugger's. */
  readonly pausedByDebugger: Uint8Array;
  /** What V8 has for JavaScript of its embedder. */
  readonly extras: Extras;
  /** Handles of libuv on this thread's loop. */
  readonly watchers: HandleBinding;
  /** A descriptor that is readable once a process has ended, or a negative errno. */
  openProcess(pid: number): number;
  /** How a child has ended, as `waitpid` has it; undefined while it runs; a negative errno. It stays to be reaped. */
  processStatus(pid: number): number | undefined;
  /**
   * From now on `watcher` is told of rejections that nobody handles, and of handlers that come later; true keeps it from
   * Node. Not there where this build does not show Node's own function.
   */
  watchRejections?(watcher: (isRejected: boolean, promise: Promise<unknown>, reason: unknown) => boolean): void;
  /** Lets Node hear of a rejection that was kept from it. */
  tellRejection?(promise: Promise<unknown>, reason: unknown): void;
  /** How many handles and how many requests keep the loop alive: arrays of length 1 over libuv's own counters. */
  loopActivity(): [handles: Uint32Array, requests: Uint32Array];
  /** Whether the running code was called, at whatever depth, by WebAssembly. */
  isBelowWasm(): boolean;
  /** Sets whether V8 collects the whole heap where it would collect its young part alone, and moves no code. */
  collectCarefully(isOn: boolean): void;
  readonly files: Files;
  /**
   * Has a thread watch the loop, or the one that does go on in another way.
   *
   * @param period how many milliseconds the loop may be blocked
   * @param prints whether to write to standard error while it is blocked for long
   * @param async the number of an async that is sent for each report
   * @param greenlets the handles by id, of which the report has that of the greenlet
   * @returns 0 or a negative errno
   */
  startWatchdog(period: number, prints: boolean, async: number, greenlets: readonly unknown[]): number;
  stopWatchdog(): void;
  /** Has nothing said of what this thread is at, until it does something else. */
  ignoreBlocking(): void;
  /** The oldest report that was not taken yet. */
  takeBlockingReport(): BlockingReport | undefined;
  /** Node's own loaders, or undefined where this build does not show them. */
  internals(): Internals | undefined;
}

/** Handles of libuv, by small numbers. What fails returns a negative errno. */
export interface HandleBinding {
  /**
   * Makes one that does nothing yet, and returns its id.
   *
   * @param kind 0 io, 1 signal, 2 async, 3 idle, 4 prepare, 5 check
   * @param number the descriptor of an io handle, the number of a signal
   * @param dispatch is called with an id and a value for each event, on the main stack; must not throw
   */
  open(kind: number, number: number, dispatch: (id: number, value: number) => void): number;
  start(id: number, events: number): number;
  stop(id: number): void;
  /** Sets whether the process stays alive for it while it is started; so unless set. */
  hold(id: number, holds: boolean): void;
  close(id: number): void;
  /** The number by which any thread may `send` to an async. */
  number(id: number): number;
  /** Whether there was such an async. */
  send(number: number): boolean;
  /** How many are open in this thread. */
  count(): number;
  /** Whether anything is left that the loop would go on for. */
  isLoopAlive(): boolean;
}

/** Whether a call of the file system would keep its caller waiting, found out without waiting. */
export const enum Peek {
  /** It would not, whether it succeeds or fails. */
  Ready,
  /** It may wait for a disk or a server. */
  Waits,
  /** It may wait, and what it is about is not in memory: neither is its type. */
  Unknown,
  /** It may wait without end, for whoever is at the other end. */
  Rendezvous,
  /** It is done. */
  Done,
}

/** What can be done with files without waiting. Paths are strings or bytes, as Node's C++ takes them. */
export interface Files {
  /** Looking something up: `stat`, `lstat`, `access`, `readlink`. */
  peekPath(path: unknown, followsLinks: boolean): Peek;
  peekOpen(path: unknown, flags: number): Peek;
  /** `fstat`. */
  peekStat(fd: number): Peek;
  peekClose(fd: number): Peek;
  peekWrite(fd: number, length: number): Peek;
  /**
   * Opens what it can without waiting.
   *
   * @param opened its first element becomes the descriptor, or -1; with Peek.Rendezvous that of a FIFO's reader, to be
   *   closed once its writer has come
   */
  open(path: unknown, flags: number, opened: Int32Array): Peek;
  /**
   * Reads what it can without waiting.
   *
   * @param position in the file; negative for where it is
   * @param counted its first element becomes the number of bytes that were read
   */
  read(fd: number, bytes: ArrayBufferView, offset: number, length: number, position: number, counted: Int32Array): Peek;
  /**
   * Reads a whole file without waiting: Peek.Done, or nothing has happened; with Peek.Waits because the file is not in
   * memory.
   *
   * @param bytes at least as long as the file may be
   * @param told its first element becomes the length of the file; with Peek.Rendezvous the descriptor of a FIFO's reader, to
   *   be closed once it is open as what it is, or -1
   */
  readWhole(path: unknown, bytes: Uint8Array, told: Int32Array): Peek;
  /**
   * Has a thread read a whole file, in one go.
   *
   * @param done is given its bytes, or nothing if it cannot be read like that; must not throw
   */
  startRead(path: unknown, done: (bytes: Buffer | undefined) => void): void;
  /** Closes such a reader. */
  closeReader(reader: number): void;
  /** Opens in a thread of its own; returns a descriptor that is readable when that has ended, or a negative errno. */
  startOpen(path: unknown, flags: number, mode: number): number;
  /** The descriptor that was opened, or a negative errno. */
  takeOpen(signal: number): number;
  /** Has what will be opened closed. */
  dropOpen(signal: number): void;
  /**
   * Makes a descriptor that is readable when another has an event, or returns a negative errno.
   *
   * @param events as epoll has them
   */
  openPoll(fd: number, events: number): number;
  closePoll(poll: number): void;
  /** The error that Node makes of these. */
  exception(errno: number, syscall: string, path: unknown): NodeJS.ErrnoException;
}

/**
 * What has blocked the loop: for how many milliseconds, whether in C++, the handle of the greenlet, and the stack. Null and
 * an empty one if nobody knows.
 */
export type BlockingReport = readonly [blockedFor: number, wasInNative: boolean, handle: unknown, stack: string];

/** On Node 20 it has neither. */
export interface Extras {
  getContinuationPreservedEmbedderData?(): unknown;
  setContinuationPreservedEmbedderData?(frame: unknown): void;
}

/** The two functions by which Node's built-in modules reach each other. */
export interface Internals {
  internalBinding(name: string): unknown;
  require(id: string): unknown;
}

const LOADED = Symbol.for('unblock.loaded');

function load(): Binding {
  const where = `Node ${process.version} on ${process.platform}-${process.arch}`;
  const missing = whyNoBinary();
  if (missing !== undefined) throw new BinaryError(`${missing}: run "npm rebuild unblock"`);
  const module = { exports: {} as Binding };
  try {
    process.dlopen(module, BINARY);
  } catch (error) {
    const { message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
    if (code === 'ERR_UNBLOCK_UNSUPPORTED') {
      throw new UnsupportedError(`unblock does not know this build of ${where}: ${message}`, { cause: error });
    }
    const advice =
      code === 'ERR_DLOPEN_DISABLED'
        ? 'start without --no-addons, or with --allow-addons if there is --permission'
        : 'run "npm rebuild unblock"';
    throw new BinaryError(`unblock could not load its binary for ${where}: ${message}; ${advice}`, { cause: error });
  }
  const lacking = firstMissing(module.exports);
  if (lacking !== undefined) {
    const which = `the binary for ${where} (${BINARY}) is of another version of unblock`;
    throw new BinaryError(`${which}: it has no ${lacking}; run "npm rebuild unblock"`);
  }
  return module.exports;
}

// One copy of the package per thread: the greenlets of a second one would not know of ours, nor we of theirs.
function claimThread(): void {
  const holder: NodeJS.Process & { [LOADED]?: string } = process;
  const first = holder[LOADED];
  if (first !== undefined) {
    throw new LoadedTwiceError(
      `unblock is loaded already from ${first}; a second copy, ${ROOT}, would have its own hub`,
    );
  }
  Object.defineProperty(holder, LOADED, { value: ROOT });
}

function open(): Binding {
  const unsupported = whyUnsupported();
  if (unsupported !== undefined) throw new UnsupportedError(unsupported);
  claimThread();
  const opened = load();
  const configure = (): void => opened.configure(config.stackSize, config.stackGuard, config.stackPool);
  configure();
  onConfig(['stackSize', 'stackGuard', 'stackPool'], configure);
  return opened;
}

/** The native core of this thread. */
export const binding: Binding = open();
