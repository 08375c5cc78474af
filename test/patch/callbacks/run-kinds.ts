/**
 * A child process: runs the programs of all kinds one after the other, in the main thread or in a worker, and prints how
 * each has ended. Under the loader a block waits until others have run; with plain Node it just takes its time.
 */
import fs from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { indexPath } from '../../support/spawn-script';
import { allKinds } from './kinds/all';
import type { Block, Program } from './kinds/kind';

/** How a program has ended. */
export interface Outcome {
  /** What its blocks were: others ran meanwhile, or none did, or there was none, or one is not over. */
  blocks: 'others ran' | 'for real' | 'never called' | 'never ended';
  seen: unknown;
}

const PATIENCE = 15_000;
const MOST_TURNS = 2000;

const [mode, place, only] = (isMainThread ? process.argv.slice(2) : workerData) as string[];
const sleep = mode === 'loaded' ? (require(indexPath) as { sleep(ms: number): void }).sleep : undefined;

// Whether others have run meanwhile.
function letOthersRun(): boolean {
  const seen = new Set<string>();
  setTimeout(() => seen.add('timer'), 1);
  setImmediate(() => seen.add('immediate'));
  process.nextTick(() => seen.add('tick'));
  void Promise.resolve().then(() => seen.add('promise'));
  fs.stat(__filename, () => seen.add('file'));
  try {
    for (let turn = 0; seen.size < 5; turn++) {
      if (turn === MOST_TURNS) return false;
      sleep!(1);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNBLOCK_BLOCKING_SWITCH_OUT') throw error;
    return false;
  } finally {
    fs.readFileSync(__filename);
  }
  return true;
}

// Counts the blocks that are not over, and says when there is none left.
function makeBlock(outcome: Outcome, onEnd: () => void = () => undefined): Block {
  let open = 0;
  let areFree = true;
  return () => {
    open++;
    outcome.blocks = 'never ended';
    areFree = (sleep === undefined ? stopProcess() : letOthersRun()) && areFree;
    if (--open > 0) return;
    outcome.blocks = areFree ? 'others ran' : 'for real';
    onEnd();
  };
}

function stopProcess(): boolean {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  return false;
}

// A program is over when it says so and none of its blocks is left.
function run(program: Program): Promise<Outcome> {
  const outcome: Outcome = { blocks: 'never called', seen: 'never ended' };
  return new Promise((resolve) => {
    const settle = (): void => {
      if (outcome.seen === 'never ended' || outcome.blocks === 'never ended') return;
      clearTimeout(timer);
      resolve(outcome);
    };
    const end = (seen: unknown): void => {
      outcome.seen = seen ?? null;
      settle();
    };
    const timer = setTimeout(() => resolve({ ...outcome }), PATIENCE);
    Promise.resolve(program(makeBlock(outcome, settle), end)).catch((error) => end(`failed: ${String(error)}`));
  });
}

const outcomes: Record<string, Outcome> = {};

// Those that come once in the life of a thread.
function runOnExit(kind: 'beforeExit' | 'exit'): void {
  process.once(kind, () => {
    const outcome: Outcome = { blocks: 'never called', seen: kind };
    makeBlock(outcome)();
    outcomes[kind] = outcome;
  });
}

function report(): void {
  const text = JSON.stringify(outcomes);
  if (isMainThread) fs.writeSync(1, text);
  else parentPort!.postMessage(text);
}

async function runAll(): Promise<void> {
  for (const [kind, program] of Object.entries(allKinds)) {
    if (only === undefined || only === kind) outcomes[kind] = await run(program);
  }
  const hasEnded = ({ blocks, seen }: Outcome): boolean => blocks !== 'never ended' && seen !== 'never ended';
  // What has not ended may keep the thread for ever.
  if (!Object.values(outcomes).every(hasEnded)) setImmediate(() => process.exit());
  runOnExit('beforeExit');
  runOnExit('exit');
  process.on('exit', report);
}

if (isMainThread && place === 'worker') {
  const worker = new Worker(__filename, { workerData: [mode, place, only] });
  worker.on('message', (text: string) => fs.writeSync(1, text));
} else {
  const outcome: Outcome = { blocks: 'never called', seen: null };
  makeBlock(outcome)();
  outcomes['the main module'] = outcome;
  void runAll();
}
