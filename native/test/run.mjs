// Builds and runs the claims about the V8-free half once per variant:
//   node native/test/run.mjs [--json] [--list] [variant...]
// One line per variant. A variant whose tools are missing is "not run", with
// the reason, and never counts as passed. --list only says which can run.
// Exits with 1 when a variant failed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const nativeDir = dirname(dirname(self));
const outputDir = join(dirname(nativeDir), '.cache', 'native-test');

const assembly = { x64: 'context_x64_sysv.S', arm64: 'context_arm64_aapcs.S' };
const compiler = process.env.CXX || 'g++';
// Limits of the kernel can be reached only where nothing sits in between.
const hosted = { UNBLOCK_TEST_HOSTED: '1' };

const variants = [
  { name: 'plain', compiler, flags: ['-O2'] },
  {
    name: 'asan',
    compiler,
    flags: ['-O1', '-fsanitize=address', '-fno-omit-frame-pointer'],
    // handle_segv: the guard page's claim wants the signal itself.
    env: {
      ...hosted,
      ASAN_OPTIONS: 'handle_segv=0:use_sigaltstack=0:detect_stack_use_after_return=1',
    },
  },
  {
    name: 'valgrind',
    compiler,
    flags: ['-O2'],
    runner: ['valgrind', '--quiet', '--error-exitcode=9', '--child-silent-after-fork=yes'],
    env: hosted,
  },
  {
    name: 'arm64',
    arch: 'arm64',
    compiler: 'aarch64-linux-gnu-g++',
    // Static: the emulator needs no arm64 libraries then.
    flags: ['-O2', '-static'],
    runner: ['qemu-aarch64-static'],
    env: hosted,
  },
];

function hasTool(name) {
  const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile();
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isFile(join(folder, name)));
}

// Why the variant cannot run here, or undefined.
function obstacle({ arch = process.arch, compiler, runner = [] }) {
  if (process.platform !== 'linux') return `no port to ${process.platform} yet`;
  if (!(arch in assembly)) return `no port to ${arch} yet`;
  const missing = [compiler, ...runner.slice(0, 1)].filter((tool) => !hasTool(tool));
  if (missing.length > 0) return `no ${missing.join(' and no ')} here`;
  return undefined;
}

function listFiles(folder, ...endings) {
  return readdirSync(folder)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(folder, name));
}

function isFresh(binary, sources) {
  const built = statSync(binary, { throwIfNoEntry: false });
  return built !== undefined && sources.every((path) => statSync(path).mtimeMs < built.mtimeMs);
}

function run(command, args, env = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 300_000,
  });
  const ending = error?.message ?? (signal ? `killed by ${signal}` : `exit status ${status}`);
  return { ok: status === 0, ending, output: `${stdout ?? ''}${stderr ?? ''}`.trim() };
}

// Returns the binary, or the failed compilation.
function build({ name, arch = process.arch, compiler, flags }) {
  const testDir = join(nativeDir, 'test');
  const platformDir = join(nativeDir, 'platform');
  const sources = [join(nativeDir, 'stack.cc'), join(platformDir, assembly[arch]), ...listFiles(testDir, '.cc')];
  const headers = [
    ...['context.h', 'stack.h', 'sanitizer.h'].map((header) => join(nativeDir, header)),
    ...listFiles(platformDir, '.h'),
    ...listFiles(testDir, '.h'),
  ];
  const binary = join(outputDir, name);
  if (isFresh(binary, [...sources, ...headers, self])) return { binary };

  mkdirSync(outputDir, { recursive: true });
  // Renamed when complete, so that two runs at a time cannot meet half a file.
  const unfinished = `${binary}.${process.pid}`;
  const common = ['-std=c++20', '-g', '-Wall', '-Wextra', '-Werror', `-I${nativeDir}`];
  const result = run(compiler, [...common, ...flags, ...sources, '-o', unfinished]);
  if (!result.ok) return { failure: result };
  renameSync(unfinished, binary);
  return { binary };
}

function execute(variant) {
  const reason = obstacle(variant);
  if (reason) return { status: 'not run', summary: reason, output: '' };
  const { binary, failure } = build(variant);
  if (failure) {
    return { status: 'failed', summary: 'does not compile', output: failure.output };
  }
  const [command, ...args] = [...(variant.runner ?? []), binary];
  const { ok, ending, output } = run(command, args, variant.env);
  const counts = output.match(/^\d+ passed, \d+ failed, \d+ skipped$/m)?.[0];
  const summary = [counts ?? 'ended early', ...(ok ? [] : [ending])].join(', ');
  // A program that ends before its last line has not made its claims.
  return { status: ok && counts ? 'passed' : 'failed', summary, output };
}

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => !variants.some((variant) => variant.name === name));
if (unknown.length > 0) throw new Error(`no such variant: ${unknown.join(', ')}`);
const chosen = variants.filter(({ name }) => names.length === 0 || names.includes(name));

if (args.includes('--list')) {
  const list = chosen.map((variant) => ({ name: variant.name, reason: obstacle(variant) }));
  console.log(JSON.stringify(list));
} else {
  const results = [];
  for (const variant of chosen) {
    const result = { name: variant.name, ...execute(variant) };
    results.push(result);
    if (args.includes('--json')) continue;
    console.log(`${result.name}: ${result.status} (${result.summary})`);
    if (result.status === 'failed') console.log(result.output);
  }
  if (args.includes('--json')) console.log(JSON.stringify(results));
  process.exitCode = results.some(({ status }) => status === 'failed') ? 1 : 0;
}
