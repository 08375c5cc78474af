import { clock } from '../clock';
import { invalidArgType, outOfRange } from '../errors';

/** How many turns are given between two looks at the clock. */
const TURNS_PER_LOOK = 64;
const UNKNOWN = Infinity;

/** How long those who are ready get their turns before the loop gets its own. */
export class Turns {
  #interval = 5;
  #count = 0;
  // When they have to end, by `clock.now`; 0 when that is over.
  #end = UNKNOWN;

  /** Milliseconds. */
  get interval(): number {
    return this.#interval;
  }

  set interval(milliseconds: number) {
    if (typeof milliseconds !== 'number') throw invalidArgType('switchInterval', 'a number', milliseconds);
    if (!(milliseconds > 0)) throw outOfRange('switchInterval', '> 0', milliseconds);
    this.#interval = milliseconds;
  }

  /** Begins a new stretch of turns. */
  begin(): void {
    this.#count = 0;
    this.#end = UNKNOWN;
  }

  /** Whether there is time for one more. The clock is looked at now and then only, and starts at the first look. */
  hasTime(): boolean {
    if (++this.#count % TURNS_PER_LOOK !== 0) return this.#end > 0;
    const now = clock.now();
    if (this.#end === UNKNOWN) this.#end = now + this.#interval;
    else if (now > this.#end) this.#end = 0;
    return this.#end > 0;
  }
}
