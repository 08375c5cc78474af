import { checkCount } from '../argument-checks';
import { invalidArgType, outOfRange } from '../errors';
import type { Callback } from '../hub/callback';
import { getHub } from '../hub/hub';
import { systemError } from './system-error';
import { UvHandle } from './uv-handle';
import { Watcher, type WatcherOptions } from './watcher';

/** For `loop.io`: tell when there is something to read. Source: `gevent.core.READ`. */
export const READ = 1;
/** For `loop.io`: tell when there is room to write. Source: `gevent.core.WRITE`. */
export const WRITE = 2;
/** What the handle adds when the descriptor has failed: then it has stopped. */
const FAILED = 16;

const hub = getHub();
const polls = new Map<number, Poll>();

/** One descriptor, which libuv lets one handle poll, for any number of watchers. */
class Poll {
  readonly #handle: UvHandle;
  readonly #active = new Set<IoWatcher>();
  // How many watchers are not closed.
  #users = 1;
  #events = 0;
  #isClosed = false;

  constructor(readonly fd: number) {
    this.#handle = new UvHandle('io', fd, (ready) => this.#onReady(ready));
    polls.set(fd, this);
  }

  /** The one for a descriptor, for one watcher more. */
  static acquire(fd: number): Poll {
    const poll = polls.get(fd);
    if (poll === undefined) return new Poll(fd);
    poll.#users++;
    return poll;
  }

  /** Whether the descriptor may mean another file by now. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  add(watcher: IoWatcher): void {
    this.#active.add(watcher);
    this.#update();
  }

  remove(watcher: IoWatcher): void {
    if (this.#active.delete(watcher)) this.#update();
  }

  /** Follows the watchers' `ref`. */
  hold(): void {
    if (!this.#isClosed) this.#handle.hold([...this.#active].some(({ ref }) => ref));
  }

  release(): void {
    if (--this.#users === 0) this.#close();
  }

  /** Tells all that the descriptor goes; whether there are any. */
  end(): boolean {
    this.#close();
    for (const watcher of this.#active) watcher.feed();
    return this.#active.size > 0;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handle.close();
    polls.delete(this.fd);
  }

  #update(): void {
    if (this.#isClosed) return;
    let events = 0;
    for (const watcher of this.#active) events |= watcher.events;
    if (events !== this.#events) this.#start(events);
    this.hold();
  }

  #start(events: number): void {
    this.#events = events;
    if (events === 0) this.#handle.stop();
    else this.#handle.start(events);
  }

  #onReady(ready: number): void {
    // One that another one's function stops meanwhile has nothing left to call.
    for (const watcher of [...this.#active]) {
      if ((watcher.events & ready) !== 0) watcher.onReady(ready & watcher.events);
    }
    // Readiness lasts: as long as it does, all are told at each turn.
    if ((ready & FAILED) !== 0 && !this.#isClosed) this.#start(this.#events);
  }
}

/**
 * Calls a function whenever a descriptor can be read or written, at each turn of the loop as long as it can. Any number
 * may watch one descriptor; but not one that a socket or a stream of Node's own has, whose events are Node's. It has to be
 * stopped before the descriptor is closed: see `loop.closingFd`.
 *
 * Source: `loop.io`.
 */
export class IoWatcher extends Watcher {
  readonly fd: number;
  /** What it waits for: READ, WRITE or both. */
  readonly events: number;
  /** What was ready when its function was called last. */
  revents = 0;
  #poll: Poll;
  #fed: Callback | undefined;

  /** Made by `loop.io`. */
  constructor(fd: number, events: number, options?: WatcherOptions) {
    super(options);
    if (typeof fd !== 'number') throw invalidArgType('fd', 'a number', fd);
    if (!Number.isInteger(fd) || fd < 0) throw systemError('EBADF', { message: `${fd} is no file descriptor` });
    if (typeof events !== 'number') throw invalidArgType('events', 'a number', events);
    if (![READ, WRITE, READ | WRITE].includes(events)) throw outOfRange('events', 'READ, WRITE or both', events);
    this.fd = fd;
    this.events = events;
    this.#poll = Poll.acquire(fd);
    this.opened();
  }

  override get pending(): boolean {
    return this.#fed?.pending === true;
  }

  /** Calls the function; for the poll. */
  onReady(ready: number): void {
    this.revents = ready;
    this.fire();
  }

  /** Has the function called soon; for the poll. */
  feed(): void {
    this.#fed = hub.runCallback(() => this.onReady(this.events));
  }

  protected override arm(): void {
    if (this.#poll.isClosed) this.#poll = Poll.acquire(this.fd);
    this.#poll.add(this);
  }

  protected override disarm(): void {
    this.#fed?.stop();
    this.#poll.remove(this);
  }

  protected override hold(): void {
    this.#poll.hold();
  }

  protected override release(): void {
    this.#poll.release();
  }

  protected override describe(): string[] {
    return [`fd ${this.fd}`, ['', 'READ', 'WRITE', 'READ | WRITE'][this.events]!];
  }
}

/** Tells those who watch a descriptor that it is about to be closed; see `loop.closingFd`. */
export function closingFd(fd: number): boolean {
  checkCount(fd, 'fd', 0);
  return polls.get(fd)?.end() === true;
}
