/** Whole trees of files: Node removes and copies them in C++ that has no form for a thread. Here it is done otherwise. */
import fs from 'node:fs';
import type workerThreads from 'node:worker_threads';

import { complete } from './completion';
import { Failure, type FileCallOptions } from './call';

type CopyArguments = [
  from: string,
  to: string,
  force: boolean,
  dereference: boolean,
  errorOnExist: boolean,
  verbatimSymlinks: boolean,
  preserveTimestamps: boolean,
];

const load = require;
const NANOSECONDS = 1_000_000_000n;
// Without us: neither the arguments of this process nor its environment go there.
const COPY = "require('fs').cpSync(...require('worker_threads').workerData)";

/** `rmSync(path, maxRetries, recursive, retryDelay)`. What it fails with, the original says. */
export const removingTree: FileCallOptions = {
  arity: 4,
  failsOtherwise: true,
  wait: ({ args: [path, maxRetries, recursive, retryDelay] }) => {
    const options = { maxRetries, recursive, retryDelay } as fs.RmOptions;
    return complete((done) => fs.rm(path as string, options, done));
  },
};

/**
 * `cpSyncCopyDir(from, to, ...)`: each line of Node goes its own way about modes, links and what is in the way, so a thread
 * of JavaScript makes the very same call. What it fails with, the original says.
 */
export const copyingTree: FileCallOptions = {
  arity: 7,
  failsOtherwise: true,
  wait: ({ args }) => {
    const [from, to, force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps] = args as CopyArguments;
    const options = { recursive: true, force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps };
    let hasBegun = false;
    const outcome = complete((done) => {
      // It takes a while to load.
      const { Worker } = load('node:worker_threads') as typeof workerThreads;
      try {
        const worker = new Worker(COPY, { eval: true, execArgv: [], env: {}, workerData: [from, to, options] });
        hasBegun = true;
        let failure: unknown = null;
        worker.once('error', (error) => (failure = error));
        worker.once('exit', () => done(failure));
      } catch (error) {
        // With --permission there may be no threads.
        done(error);
      }
    });
    // What has been copied would be in the way of the original.
    if ('error' in outcome && hasBegun && errorOnExist && !force) throw new Failure(outcome.error as Error);
    return outcome;
  },
};

/** `cpSyncOverrideFile(from, to, mode, preserveTimestamps)`. */
export const overwriting: FileCallOptions = {
  arity: 4,
  failsOtherwise: true,
  wait: ({ args }) => {
    const [from, to, mode, preserveTimestamps] = args as [string, string, number, boolean];
    try {
      if (mode !== 0) fs.unlinkSync(to);
      fs.copyFileSync(from, to, mode);
      if (preserveTimestamps) {
        const { atimeNs, mtimeNs } = fs.statSync(from, { bigint: true });
        fs.utimesSync(to, secondsOf(atimeNs), secondsOf(mtimeNs));
      }
      return { result: undefined };
    } catch (error) {
      return { error };
    }
  },
};

function secondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds / NANOSECONDS) + Number(nanoseconds % NANOSECONDS) / Number(NANOSECONDS);
}
