// What every stress program shares: `node <program>.cjs [rounds] [seed]`, numbers that repeat with the seed, checks that
// are counted rather than thrown (a throw would be one more event of the scenario), and the verdict: one line that begins
// with "ok" and exit code 0, or what went wrong and exit code 1.

'use strict';

const v8 = require('node:v8');
const vm = require('node:vm');

const shownFailures = 10;

/** Numbers from a linear congruential generator: `random(m)` is in 0..m-1. The low bits repeat early, so they are dropped. */
function createRandom(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function findGc() {
  if (globalThis.gc) return globalThis.gc;
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc');
}

class Program {
  #name;
  #seed;
  #failures = new Map();

  constructor(name, { rounds, seed = Date.now() % 1_000_000 }) {
    this.#name = name;
    this.rounds = rounds;
    this.#seed = seed;
    this.random = createRandom(seed);
    this.gc = findGc();
  }

  /** Reads the command line of a program. */
  static start(name, defaultRounds) {
    const [rounds, seed] = process.argv.slice(2);
    return new Program(name, {
      rounds: Number(rounds ?? defaultRounds),
      seed: seed === undefined ? undefined : Number(seed),
    });
  }

  get seed() {
    return this.#seed;
  }

  check(holds, claim) {
    if (!holds) this.#failures.set(claim, (this.#failures.get(claim) ?? 0) + 1);
    return holds;
  }

  /** For an error that nothing in the scenario throws. */
  unexpected(error, where) {
    this.check(false, `${where}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** Now and then a full collection, more often a young one. */
  collectSometimes() {
    if (this.random(3_000) === 0) this.gc();
    else if (this.random(200) === 0) this.gc({ type: 'minor' });
  }

  /** The claims that did not hold. */
  get failures() {
    return [...this.#failures.keys()];
  }

  /** Prints the verdict and sets the exit code; the process then ends by itself, since that is tested as well. */
  finish(counts) {
    const shown = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
    const line = [this.#name, `seed ${this.#seed}`, ...shown].join(', ');
    if (this.#failures.size === 0) {
      console.log(`ok ${line}`);
      return;
    }
    console.log(`WRONG ${line}`);
    for (const [claim, times] of [...this.#failures].slice(0, shownFailures)) console.log(`  ${times} x ${claim}`);
    process.exitCode = 1;
  }
}

module.exports = { createRandom, Program };
