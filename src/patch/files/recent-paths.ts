import { clock } from '../../core/clock';

/** How long what was in the kernel's memory is taken to be there still, in milliseconds. */
const PERIOD = 250;
const CALLS_PER_LOOK = 16;
const MOST = 1000;

/** The paths that were found in the kernel's memory just now: those are looked up again without asking. */
export class RecentPaths {
  #paths = new Set<string>();
  #older = new Set<string>();
  #until = 0;
  #calls = 0;

  has(path: unknown): boolean {
    if (++this.#calls % CALLS_PER_LOOK === 0) this.#forget();
    return typeof path === 'string' && (this.#paths.has(path) || this.#older.has(path));
  }

  add(path: unknown): void {
    if (typeof path !== 'string') return;
    if (this.#paths.size === MOST) this.#turn();
    this.#paths.add(path);
  }

  #forget(): void {
    const now = clock.now();
    if (now < this.#until) return;
    this.#until = now + PERIOD;
    this.#turn();
  }

  #turn(): void {
    this.#older = this.#paths;
    this.#paths = new Set();
  }
}
