/** What the generated calls are given, good and bad, picked at random from a seed. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A source of numbers that are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 7919 + 1) % 2147483647;
  }

  /** A whole number from 0, less than this. */
  below(limit: number): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state % limit;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Whether something comes true that does in so many percent of all cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** Names of what there is at first, and of some things that there are not. */
const NAMES = ['file', 'empty', 'big', 'dir', 'dir/inner', 'dir/sub', 'dir/sub/deep', 'link', 'dir-link', 'dangling'];
const ODD_NAMES = [
  'loop',
  'missing',
  'missing/inner',
  'file/inner',
  'link/inner',
  `${'x'.repeat(300)}`,
  'fifo',
  'späß',
];
const NEW_NAMES = Array.from({ length: 6 }, (_, index) => `new${index}`);
const BAD_PATHS: readonly unknown[] = [
  undefined,
  null,
  1.5,
  true,
  {},
  [],
  'a\0b',
  Buffer.from('a\0b'),
  Symbol('path'),
  new URL('http://example.org/'),
  () => {},
];
const BAD_FDS: readonly unknown[] = [
  987654,
  987654,
  987654,
  987654,
  -1,
  1.5,
  2 ** 31,
  true,
  null,
  undefined,
  NaN,
  {},
  5n,
];
const NUMBERS: readonly unknown[] = [0, 1, 3, 5, 10, 4096];
const ODD_NUMBERS: readonly unknown[] = [-1, 1.5, 70_000, NaN, Infinity, null, undefined, '2', 3n, -4n, {}, true];
// Not 2 ** 31, at which Node ends the process.
const ODD_MODES: readonly unknown[] = [-1, 1.5, 2 ** 53, NaN, null, '9', 'x', 3n, {}, true];
const ENCODINGS: readonly unknown[] = [
  'utf8',
  'buffer',
  'hex',
  'latin1',
  'base64',
  'utf16le',
  'ascii',
  undefined,
  null,
];
const ODD_ENCODINGS: readonly unknown[] = ['nonsense', 5, {}, true, Symbol('e')];

/** The arguments of one sequence of calls, all within its directory. */
export class Arguments {
  readonly random: Random;
  readonly directory: string;
  readonly fds: number[] = [];

  constructor(seed: number, directory: string) {
    this.random = new Random(seed);
    this.directory = directory;
  }

  /** A path, most times of something that was there at first. */
  path(): unknown {
    const { random } = this;
    if (random.chance(6)) return random.pick(BAD_PATHS);
    const name = random.chance(55) ? random.pick(NAMES) : random.pick(random.chance(60) ? NEW_NAMES : ODD_NAMES);
    const whole = path.join(this.directory, name);
    if (random.chance(10)) return Buffer.from(whole);
    if (random.chance(10)) return pathToFileURL(whole);
    return whole;
  }

  /** A path of what is not opened: some files let who opens them wait. */
  looked(): unknown {
    return this.random.chance(5) ? `${this.directory}-fifo` : this.path();
  }

  /** A path of what may come into being. */
  newPath(): unknown {
    return this.random.chance(70) ? path.join(this.directory, this.random.pick(NEW_NAMES)) : this.path();
  }

  /** A path of what has not been there at first. */
  freshPath(): unknown {
    const { random } = this;
    return path.join(this.directory, random.pick(random.chance(85) ? NEW_NAMES : ODD_NAMES));
  }

  /** What to copy. Never a link that leads nowhere: at some of them Node ends the process. */
  source(): unknown {
    const { random } = this;
    if (random.chance(10)) return random.pick(BAD_PATHS);
    return path.join(
      this.directory,
      random.pick(['file', 'empty', 'big', 'dir', 'dir', 'dir', 'dir/sub', 'missing', 'file/inner']),
    );
  }

  /** Where to copy it to. */
  target(): unknown {
    const { random } = this;
    if (random.chance(5)) return random.pick(BAD_PATHS);
    return path.join(
      this.directory,
      random.pick(['copy0', 'copy1', 'copy2', 'copy2/sub', 'dir/sub/copy', 'file', 'missing/copy']),
    );
  }

  fd(): unknown {
    const { random, fds } = this;
    return fds.length > 0 && random.chance(75) ? random.pick(fds) : random.pick(BAD_FDS);
  }

  pathOrFd(): unknown {
    return this.random.chance(30) ? this.fd() : this.path();
  }

  number(): unknown {
    return this.random.pick(this.random.chance(75) ? NUMBERS : ODD_NUMBERS);
  }

  /** A place in a file: often that where the last call has left off. */
  position(): unknown {
    return this.random.chance(50) ? null : this.number();
  }

  encoding(): unknown {
    return this.random.pick(this.random.chance(90) ? ENCODINGS : ODD_ENCODINGS);
  }

  flags(): unknown {
    const { random } = this;
    if (random.chance(50)) return random.pick(['r', 'r+', 'rs', 'rs+', undefined]);
    if (random.chance(80)) return random.pick(['w', 'wx', 'w+', 'a', 'ax', 'a+', 0, 1, 2, 0o1101, 0o200000]);
    return random.pick(['nonsense', null, {}, -1, 1.5, '', 'R']);
  }

  mode(): unknown {
    return this.random.pick(this.random.chance(80) ? [undefined, 0o644, 0o600, '755', '640'] : ODD_MODES);
  }

  time(): unknown {
    const { random } = this;
    if (random.chance(80))
      return random.pick<unknown>([0, 1_000_000_000, 1_234_567_890.5, '1500000000', new Date(5e11)]);
    return random.pick<unknown>([NaN, Infinity, -1, {}, null, undefined, 'x']);
  }

  id(): unknown {
    return this.random.pick<unknown>(this.random.chance(70) ? [-1, 0, 12345] : ODD_NUMBERS);
  }

  buffer(): unknown {
    const { random } = this;
    if (random.chance(8)) return random.pick<unknown>([undefined, null, 5, {}, [], new ArrayBuffer(4), 'text']);
    const length = random.pick([0, 1, 5, 64, 1000]);
    const bytes = Buffer.alloc(length, 'abc');
    return random.pick<unknown>([
      bytes,
      bytes,
      new Uint8Array(length),
      new Float64Array(length),
      new DataView(new ArrayBuffer(16), 3),
    ]);
  }

  buffers(): unknown {
    const { random } = this;
    if (random.chance(10)) return random.pick<unknown>([undefined, {}, [5], 'x', Buffer.alloc(3), [null]]);
    return Array.from({ length: random.below(4) }, () => Buffer.alloc(random.below(20), 'xyz'));
  }

  /** What a file is to hold. */
  data(): unknown {
    const { random } = this;
    if (random.chance(8)) return random.pick<unknown>([undefined, null, 5, {}, [], true, Symbol('data')]);
    return random.pick<unknown>([
      'text',
      'späß €',
      '',
      'x'.repeat(70_000),
      Buffer.from('bytes'),
      new Float32Array(3),
      '\ud800',
    ]);
  }

  /** An options object with some of these, each made anew; or what is no such object. */
  options(makers: Readonly<Record<string, () => unknown>>): unknown {
    const { random } = this;
    if (random.chance(15)) return undefined;
    if (random.chance(6)) return random.pick<unknown>([null, 5, true, 'nonsense', [], Symbol('options')]);
    const chosen = Object.entries(makers).filter(() => random.chance(50));
    return Object.fromEntries(chosen.map(([name, make]) => [name, make()]));
  }

  flag = (): unknown => this.random.pick<unknown>(this.random.chance(85) ? [true, false] : [undefined, null, 1, 'x']);
}
