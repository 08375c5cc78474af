import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The functions under test. */
export type Name = 'spawnSync' | 'execFileSync' | 'execSync';

/** One call, to be made once. */
export interface Call {
  readonly title: string;
  readonly name: Name;
  /** Makes the arguments; may open files in the directory. */
  readonly args: (directory: string) => unknown[];
  /** What else is to be compared, once the call is over. */
  readonly after?: (directory: string) => unknown;
}

const NAMES: readonly Name[] = ['spawnSync', 'execFileSync', 'execSync'];
const MIB = 1024 * 1024;

// Shell commands that end in a way which no race decides; for the first two, every encoding is tried.
const COMMANDS: Readonly<Record<string, string>> = {
  both: 'echo out; echo err >&2',
  'failure with stderr': 'echo some; echo wrong >&2; exit 3',
  nothing: 'true',
  failure: 'false',
  status: 'exit 42',
  'not ASCII': 'printf "\\303\\244\\342\\202\\254\\377"',
  SIGTERM: 'echo before; kill -TERM $$',
  SIGKILL: 'kill -KILL $$',
  SIGUSR1: 'kill -USR1 $$; sleep 1',
  'much output': 'head -c 300000 /dev/zero',
  directory: 'pwd',
  input: 'cat',
  'no such command': 'no-such-command-at-all',
  'late grandchild': '(sleep 0.1; echo late) & echo early',
};

const ENCODINGS: readonly unknown[] = [
  undefined,
  null,
  'buffer',
  'utf8',
  'hex',
  'base64',
  'latin1',
  'utf16le',
  'nonsense',
];

type OptionCase = readonly [title: string, command: string, options: Readonly<Record<string, unknown>>];

// Options that are fine, each with the shell command that shows their effect.
const FINE_OPTIONS: readonly OptionCase[] = [
  ['none', 'echo x', {}],
  ['cwd', 'pwd', { cwd: '/', encoding: 'utf8' }],
  ['cwd of an URL', 'pwd', { cwd: pathToFileURL('/usr'), encoding: 'utf8' }],
  ['cwd of a Buffer', 'pwd', { cwd: Buffer.from('/usr'), encoding: 'utf8' }],
  ['an empty cwd', 'pwd', { cwd: '', encoding: 'utf8' }],
  ['no such cwd', 'pwd', { cwd: '/no/such/directory', encoding: 'utf8' }],
  ['a file as cwd', 'pwd', { cwd: '/etc/passwd', encoding: 'utf8' }],
  ['env', 'echo $A-$B', { env: { PATH: process.env.PATH, A: '1', B: undefined }, encoding: 'utf8' }],
  [
    'env of odd values',
    'echo $A-$B-$C',
    { env: { PATH: process.env.PATH, A: 1, B: null, C: [1, 2] }, encoding: 'utf8' },
  ],
  ['an inherited env', 'echo $A', { env: Object.create({ PATH: process.env.PATH, A: 'up' }), encoding: 'utf8' }],
  ['no env', 'echo "<$A>"', { env: null, encoding: 'utf8' }],
  ['own uid', 'id -u', { uid: process.getuid!(), encoding: 'utf8' }],
  ['own gid', 'id -g', { gid: process.getgid!(), encoding: 'utf8' }],
  ['another uid', 'id -u', { uid: 12345, encoding: 'utf8' }],
  ['another gid', 'id -g', { gid: 12345, encoding: 'utf8' }],
  [
    'nulls',
    'echo x',
    { uid: null, gid: null, cwd: null, timeout: null, maxBuffer: null, killSignal: null, input: null },
  ],
  ['detached', "ps -o pid= -o sid= -p $$ | awk '{ print ($1 == $2) }'", { detached: true, encoding: 'utf8' }],
  ['not detached', "ps -o pid= -o sid= -p $$ | awk '{ print ($1 == $2) }'", { detached: false, encoding: 'utf8' }],
  ['windowsHide', 'echo x', { windowsHide: true, windowsVerbatimArguments: true }],
  ['an unknown option', 'echo x', { serialization: 'nonsense', signal: 1, stdin: 2 }],
  ['input', 'cat', { input: 'text', encoding: 'utf8' }],
  ['input not ASCII', 'cat', { input: 'ä€' }],
  ['input in an encoding', 'cat', { input: '616263', encoding: 'hex' }],
  ['input of a Buffer', 'cat', { input: Buffer.from([0, 255, 10]) }],
  ['input of a typed array', 'cat', { input: new Uint16Array([1, 2, 3]).subarray(1) }],
  ['input of a DataView', 'cat', { input: new DataView(new ArrayBuffer(8), 2, 3) }],
  ['input that is shared', 'cat', { input: new Uint8Array(new SharedArrayBuffer(4)) }],
  ['empty input', 'cat', { input: '' }],
  ['an empty Buffer as input', 'cat', { input: Buffer.alloc(0) }],
  ['much input', 'cat', { input: Buffer.alloc(MIB / 2, 'ab') }],
  ['input that nobody reads', 'sleep 0.05', { input: Buffer.alloc(MIB) }],
  ['input read in part', 'head -c 10', { input: Buffer.alloc(MIB, 'z') }],
  ['input for a grandchild', 'exec 3<&0; (sleep 0.1; cat <&3 | wc -c) & exit 0', { input: Buffer.alloc(MIB) }],
  ['input for an ignored stdin', 'cat', { input: 'x', stdio: ['ignore', 'pipe', 'pipe'] }],
  ['output to stdin', 'sleep 0.05; echo back >&0; echo $?', { encoding: 'utf8' }],
  ['time that suffices', 'echo x', { timeout: 20_000 }],
  ['a timeout of 0', 'echo x', { timeout: 0 }],
  ['a timeout beyond timers', 'sleep 0.05; echo x', { timeout: 2 ** 31 }],
  ['a timeout beyond all', 'sleep 0.05; echo x', { timeout: Number.MAX_SAFE_INTEGER }],
  ['output of maxBuffer', 'printf 12345', { maxBuffer: 5 }],
  ['output over maxBuffer', 'printf 123456; exec sleep 5', { maxBuffer: 5, encoding: 'utf8' }],
  ['output over maxBuffer, SIGKILL', 'printf 123456; exec sleep 5', { maxBuffer: 5, killSignal: 'SIGKILL' }],
  ['stderr over maxBuffer', 'printf 123456 >&2; exec sleep 5', { maxBuffer: 5, encoding: 'utf8' }],
  ['both over maxBuffer', 'printf 123; sleep 0.1; printf 456 >&2; exec sleep 5', { maxBuffer: 5, encoding: 'utf8' }],
  ['a fraction of maxBuffer', 'printf 123456; exec sleep 5', { maxBuffer: 5.5 }],
  ['a maxBuffer of 0', 'echo x', { maxBuffer: 0 }],
  ['an endless maxBuffer', 'head -c 3000000 /dev/zero', { maxBuffer: Infinity }],
  ['no maxBuffer', 'head -c 3000000 /dev/zero', { maxBuffer: undefined }],
  ['much of both', 'head -c 200000 /dev/zero & head -c 200000 /dev/zero >&2; wait', { stdio: 'pipe' }],
  ['stdio pipe', 'echo a; echo b >&2', { stdio: 'pipe' }],
  ['stdio ignore', 'echo a; echo b >&2', { stdio: 'ignore' }],
  ['stdio inherit', 'echo inherited; echo inherited >&2', { stdio: 'inherit' }],
  ['stdio of nothing', 'echo a; echo b >&2', { stdio: [] }],
  ['stdio of holes', 'echo a; echo b >&2', { stdio: [null, undefined, , null, undefined] }],
  ['stdio mixed', 'echo a; echo b >&2', { stdio: ['ignore', 'pipe', 'ignore'] }],
  ['stdio with one more', 'echo a; echo c >&3', { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], encoding: 'utf8' }],
  ['stdio with many more', 'echo c >&5', { stdio: ['pipe', 'ignore', 'pipe', 'ignore', 'pipe', 'pipe', 'inherit'] }],
  ['stdio with one more over maxBuffer', 'printf 123456 >&3; exec sleep 5', { stdio: [0, 1, 2, 'pipe'], maxBuffer: 5 }],
  ['stdio of numbers', 'echo by number; echo by number >&2', { stdio: [0, 1, 2] }],
  ['stdio crossed', 'echo crossed', { stdio: ['pipe', 2, 'pipe'] }],
  ['stdio of streams', 'echo by stream', { stdio: [process.stdin, process.stdout, process.stderr] }],
  ['stdio of negative numbers', 'echo a', { stdio: [-1, -1, -7] }],
  ['stdio of a bad descriptor', 'echo a', { stdio: ['pipe', 987, 'pipe'] }],
  ['stdio of an odd descriptor', 'echo a', { stdio: ['pipe', { fd: -7 }, 'pipe'] }],
  ['stdio of a fraction', 'echo a', { stdio: ['pipe', { fd: 1.5 }, 'pipe'] }],
  ['stdio with a Buffer', 'echo a', { stdio: ['pipe', 'pipe', Buffer.from('x')] }],
];

// The times leave a busy machine enough of it to get that far.
const TIMEOUTS: readonly OptionCase[] = [
  ['timeout', 'exec sleep 5', { timeout: 50 }],
  ['timeout, SIGKILL', 'exec sleep 5', { timeout: 50, killSignal: 'SIGKILL', encoding: 'utf8' }],
  ['timeout, lower case', 'exec sleep 5', { timeout: 50, killSignal: 'sigint' }],
  ['timeout, a number', 'exec sleep 5', { timeout: 50, killSignal: 10 }],
  ['timeout with input that waits', 'exec sleep 5', { timeout: 50, input: Buffer.alloc(MIB) }],
  ['timeout after output', 'echo a; exec sleep 5', { timeout: 700, encoding: 'utf8' }],
  ['timeout that is not heeded', 'trap "" TERM; sleep 1; exit 5', { timeout: 700 }],
  ['timeout, and output into the void', 'trap "" TERM; sleep 1; echo x; exit 5', { timeout: 700 }],
  ['timeout of a grandchild', 'sleep 5 & echo a', { timeout: 700, encoding: 'utf8' }],
];

const BAD_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  cwd: [1, {}, 'a\0b', true, new URL('http://example.org/')],
  detached: [1, 'yes'],
  uid: ['root', 1.5, 2 ** 31, NaN, {}],
  gid: ['root', 1.5, -(2 ** 31) - 1, {}],
  shell: [1, {}, 'a\0b'],
  argv0: [1, {}, 'a\0b'],
  windowsHide: [1, 'x'],
  windowsVerbatimArguments: [1, 'x'],
  env: [{ A: 'a\0b' }, { 'A\0': '1' }, { A: Symbol('s') }, 1],
  timeout: [-1, 'x', NaN, 1.5, Infinity, {}, 5n],
  maxBuffer: [-1, 'x', NaN, {}, 5n],
  killSignal: ['SIGFOO', '', 'TERM', 0, 999, -9, {}, true, Symbol('s')],
  stdio: ['nonsense', {}, 1, true, ['ipc'], [{}], ['nonsense'], [true], ['pipe', 'ipc'], [Symbol('s')]],
  input: [1, {}, true, [], Symbol('s')],
  encoding: [1, {}, 'nope'],
};

function quoted(file: string, args: readonly string[]): string {
  return [file, ...args].map((word) => `'${word}'`).join(' ');
}

// The same command for each function; what the shell makes of it is seen by `execSync`, too.
function throughShell(name: Name, command: string, options?: unknown): unknown[] {
  const rest = options === undefined ? [] : [options];
  return name === 'execSync' ? [command, ...rest] : ['/bin/sh', ['-c', command], ...rest];
}

function commandCalls(): Call[] {
  return NAMES.flatMap((name) =>
    Object.entries(COMMANDS).flatMap(([title, command], index) =>
      (index < 2 ? ENCODINGS : [undefined, 'utf8']).map((encoding) => ({
        title: `${name}: ${title}, encoding ${String(encoding)}`,
        name,
        args: () => throughShell(name, command, encoding === undefined ? undefined : { encoding }),
      })),
    ),
  );
}

function optionCall(name: Name, title: string, command: string, options: Readonly<Record<string, unknown>>): Call {
  // Node adds to a list of descriptors that is too short.
  const copied = () => ('stdio' in options ? { ...options, stdio: copy(options.stdio) } : { ...options });
  return { title: `${name}: ${title}`, name, args: () => throughShell(name, command, copied()) };
}

function optionCalls(): Call[] {
  return NAMES.flatMap((name) => [
    ...FINE_OPTIONS.map((each) => optionCall(name, ...each)),
    ...(name === 'spawnSync' ? TIMEOUTS : TIMEOUTS.slice(0, 2)).map((each) => optionCall(name, ...each)),
    ...Object.entries(BAD_OPTIONS).flatMap(([option, values]) =>
      values.map((value, index) => optionCall(name, `bad ${option} ${index}`, 'echo ran', { [option]: value })),
    ),
  ]);
}

function copy(stdio: unknown): unknown {
  return Array.isArray(stdio) ? [...(stdio as unknown[])] : stdio;
}

function fileCalls(): Call[] {
  const call = (title: string, name: Name, ...args: unknown[]): Call => ({
    title: `${name}: ${title}`,
    name,
    args: () => args,
  });
  return (['spawnSync', 'execFileSync'] as const).flatMap((name) => [
    call('no arguments', name, 'true'),
    call('arguments', name, 'printf', ['%s|', 'a b', '', '*', 'ä'], { encoding: 'utf8' }),
    call('odd arguments', name, 'printf', ['%s|', 1, null, undefined, {}, [1, 2], 1n], { encoding: 'utf8' }),
    call('a symbol as argument', name, 'echo', [Symbol('s')]),
    call('an argument that throws', name, 'echo', [Object.create(null)]),
    call('a null byte in an argument', name, 'echo', ['a\0b']),
    call('a lone surrogate', name, 'printf', ['%s', '\ud800']),
    call('too many arguments', name, 'true', ['x'.repeat(200_000)]),
    call('options in place of arguments', name, 'pwd', { cwd: '/', encoding: 'utf8' }),
    call('null arguments', name, 'pwd', null, { cwd: '/', encoding: 'utf8' }),
    call('undefined arguments', name, 'pwd', undefined, { cwd: '/', encoding: 'utf8' }),
    call('arguments that are no list', name, 'echo', 'a'),
    call('arguments of a number', name, 'echo', 1),
    call('arguments of true', name, 'echo', true),
    call('null options', name, 'echo', ['a'], null),
    call('options of a string', name, 'echo', ['a'], 'utf8'),
    call('options of a function', name, 'echo', ['a'], () => {}),
    call('options of a list', name, 'echo', ['a'], []),
    call('no such file', name, 'no-such-file', ['a', 'b'], { encoding: 'utf8' }),
    call('no such path', name, '/no/such/file'),
    call('a directory', name, '/etc'),
    call('a file that is no program', name, '/etc/passwd'),
    call('argv0', name, '/bin/sh', ['-c', 'echo $0'], { argv0: 'called', encoding: 'utf8' }),
    call('failure with argv0', name, '/bin/sh', ['-c', 'exit 2'], { argv0: 'called', encoding: 'utf8' }),
    call('a shell', name, 'echo $HOME; exit 3', { shell: true, encoding: 'utf8' }),
    call('a shell with arguments', name, 'echo', ['$HOME', 'x'], { shell: true, encoding: 'utf8' }),
    call('a shell by name', name, 'echo $0', { shell: '/bin/sh', encoding: 'utf8' }),
    call('a shell by an empty name', name, 'true', { shell: '', encoding: 'utf8' }),
    call('no such shell', name, 'echo', ['a'], { shell: '/no/such/shell' }),
    call('no shell', name, 'echo $HOME', { shell: false }),
    ...[undefined, null, 1, '', {}, [], true, 'a\0b', Symbol('s'), Buffer.from('true')].map((file, index) =>
      call(`bad file ${index}`, name, file),
    ),
  ]);
}

function execCalls(): Call[] {
  const call = (title: string, ...args: unknown[]): Call => ({
    title: `execSync: ${title}`,
    name: 'execSync',
    args: () => args,
  });
  return [
    call('a function as options', 'echo x', () => {}),
    call('null options', 'echo x', null),
    call('options of a string', 'echo x', 'utf8'),
    call('a shell by name', 'echo $0', { shell: '/bin/sh', encoding: 'utf8' }),
    call('no such shell', 'echo x', { shell: '/no/such/shell' }),
    call('shell false', 'echo x', { shell: false }),
    call('quotes', quoted('echo', ['a  b', '$HOME']), { encoding: 'utf8' }),
    ...[undefined, null, 1, '', {}, [], true, 'a\0b', Symbol('s')].map((command, index) =>
      call(`bad command ${index}`, command),
    ),
  ];
}

// Calls that leave traces in files.
function traceCalls(): Call[] {
  const file = (directory: string): string => path.join(directory, 'trace');
  const contents = (directory: string): string => fs.readFileSync(file(directory), 'utf8');
  return NAMES.flatMap((name): Call[] => [
    ...['echo ran >> trace', 'echo ran >> trace; exit 1', 'echo ran >> trace; kill -KILL $$'].map((command) => ({
      title: `${name}: runs once: ${command}`,
      name,
      args: (directory: string) => throughShell(name, command, { cwd: directory }),
      after: contents,
    })),
    {
      title: `${name}: writes to a descriptor`,
      name,
      args: (directory) =>
        throughShell(name, 'echo to the file', { stdio: ['pipe', fs.openSync(file(directory), 'w'), 'pipe'] }),
      after: contents,
    },
    {
      title: `${name}: writes to an object with a descriptor`,
      name,
      args: (directory) =>
        throughShell(name, 'echo to the file', { stdio: ['pipe', 'pipe', { fd: fs.openSync(file(directory), 'w') }] }),
      after: contents,
    },
    {
      title: `${name}: reads from a descriptor`,
      name,
      args: (directory) => {
        fs.writeFileSync(file(directory), 'from the file');
        return throughShell(name, 'cat', { stdio: [fs.openSync(file(directory), 'r'), 'pipe', 'pipe'] });
      },
    },
    {
      title: `${name}: asks for options in the same order`,
      name,
      args: (directory) => {
        const asked: string[] = [];
        const note = (what: string) => fs.writeFileSync(file(directory), JSON.stringify(asked.push(what) && asked));
        const options = new Proxy(
          { encoding: 'utf8', cwd: '/', timeout: 20_000, input: 'x' } as Record<string, unknown>,
          {
            get: (target, key) => (note(`get ${String(key)}`), Reflect.get(target, key)),
            has: (target, key) => (note(`has ${String(key)}`), Reflect.has(target, key)),
            ownKeys: (target) => (note('keys'), Reflect.ownKeys(target)),
          },
        );
        return throughShell(name, 'cat', options);
      },
      after: contents,
    },
  ]);
}

/** Every call, in an order that does not change. */
export function allCalls(): Call[] {
  return [...commandCalls(), ...optionCalls(), ...fileCalls(), ...execCalls(), ...traceCalls()];
}
