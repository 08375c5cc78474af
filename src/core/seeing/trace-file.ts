import { node } from '../node';

/** How many characters are written at once, at least, unless somebody wants them written. */
const CHUNK = 256 * 1024;

/**
 * A file of events in Chrome's trace format: a JSON array. The format allows an array that has no end, so that what is
 * written so far can be read even if the process is killed; all other ends of a process give it one.
 */
export class TraceFile {
  readonly #fd: number;
  #text = '[\n';
  #isFirst = true;

  /**
   * Makes the file, or empties it.
   *
   * @throws what `openSync` throws
   */
  constructor(path: string) {
    this.#fd = node.openSync(path, 'w');
  }

  /** Adds an event. Now and then all that was added since is written. */
  add(event: object): void {
    this.#text += `${this.#isFirst ? '' : ',\n'}${JSON.stringify(event)}`;
    this.#isFirst = false;
    if (this.#text.length >= CHUNK) this.flush();
  }

  /** Ends the array and closes the file; to be called once, last. */
  close(): void {
    this.#text += '\n]\n';
    this.flush();
    node.closeSync(this.#fd);
  }

  /** Writes what was added and is not written yet. */
  flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    for (let written = 0; written < bytes.length;) written += node.writeSync(this.#fd, bytes, written);
  }
}
