/** Calls of every synchronous function of `fs`, generated from a seed. */
import fs from 'node:fs';
import path from 'node:path';

import { Arguments } from './arguments';

/** A call to be made. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Makes it; gives what it returns, or throws. */
  readonly make: () => unknown;
}

type Make = (given: Arguments) => readonly unknown[];

const readOptions = (given: Arguments): unknown =>
  given.random.chance(40)
    ? given.encoding()
    : given.options({ encoding: () => given.encoding(), flag: () => given.flags() });
const writeOptions = (given: Arguments): unknown =>
  given.random.chance(25)
    ? given.encoding()
    : given.options({
        encoding: () => given.encoding(),
        flag: () => given.flags(),
        mode: () => given.mode(),
        flush: given.flag,
      });
const encodingOptions = (given: Arguments): unknown =>
  given.random.chance(50) ? given.encoding() : given.options({ encoding: () => given.encoding() });
const statOptions = (given: Arguments): unknown => given.options({ bigint: given.flag, throwIfNoEntry: given.flag });
// In milliseconds, or a failing call takes its time.
const rmOptions = (given: Arguments): unknown =>
  given.options({
    recursive: given.flag,
    force: given.flag,
    maxRetries: () => given.random.pick<unknown>([0, 1, -1, 'x']),
    retryDelay: () => 1,
  });
const cpOptions = (given: Arguments): unknown =>
  given.options({
    recursive: () => given.random.chance(80),
    force: given.flag,
    errorOnExist: given.flag,
    dereference: given.flag,
    preserveTimestamps: given.flag,
    verbatimSymlinks: given.flag,
    mode: () => given.random.pick<unknown>([0, 1, 2, 9, 'x']),
    ...(given.random.chance(30) ? { filter: () => () => true } : {}),
  });

// With each name how its arguments are made; those that others need something from come more than once.
const MAKERS: ReadonlyArray<readonly [name: string, make: Make]> = [
  ['accessSync', (given) => [given.looked(), given.random.pick<unknown>([undefined, 0, 1, 2, 4, 7, 9, 'x', null])]],
  ['appendFileSync', (given) => [given.pathOrFd(), given.data(), writeOptions(given)]],
  ['chmodSync', (given) => [given.looked(), given.mode()]],
  ['chownSync', (given) => [given.looked(), given.id(), given.id()]],
  [
    'copyFileSync',
    (given) => [given.path(), given.newPath(), given.random.pick<unknown>([undefined, 0, 1, 2, 4, 9, 'x'])],
  ],
  ['cpSync', (given) => [given.source(), given.target(), cpOptions(given)]],
  ['existsSync', (given) => [given.looked()]],
  ['fchmodSync', (given) => [given.fd(), given.mode()]],
  ['fchownSync', (given) => [given.fd(), given.id(), given.id()]],
  ['fdatasyncSync', (given) => [given.fd()]],
  ['fstatSync', (given) => [given.fd(), statOptions(given)]],
  ['fsyncSync', (given) => [given.fd()]],
  ['ftruncateSync', (given) => [given.fd(), given.number()]],
  ['futimesSync', (given) => [given.fd(), given.time(), given.time()]],
  ['lchownSync', (given) => [given.looked(), given.id(), given.id()]],
  ['linkSync', (given) => [given.path(), given.newPath()]],
  ['lstatSync', (given) => [given.looked(), statOptions(given)]],
  ['lutimesSync', (given) => [given.looked(), given.time(), given.time()]],
  [
    'mkdirSync',
    (given) => [
      given.newPath(),
      given.random.chance(40) ? given.mode() : given.options({ recursive: given.flag, mode: () => given.mode() }),
    ],
  ],
  [
    'mkdirSync',
    (given) => [
      path.join(given.directory, given.random.pick(['new1/a/b', 'file/a/b', 'dir/a/b', 'dangling/a'])),
      { recursive: true },
    ],
  ],
  [
    'mkdtempSync',
    (given) => [
      path.join(given.directory, given.random.pick(['tmp-', 'missing/tmp-', 'file/tmp-'])),
      given.random.pick<unknown>(['utf8', 'buffer', undefined, null, {}, 5, 'nonsense']),
    ],
  ],
  ['openSync', (given) => [given.path(), given.flags(), given.mode()]],
  ['openSync', (given) => [given.newPath(), given.random.pick(['w+', 'a+', 'wx']), given.mode()]],
  ['openSync', (given) => [path.join(given.directory, 'big'), 'r']],
  ['readFileSync', (given) => [given.pathOrFd(), readOptions(given)]],
  ['readFileSync', (given) => [given.pathOrFd(), readOptions(given)]],
  ['readSync', (given) => [given.fd(), given.buffer(), given.number(), given.number(), given.position()]],
  [
    'readSync',
    (given) => [
      given.fd(),
      Buffer.alloc(100),
      given.options({ offset: () => given.number(), length: () => given.number(), position: () => given.position() }),
    ],
  ],
  ['readvSync', (given) => [given.fd(), given.buffers(), given.position()]],
  [
    'readdirSync',
    (given) => [
      given.path(),
      given.random.chance(40)
        ? given.encoding()
        : given.options({ encoding: () => given.encoding(), withFileTypes: given.flag, recursive: given.flag }),
    ],
  ],
  ['readlinkSync', (given) => [given.looked(), encodingOptions(given)]],
  ['realpathSync', (given) => [given.looked(), encodingOptions(given)]],
  ['realpathSync.native', (given) => [given.path(), encodingOptions(given)]],
  ['renameSync', (given) => [given.path(), given.freshPath()]],
  ['rmSync', (given) => [given.newPath(), rmOptions(given)]],
  ['rmSync', (given) => [given.target(), rmOptions(given)]],
  ['rmdirSync', (given) => [given.newPath(), given.options({ maxRetries: () => given.number() })]],
  ['statSync', (given) => [given.looked(), statOptions(given)]],
  ['statfsSync', (given) => [given.path(), given.options({ bigint: given.flag })]],
  [
    'symlinkSync',
    (given) => [given.path(), given.newPath(), given.random.pick<unknown>([undefined, 'file', 'dir', null, 'x', 5])],
  ],
  ['truncateSync', (given) => [given.newPath(), given.number()]],
  ['unlinkSync', (given) => [given.newPath()]],
  ['utimesSync', (given) => [given.looked(), given.time(), given.time()]],
  [
    'writeFileSync',
    (given) => [given.random.chance(20) ? given.fd() : given.newPath(), given.data(), writeOptions(given)],
  ],
  ['writeFileSync', (given) => [given.newPath(), given.data(), writeOptions(given)]],
  ['writeSync', (given) => [given.fd(), given.buffer(), given.number(), given.number(), given.position()]],
  ['writeSync', (given) => [given.fd(), given.data(), given.position(), given.encoding()]],
  ['writevSync', (given) => [given.fd(), given.buffers(), given.position()]],
  [
    'closeSync',
    (given) => [
      given.random.chance(30) && given.fds.length > 3
        ? given.fds.shift()
        : given.random.pick<unknown>([987654, -1, 'x', null]),
    ],
  ],
  [
    'opendirSync',
    (given) => [
      given.path(),
      given.random.chance(30)
        ? given.encoding()
        : given.options({
            encoding: () => given.encoding(),
            bufferSize: () => given.random.pick<unknown>([1, 2, 32, 0, 'x']),
            recursive: given.flag,
          }),
    ],
  ],
  [
    'globSync',
    (given) => [
      given.random.pick(['**/*', '*', 'd*/*', 'none*']),
      { cwd: given.directory, withFileTypes: given.random.chance(20) },
    ],
  ],
];

/** The next call of a sequence. */
export function nextCall(given: Arguments): Call {
  const [name, makeArguments] = given.random.pick(MAKERS.filter(([each]) => functionNamed(each) !== undefined));
  const args = makeArguments(given);
  const run = functionNamed(name)!;
  return {
    name,
    args,
    make: () => {
      const result: unknown = run(...args);
      if (name === 'openSync') given.fds.push(result as number);
      return result instanceof fs.Dir ? entriesOf(result) : result;
    },
  };
}

/** Every name that a call may have. */
export const callNames: readonly string[] = [...new Set(MAKERS.map(([name]) => name))];

function functionNamed(name: string): ((...args: unknown[]) => unknown) | undefined {
  const [outer, inner] = name.split('.') as [string, string?];
  const found = Reflect.get(fs, outer) as Record<string, unknown> | undefined;
  return (inner === undefined ? found : found?.[inner]) as ((...args: unknown[]) => unknown) | undefined;
}

function nameOf(entry: unknown): string {
  return String((entry as fs.Dirent).name);
}

// Everything that a program can do with it, bar its asynchronous methods.
function entriesOf(dir: fs.Dir): unknown {
  const entries: unknown[] = [];
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) entries.push(entry);
  } finally {
    dir.closeSync();
  }
  let afterwards: unknown;
  try {
    dir.readSync();
  } catch (error) {
    afterwards = error;
  }
  // In the order of the file system, which is another each time.
  entries.sort((one, other) => Buffer.compare(Buffer.from(nameOf(one)), Buffer.from(nameOf(other))));
  return { path: dir.path, entries, afterwards };
}
