// What the stress runner runs: every program under every flag, on every Node line. A new program or flag is a row here.

export interface StressProgram {
  readonly name: string;
  /** The number of rounds, in the program's own unit, of a run without a flag. */
  readonly rounds: { readonly short: number; readonly full: number };
  /** Run with `--import` of the loader. */
  readonly loader?: boolean;
  /** The oldest Node line that has what it is about. */
  readonly since?: number;
  /** Flags of its own beside those that every program gets. */
  readonly flags?: readonly StressFlag[];
}

export interface StressFlag {
  readonly options: readonly string[];
  /** The share of the rounds that keeps a run under this flag as long as one without. */
  readonly share: number;
  /** Programs that cannot run under it, by name, with the reason. */
  readonly excludes?: Readonly<Record<string, string>>;
}

/** A fault of Node itself, seen without any greenlet. */
export interface NodeFault {
  readonly line: string;
  readonly flag: string;
  /** Programs that hit it before their end and so are not run. The others may hang when they exit. */
  readonly stops: readonly string[];
  readonly reason: string;
}

const needsCompiler = 'WebAssembly needs a compiler';
const stressWasmCodeGc: StressFlag = { options: ['--stress-wasm-code-gc'], share: 1 };

export const programs: readonly StressProgram[] = [
  { name: 'switching', rounds: { short: 30_000, full: 600_000 } },
  { name: 'wasm', rounds: { short: 400, full: 8_000 }, flags: [stressWasmCodeGc] },
  { name: 'async', rounds: { short: 1_000, full: 20_000 }, loader: true },
  { name: 'promising', rounds: { short: 200, full: 6_000 }, loader: true, since: 24 },
  { name: 'workers', rounds: { short: 5, full: 50 } },
  { name: 'model', rounds: { short: 80, full: 1_500 } },
  { name: 'watchdog', rounds: { short: 60, full: 3_000 } },
  { name: 'memory', rounds: { short: 100_000, full: 1_000_000 } },
];

// Not here: --stress-wasm-stack-switching (Node 24 and 26). V8 knows one active WebAssembly stack per isolate, archives it
// with no thread, and walks the frames of archived threads by it: two greenlets that are suspended below such stacks, which
// otherwise only WebAssembly.promising makes, are beyond what it supports.
export const flags: readonly StressFlag[] = [
  { options: [], share: 1 },
  { options: ['--stress-compaction'], share: 0.3 },
  { options: ['--stress-incremental-marking'], share: 0.2 },
  { options: ['--stress-scavenge=50'], share: 0.5 },
  // Release builds of V8 accept this one and ignore it; the next collects in earnest.
  { options: ['--gc-interval=500'], share: 0.5 },
  { options: ['--stress-gc-during-compilation'], share: 0.5 },
  { options: ['--always-sparkplug'], share: 1 },
  { options: ['--maglev'], share: 1 },
  { options: ['--max-lazy', '--interpreted-frames-native-stack'], share: 1 },
  { options: ['--verify-heap'], share: 0.5 },
  { options: ['--jitless'], share: 0.5, excludes: { wasm: needsCompiler, promising: needsCompiler } },
  { options: ['--single-threaded'], share: 1 },
  { options: ['--stress-concurrent-allocation'], share: 0.5 },
  { options: ['--cpu-prof'], share: 1 },
];

const concurrentAllocationFault = {
  flag: '--stress-concurrent-allocation',
  stops: ['workers', 'wasm'],
  reason:
    'under this flag a thread of Node 20 and 22 can hang where it waits for tasks of the platform (at its exit, and when ' +
    'nothing is left but an await of WebAssembly.compile), without any greenlet',
};

const nodeFaults: readonly NodeFault[] = [
  { line: '20', ...concurrentAllocationFault },
  { line: '22', ...concurrentAllocationFault },
];

export function faultOf(line: string, flag: StressFlag): NodeFault | undefined {
  return nodeFaults.find((fault) => fault.line === line && fault.flag === flagName(flag));
}

export function flagName(flag: StressFlag): string {
  return flag.options.join(' ') || 'none';
}

export function flagsOf(program: StressProgram): readonly StressFlag[] {
  return [...flags, ...(program.flags ?? [])];
}

/** Which of its lines a Node version belongs to: `20` for `v20.20.2`. */
export function lineOf(version: string): string {
  return version.replace(/^v/, '').split('.')[0];
}
