import { checkFunction } from '../argument-checks';
import { getHub } from '../hub/hub';
import { RawGreenlet } from '../switching/raw-greenlet';
import { SignalWatcher } from './handle-watcher';

const hub = getHub();

/** What `signalHandler` has set. */
export class SignalHandler implements Disposable {
  readonly #watcher: SignalWatcher;

  /** Made by `signalHandler`. */
  constructor(signal: NodeJS.Signals | number, run: () => unknown) {
    this.#watcher = new SignalWatcher(signal, { ref: false });
    try {
      this.#watcher.start(() => void new RawGreenlet(run, hub.greenlet).switch());
    } catch (error) {
      this.#watcher.close();
      throw error;
    }
  }

  /** Whether the process stays alive for it; false unless it is set. */
  get ref(): boolean {
    return this.#watcher.ref;
  }

  set ref(ref: boolean) {
    this.#watcher.ref = ref;
  }

  /** Takes it back: the signal does again what it has done before. */
  cancel(): void {
    this.#watcher.close();
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}

/**
 * Has a function called, each time in a greenlet of its own, when the process gets a signal. An error of its goes where
 * those of raw greenlets go.
 *
 * @param signal its name or its number
 * @param handler the function; it may block
 * @param args its arguments
 * @returns what takes it back, and says whether the process stays alive for it, which it does not at first
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no function or no signal, ERR_UNKNOWN_SIGNAL; {Error} EINVAL for
 *   SIGKILL and SIGSTOP, which nobody can handle; {HubDestroyedError}
 * @example
 * const handler = signalHandler('SIGHUP', () => writeFileSync('state.json', JSON.stringify(state)));
 *
 * Source: `gevent.signal_handler`.
 */
export function signalHandler<A extends unknown[]>(
  signal: NodeJS.Signals | number,
  handler: (...args: A) => unknown,
  ...args: A
): SignalHandler {
  checkFunction(handler, 'handler');
  return new SignalHandler(signal, () => handler(...args));
}
