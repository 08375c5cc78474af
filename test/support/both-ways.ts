/**
 * Programs for two runs: with plain Node, where what blocks really blocks, and under the loader, where it suspends a
 * greenlet while others lie suspended around it. Whatever such a program shows must be the same in both.
 */
import { type ScriptResult, spawnSource, type SpawnSourceOptions } from './spawn-script';

type Preludes = Readonly<Record<'cjs' | 'mjs', string>>;

// One line each, so that the program's own lines have the same numbers both times.
const plainBody = [
  'const sleep = (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);',
  'const spawn = (run) => void setImmediate(run);',
  'const inGreenlet = (run) => run();',
].join(' ');
const plain: Preludes = { cjs: plainBody, mjs: plainBody };

const loadedBody = [
  'const spawn = spawnRaw;',
  'const inGreenlet = (run) => new RawGreenlet(run).switch();',
  'const startBlocked = () => { const g = new RawGreenlet(() => getCurrent().parent.switch()); g.switch(); return g; };',
  'globalThis.suspended = [startBlocked(), startBlocked(), startBlocked()];',
  'spawn(() => wait(new Promise(() => {})));',
].join(' ');
const names = '{ getCurrent, RawGreenlet, sleep, spawnRaw, wait }';
const loaded: Preludes = {
  cjs: `const ${names} = require('unblock'); ${loadedBody}`,
  mjs: `import ${names} from 'unblock'; ${loadedBody}`,
};

/** A program's end, as far as it is the same from run to run. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /**
   * What it says about its errors, without paths: the messages, and of each stack the innermost frame. Not the excerpt
   * of the source, which for an error that was passed on shows either end of its way.
   */
  stderr: string;
}

/** Runs a program, which finds `sleep`, `spawn` and `inGreenlet` declared, with plain Node and under the loader. */
export async function runBothWays(
  program: string,
  options: SpawnSourceOptions = {},
): Promise<{ plain: Ending; loaded: Ending }> {
  const as = options.as ?? 'cjs';
  const [first, second] = await Promise.all([
    spawnSource(`${plain[as]}\n${program}`, options),
    spawnSource(`${loaded[as]}\n${program}`, { ...options, loader: true }),
  ]);
  return { plain: endingOf(first), loaded: endingOf(second) };
}

function endingOf({ code, signal, stdout, stderr }: ScriptResult): Ending {
  const report = stderr
    .replace(/^.*\n.*\n *\^+\n\n?/m, '')
    .replace(/[^\s(]*(script\.[cm]js)/g, '$1')
    .replace(/\(node:\d+\)/g, '(node)')
    .replace(/(\n {4}at .*)(?:\n {4}at .*)+/g, '$1')
    // Who calls a function decides on its receiver, which a stack names.
    .replace(/^ {4}at (?:\w+\.)?(\w+)(?: \[as \w+\])? \(/gm, '    at $1 (');
  return { code, signal, stdout, stderr: report };
}
