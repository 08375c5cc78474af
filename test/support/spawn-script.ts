import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the project lies; this file runs from `dist/test/support/`. */
export const repoRoot = path.resolve(__dirname, '..', '..', '..');
/** What `require()` in a script takes to get the package. */
export const indexPath = path.join(repoRoot, 'dist', 'src', 'index.js');
/** What `--import` takes: an URL, as a path would be looked up in `node_modules`. */
export const loaderUrl = pathToFileURL(path.join(repoRoot, 'loader.mjs')).href;

const processDir = path.join(repoRoot, 'dist', 'test', 'process');

export interface SpawnScriptOptions {
  /** Options for Node itself, such as `--expose-gc`. */
  flags?: readonly string[];
  /** A program that is started instead, with the script as its first argument: a test runner. */
  through?: string;
  /** Arguments for the script. */
  args?: readonly string[];
  /** Added to this process's environment; `undefined` removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Start with `--import` of the loader. */
  loader?: boolean;
  /** Written to the script's standard input, which is then closed. */
  stdin?: string;
  cwd?: string;
  /** Milliseconds until the script is killed and the promise rejected; 60 seconds by default. */
  timeout?: number;
}

export interface SpawnSourceOptions extends SpawnScriptOptions {
  /** How the source is read: CommonJS (`cjs`, the default) or an ES module (`mjs`). */
  as?: 'cjs' | 'mjs';
  /** Other files beside the script: name -> content. */
  files?: Readonly<Record<string, string>>;
}

/** For a script that starts workers of source text, and means to: it is not warned of them. */
export const withPlainWorkers = { flags: ['--disable-warning=UNBLOCK_PLAIN_WORKER'] };

export interface ScriptResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a script file with the Node of this test run. A name without a directory, such as `ok.nested-spawn`, means
 * `test/process/ok.nested-spawn.ts`. How the script ended is in the result; only a script that had to be killed because
 * it did not end in time rejects.
 */
export function spawnScript(file: string, options: SpawnScriptOptions = {}): Promise<ScriptResult> {
  const { flags = [], args = [], env = {}, loader = false, through, stdin = '', cwd, timeout = 60_000 } = options;
  const script = path.basename(file) === file ? path.join(processDir, file.replace(/(\.ts)?$/, '.js')) : file;
  const preload = loader ? ['--import', loaderUrl] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...flags, ...preload, ...(through === undefined ? [] : [through]), script, ...args],
      {
        cwd,
        env: { ...process.env, ...env },
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));

    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // A grandchild may still hold the pipes open, so nothing here waits for 'close'.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new Error(`${script} did not end within ${timeout} ms\nstdout:\n${stdout}\nstderr:\n${stderr}`));
    }, timeout);

    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
    // A script that ends without reading its input breaks the pipe, which is no concern of the test.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

/**
 * Runs source text as a script, from a directory of its own outside the project in which `unblock` can be imported by
 * its name.
 */
export async function spawnSource(source: string, options: SpawnSourceOptions = {}): Promise<ScriptResult> {
  const { as = 'cjs', files = {}, ...rest } = options;
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unblock-test-'));
  try {
    fs.mkdirSync(path.join(dir, 'node_modules'));
    fs.symlinkSync(repoRoot, path.join(dir, 'node_modules', 'unblock'), 'dir');
    const script = path.join(dir, `script.${as}`);
    for (const [name, content] of Object.entries({ ...files, [path.basename(script)]: source })) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), content);
    }
    return await spawnScript(script, { cwd: dir, ...rest });
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
