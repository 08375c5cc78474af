import type { Stats } from 'node:fs';

import { checkCount } from '../argument-checks';
import { invalidArgType, outOfRange } from '../errors';
import type { Callback } from '../hub/callback';
import { getHub } from '../hub/hub';
import { internals } from '../internals';
import { Watcher, type WatcherOptions } from './watcher';

/** How often a path is looked at unless said otherwise, in milliseconds; as upstream. */
const INTERVAL = 5000;

/** The longest time between two looks. */
const LONGEST = 2 ** 32 - 1;

interface NodeStatWatcher {
  on(event: 'change', listener: (now: Stats, before: Stats) => void): void;
  ref(): void;
  unref(): void;
  stop(): void;
  [start: symbol]: (path: string, isRef: boolean, interval: number) => void;
}

interface NodeWatchers {
  readonly StatWatcher: new (useBigint: boolean) => NodeStatWatcher;
  readonly kFSStatWatcherStart: symbol;
}

// What is under `fs.watchFile`, which has one for all that watch a path.
// Not before one is made: few programs do.
const nodeWatchers = (): NodeWatchers =>
  internals.internalModule('internal/fs/watchers', 'StatWatcher', 'kFSStatWatcherStart') as NodeWatchers;
const hub = getHub();

/**
 * Calls a function whenever a file has changed, was made or has gone, which is found by asking for its status now and then.
 *
 * Source: `loop.stat`.
 */
export class StatWatcher extends Watcher {
  readonly path: string;
  /** How often it looks, in milliseconds. */
  readonly interval: number;
  /** The file's status when its function was called last; undefined before, and if there is no file. */
  attr: Stats | undefined;
  /** The status before that; of a file that is there again, the one it had when it was there before. */
  prev: Stats | undefined;
  readonly #node = nodeWatchers();
  #watcher: NodeStatWatcher | undefined;
  #change: Callback | undefined;

  /** Made by `loop.stat`. */
  constructor(path: string, interval = 0, options?: WatcherOptions) {
    super(options);
    if (typeof path !== 'string') throw invalidArgType('path', 'a string', path);
    checkCount(interval, 'interval', 0);
    if (interval > LONGEST) throw outOfRange('interval', `<= ${LONGEST}`, interval);
    this.path = path;
    this.interval = interval === 0 ? INTERVAL : interval;
    this.opened();
  }

  override get pending(): boolean {
    return this.#change?.pending === true;
  }

  protected override arm(): void {
    const watcher = new this.#node.StatWatcher(false);
    watcher[this.#node.kFSStatWatcherStart]!(this.path, this.ref, this.interval);
    // Node calls this where it can block, and the function must not.
    watcher.on('change', (now, before) => {
      this.#change = hub.runCallback(() => {
        this.attr = existing(now);
        this.prev = existing(before);
        this.fire();
      });
    });
    this.#watcher = watcher;
  }

  protected override disarm(): void {
    this.#change?.stop();
    this.#watcher!.stop();
    this.#watcher = undefined;
  }

  protected override hold(holds: boolean): void {
    if (holds) this.#watcher!.ref();
    else this.#watcher!.unref();
  }

  protected override release(): void {}

  protected override describe(): string[] {
    return [this.path];
  }
}

// Node gives zeros for a file that is not there.
function existing(stats: Stats): Stats | undefined {
  return stats.nlink === 0 ? undefined : stats;
}
