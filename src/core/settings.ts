/** The one table of what can be set: the option, its variable, what it may be, and what for. */
import { ConfigError } from './errors';

/** The options of the core. */
export interface Config {
  /** Bytes of stack per greenlet; pages that are not touched cost nothing. */
  readonly stackSize: number;
  /** Whether an unmapped page ends each stack. Off, more than about 32 000 greenlets fit under `vm.max_map_count`. */
  readonly stackGuard: boolean;
  /** How many finished greenlets' stacks are kept for the next ones though nobody has needed them of late. */
  readonly stackPool: number;
  /** Whether a kill or a timeout that was caught on its way is thrown again; see `setStickyCancellation`. */
  readonly stickyCancellation: boolean;
  /** Whether each spawned greenlet remembers the stack that has spawned it; see `keepSpawningStacks`. */
  readonly trackGreenletTree: boolean;
  /** How many threads a `ThreadPool` has at most, unless it is told. */
  readonly threadPoolSize: number;
  /** How many milliseconds a thread of a `ThreadPool` stays that has nothing to do, unless it is told. */
  readonly threadPoolIdleTimeout: number;
  /** The signal on which the greenlets are written to standard error, or `'off'`. */
  readonly runInfoSignal: string;
  /** Whether a thread watches for greenlets that block the loop. */
  readonly watchdog: boolean;
  /** How many milliseconds a greenlet may run without letting others. */
  readonly maxBlockingTime: number;
  /** Whether the watchdog writes its reports to standard error, besides notifying the subscribers. */
  readonly printBlockingReports: boolean;
  /** Bytes of memory above which the subscribers are notified; undefined for no limit. */
  readonly maxMemory: number | undefined;
  /** How many milliseconds lie between two looks at the memory in use. */
  readonly memoryPeriod: number;
  /** The file that a timeline of all greenlets is written to, if any. */
  readonly trace: string | undefined;
  /** Which modules are made cooperative: `fs,net` for these alone, `-crypto` for all others; empty for all. */
  readonly patch: string;
  /** What is told on standard error: `patch` for what was patched, and what was left. */
  readonly debug: string;
}

/** One line of the table. */
export interface Setting<T = unknown> {
  /** The environment variable. */
  readonly variable: string;
  readonly kind: Kind<T>;
  readonly preset: T;
  readonly meaning: string;
}

/** What an option may be. */
export interface Kind<T> {
  /** In words, to follow "must be". */
  readonly range: string;
  /** The value that a variable's text stands for; undefined if it stands for none. */
  parse(text: string): T | undefined;
  /** Whether the option may be this. */
  accepts(value: unknown): boolean;
  /** How a value is written in a variable. */
  format(value: T): string;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const UNITS: ReadonlyArray<readonly [suffix: string, size: number]> = [
  ['gb', GIB],
  ['mb', MIB],
  ['kb', KIB],
];
const WORDS: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  on: true,
  yes: true,
  0: false,
  false: false,
  off: false,
  no: false,
};

const flag: Kind<boolean> = {
  range: '1, true, on, yes, 0, false, off or no',
  parse: (text) => WORDS[text.toLowerCase()],
  accepts: (value) => typeof value === 'boolean',
  format: (value) => (value ? '1' : '0'),
};

function integer(least: number, most: number, unit = ''): Kind<number> {
  return {
    range: `a whole number${unit} from ${least} to ${most}`,
    parse: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
    accepts: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    format: String,
  };
}

function bytes(least: number, most: number): Kind<number> {
  return {
    range: `a number of bytes from ${formatBytes(least)} to ${formatBytes(most)}, with kb, mb or gb if you like`,
    parse: parseBytes,
    accepts: integer(least, most).accepts,
    format: formatBytes,
  };
}

function parseBytes(text: string): number | undefined {
  const [, digits, suffix] = /^(\d+)\s*(kb|mb|gb)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const unit = UNITS.find(([name]) => name === suffix?.toLowerCase());
  return Number(digits) * (unit?.[1] ?? 1);
}

function formatBytes(value: number): string {
  const unit = UNITS.find(([, size]) => value >= size && value % size === 0);
  return unit === undefined ? String(value) : `${value / unit[1]}${unit[0]}`;
}

function oneOf(...choices: readonly string[]): Kind<string> {
  return {
    range: `one of ${choices.join(', ')}`,
    parse: (text) => text,
    accepts: (value) => choices.includes(value as string),
    format: String,
  };
}

const text: Kind<string> = {
  range: 'text',
  parse: (value) => value,
  accepts: (value) => typeof value === 'string',
  format: String,
};

const fileName: Kind<string> = {
  range: 'the name of a file',
  parse: (text) => text,
  accepts: (value) => typeof value === 'string' && value !== '',
  format: String,
};

function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return {
    range: kind.range,
    parse: (text) => kind.parse(text),
    accepts: (value) => value === undefined || kind.accepts(value),
    format: (value) => (value === undefined ? '' : kind.format(value)),
  };
}

/** All options, in the order in which they are explained. */
export const settings: { readonly [Name in keyof Config]: Setting<Config[Name]> } = {
  stackSize: {
    variable: 'UNBLOCK_STACK_SIZE',
    kind: bytes(160 * KIB, GIB),
    // V8 gives the main stack 984 KiB; 64 KiB below its limit are left to C++ that does not check, and a little to us.
    preset: 1088 * KIB,
    meaning: 'Bytes of stack per greenlet. Pages that are not touched cost nothing.',
  },
  stackGuard: {
    variable: 'UNBLOCK_STACK_GUARD',
    kind: flag,
    preset: true,
    meaning: 'End each stack by an unmapped page. Off, more than about 32 000 greenlets fit under vm.max_map_count.',
  },
  stackPool: {
    variable: 'UNBLOCK_STACK_POOL',
    kind: integer(0, 1_000_000),
    preset: 128,
    meaning: "How many finished greenlets' stacks are kept for the next ones though nobody has needed them of late.",
  },
  stickyCancellation: {
    variable: 'UNBLOCK_STICKY_CANCELLATION',
    kind: flag,
    preset: false,
    meaning: 'Throw a kill or a timeout again at the next blocking call if a catch has swallowed it.',
  },
  trackGreenletTree: {
    variable: 'UNBLOCK_TRACK_GREENLET_TREE',
    kind: flag,
    preset: false,
    meaning: 'Remember the stack that has spawned each greenlet, for reports. It makes spawning slower.',
  },
  threadPoolSize: {
    variable: 'UNBLOCK_THREADPOOL_SIZE',
    kind: integer(0, 1024),
    preset: 10,
    meaning: 'How many threads a ThreadPool has at most, unless it is told.',
  },
  threadPoolIdleTimeout: {
    variable: 'UNBLOCK_THREADPOOL_IDLE_TIMEOUT',
    kind: integer(0, 2 ** 31 - 1, ' of milliseconds'),
    preset: 5000,
    meaning: 'How long a thread of a ThreadPool stays that has nothing to do, unless it is told.',
  },
  runInfoSignal: {
    variable: 'UNBLOCK_RUN_INFO_SIGNAL',
    kind: oneOf('SIGUSR2', 'SIGUSR1', 'SIGHUP', 'SIGQUIT', 'off'),
    preset: 'SIGUSR2',
    meaning: 'The signal on which all greenlets and their stacks are written to standard error.',
  },
  watchdog: {
    variable: 'UNBLOCK_WATCHDOG',
    kind: flag,
    preset: false,
    meaning: 'Report what blocks the loop, from a thread beside it.',
  },
  maxBlockingTime: {
    variable: 'UNBLOCK_MAX_BLOCKING_TIME',
    kind: integer(5, 3_600_000, ' of milliseconds'),
    preset: 100,
    meaning: 'How long the loop may be blocked before the watchdog reports it; what takes up to twice that may pass.',
  },
  printBlockingReports: {
    variable: 'UNBLOCK_PRINT_BLOCKING_REPORTS',
    kind: flag,
    preset: true,
    meaning: "Write the watchdog's reports to standard error. Off, only subscribers hear of them.",
  },
  maxMemory: {
    variable: 'UNBLOCK_MAX_MEMORY',
    kind: optional(bytes(1, 1024 * GIB)),
    preset: undefined,
    meaning: 'Notify subscribers when the process uses more memory than that.',
  },
  memoryPeriod: {
    variable: 'UNBLOCK_MEMORY_PERIOD',
    kind: integer(2000, 3_600_000, ' of milliseconds'),
    preset: 5000,
    meaning: 'The time between two looks at the memory in use.',
  },
  trace: {
    variable: 'UNBLOCK_TRACE',
    kind: optional(fileName),
    preset: undefined,
    meaning: 'Write a timeline of all greenlets to this file; {pid} and {thread} in its name are replaced.',
  },
  patch: {
    variable: 'UNBLOCK_PATCH',
    kind: text,
    preset: '',
    meaning: 'Which modules to make cooperative: fs,net for these alone, -crypto for all others.',
  },
  debug: {
    variable: 'UNBLOCK_DEBUG',
    kind: oneOf('', 'patch'),
    preset: '',
    meaning: 'With patch, tell on standard error what was patched, what was left, and why.',
  },
};

/** The value of one option in an environment. */
export function readSetting<T>({ variable, kind, preset }: Setting<T>, environment: NodeJS.ProcessEnv): T {
  const text = environment[variable];
  if (text === undefined || text === '') return preset;
  const value = kind.parse(text);
  if (value !== undefined && kind.accepts(value)) return value;
  throw new ConfigError(`${variable} must be ${kind.range}, not '${text}'`);
}
