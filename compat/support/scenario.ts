// What a case is made of: a body that uses a package as its users do, run in the mode that the runner asks for.
import assert from 'node:assert/strict';
import { writeSync } from 'node:fs';
import type * as Unblock from 'unblock';

type Body = () => Promise<void> | void;

interface Sentence {
  readonly what: string;
  readonly body: (unblock: typeof Unblock) => Promise<void> | void;
}

export interface ScenarioOptions {
  /** How many greenlets run the body at once in the mode `crowd`. */
  readonly crowd?: number;
  /** False for a package that calls back for one thing at a time in the whole process: then no two can be blocked at once. */
  readonly overlaps?: boolean;
}

/** What the program tells the runner at its end, as JSON on its fourth descriptor. */
interface Result {
  bodies: number;
  blocks: number;
  mostAtOnce: number;
  bought: string[];
}

const mode = process.env['COMPAT_MODE'] ?? 'plain';
const result: Result = { bodies: 0, blocks: 0, mostAtOnce: 0, bought: [] };
const sentences: Sentence[] = [];
// By its place: the package has no business in the module graph of a program that runs without it.
const unblock = mode === 'plain' ? undefined : (require('../../../dist/src/index.js') as typeof Unblock);
// A patched call of Node's that always suspends: of a file, what the kernel has in memory is there at once.
const never = new Int32Array(new SharedArrayBuffer(4));
let blocked = 0;

/**
 * Belongs in every callback that the package calls. In the mode `crowd` it blocks, by a patched function of Node and by
 * one of ours in turns, and throws where it cannot; in the others it does nothing.
 */
export function block(): void {
  if (unblock === undefined || mode !== 'crowd') return;
  result.blocks++;
  blocked++;
  result.mostAtOnce = Math.max(result.mostAtOnce, blocked);
  try {
    if (result.blocks % 2 === 0) Atomics.wait(never, 0, 0, 1);
    else unblock.sleep(result.blocks % 3);
  } finally {
    blocked--;
  }
}

/** Declares what can be written only where calls may block: it runs under the loader alone, after the scenario. */
export function withBlocking(what: string, body: Sentence['body']): void {
  sentences.push({ what, body });
}

/** Runs the body: once, or in the mode `crowd` in many greenlets at the same time. The program ends by itself. */
export function scenario(body: Body, { crowd = 8, overlaps = true }: ScenarioOptions = {}): void {
  process.on('exit', (code) => {
    if (code === 0) writeSync(3, JSON.stringify(result));
  });
  const times = mode === 'crowd' ? crowd : 1;
  const atOnce = mode === 'crowd' ? (overlaps ? 2 : 1) : 0;
  const run = unblock === undefined ? runPlain(body) : runUnderLoader(body, times, atOnce, unblock);
  run.then(
    () => (result.bodies = times),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

async function runPlain(body: Body): Promise<void> {
  await body();
}

async function runUnderLoader(body: Body, times: number, atOnce: number, all: typeof Unblock): Promise<void> {
  const { joinAll, spawn, toPromise, wait } = all;
  await toPromise(
    spawn(() => {
      const greenlets = Array.from({ length: times }, () => spawn(() => wait(Promise.resolve(body()))));
      joinAll(greenlets, { raiseError: true });
      const { mostAtOnce, blocks } = result;
      assert(mostAtOnce >= atOnce, `of ${blocks} calls that blocked ${mostAtOnce} did so at once, not ${atOnce}`);
      for (const { what, body: show } of sentences) {
        wait(Promise.resolve(show(all)));
        result.bought.push(what);
      }
    }),
  );
}
