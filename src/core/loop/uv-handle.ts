import { binding } from '../binding';
import { getHub } from '../hub/hub';
import { systemError } from './system-error';

/** What libuv can tell of; in the order of their numbers. */
const KINDS = ['io', 'signal', 'async', 'idle', 'prepare', 'check'] as const;

export type HandleKind = (typeof KINDS)[number];

const hub = getHub();
const { watchers } = binding;
const handles = new Map<number, UvHandle>();

/**
 * A handle of libuv on the loop that Node runs. Its events come on the hub, and Node runs its ticks and microtasks after
 * each, as after every callback. It must be closed.
 */
export class UvHandle {
  readonly #id: number;
  readonly #onEvent: (value: number) => void;
  #isClosed = false;

  /**
   * @param kind what it tells of
   * @param number the descriptor or the signal, for the kinds that have one
   * @param onEvent is given what the kind has to say, for io the events that are ready; must not throw
   * @throws the system's error
   */
  constructor(kind: HandleKind, number: number, onEvent: (value: number) => void) {
    this.#onEvent = onEvent;
    this.#id = checked(watchers.open(KINDS.indexOf(kind), number, dispatch), `uv_${kind}_init`);
    handles.set(this.#id, this);
  }

  /**
   * Has it tell of its events; started again, of these in place of those.
   *
   * @param events what io is to wait for
   * @throws the system's error
   */
  start(events = 0): void {
    checked(watchers.start(this.#id, events), 'uv_start');
  }

  stop(): void {
    if (!this.#isClosed) watchers.stop(this.#id);
  }

  /** Sets whether the process stays alive for it while it is started; so unless set. */
  hold(holds: boolean): void {
    if (!this.#isClosed) watchers.hold(this.#id, holds);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    handles.delete(this.#id);
    watchers.close(this.#id);
  }

  /** The number by which any thread may wake an async. */
  get number(): number {
    return watchers.number(this.#id);
  }

  /** For what all handles have in common. */
  static dispatch(id: number, value: number): void {
    const handle = handles.get(id)!;
    const outer = hub.enter(false);
    try {
      handle.#onEvent(value);
    } finally {
      hub.exit(outer);
    }
  }
}

function dispatch(id: number, value: number): void {
  UvHandle.dispatch(id, value);
}

function checked(result: number, what: string): number {
  if (result < 0) throw systemError(result, { syscall: what });
  return result;
}

/** How many are open; for tests and reports. */
export function countHandles(): number {
  return watchers.count();
}

hub.atDestroy(() => {
  for (const handle of [...handles.values()]) handle.close();
});
