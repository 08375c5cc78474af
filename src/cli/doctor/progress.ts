import { printable } from './printable';

// As often as one can read it.
const PERIOD = 100;

/** What is needed of a terminal. */
export type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown };

/** A line on a terminal that tells how far the doctor is, and is gone afterwards. */
export class Progress {
  readonly #stream: Terminal;
  #last = 0;

  constructor(stream: Terminal) {
    this.#stream = stream;
  }

  /** Tells where it is, on a terminal, and not too often. */
  show(done: number, all: number, name: string): void {
    if (!this.#stream.isTTY || Date.now() - this.#last < PERIOD) return;
    this.#last = Date.now();
    const line = printable(`unblock doctor: ${done} of ${all} packages, ${name}`);
    this.#stream.write(`\r\u001B[K${line.slice(0, Math.max(this.#stream.columns - 1, 0))}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#last > 0) this.#stream.write('\r\u001B[K');
    this.#last = 0;
  }
}
