import nodeCrypto from 'node:crypto';

import { begin } from './engine/begin';
import { cooperate } from './engine/cooperate';
import { definePatch, type MakeCooperative, type ModuleFunction } from './engine/table';

type Predicate = (args: readonly unknown[]) => boolean;

// What is smaller takes less time than the way to a thread and back.
const MANY_BYTES = 64 * 1024;
const MANY_ROUNDS = 100;
const BIG_PRIME_BITS = 128;

const always: Predicate = () => true;
const bytesAt =
  (index: number): Predicate =>
  (args) =>
    sizeOf(args[index]) >= MANY_BYTES;
const numberAt =
  (index: number, least: number): Predicate =>
  ({ [index]: value }) =>
    typeof value === 'number' && value >= least;

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  const { byteLength } = Object(data) as { byteLength?: unknown };
  return typeof byteLength === 'number' ? byteLength : 0;
}

function hasManyBits([, options]: readonly unknown[]): boolean {
  const { length } = Object(options) as { length?: unknown };
  return typeof length === 'number' && length >= 8 * MANY_BYTES;
}

function isBigCandidate([candidate]: readonly unknown[]): boolean {
  if (typeof candidate === 'bigint') return candidate >= 1n << BigInt(BIG_PRIME_BITS);
  return sizeOf(candidate) >= BIG_PRIME_BITS / 8;
}

/**
 * The form with a callback, which has a thread do the work, for calls that are worth it. Both forms check their arguments
 * at once: what the one refuses is left to the other, which says it in its own words.
 *
 * @param name the form with a callback
 * @param isWorthwhile whether a call takes longer than the way to a thread and back
 * @param resultOf makes what the blocking form returns from what the callback is given
 */
function onThread(
  name: string,
  isWorthwhile: Predicate,
  resultOf: (results: readonly unknown[]) => unknown = ([result]) => result,
): MakeCooperative {
  const start = Reflect.get(nodeCrypto, name) as ModuleFunction;
  return (original) =>
    cooperate((self, args) => {
      // A function in the place of an option would be taken for the callback.
      if (!isWorthwhile(args) || args.some((arg) => typeof arg === 'function'))
        return Reflect.apply(original, self, args);
      let waiter;
      try {
        waiter = begin(start, undefined, withoutTrailingUndefined(args));
      } catch {
        return Reflect.apply(original, self, args);
      }
      return resultOf(waiter.get());
    })(original);
}

// The forms with a callback tell an option that is left out by the number of their arguments.
function withoutTrailingUndefined(args: readonly unknown[]): unknown[] {
  const length = args.findLastIndex((arg) => arg !== undefined) + 1;
  return args.slice(0, length);
}

/** Key derivation, keys, primes, signatures and much randomness: computing that a thread can do. */
export const crypto = definePatch({
  module: 'crypto',
  implements: {
    argon2Sync: onThread('argon2', always),
    checkPrimeSync: onThread('checkPrime', isBigCandidate),
    generateKeyPairSync: onThread('generateKeyPair', always, ([publicKey, privateKey]) => ({ publicKey, privateKey })),
    generateKeySync: onThread('generateKey', hasManyBits),
    generatePrimeSync: onThread('generatePrime', numberAt(0, BIG_PRIME_BITS)),
    hkdfSync: onThread('hkdf', bytesAt(1)),
    pbkdf2Sync: onThread('pbkdf2', numberAt(2, MANY_ROUNDS)),
    randomBytes: onThread('randomBytes', numberAt(0, MANY_BYTES)),
    randomFillSync: onThread('randomFill', bytesAt(0)),
    scryptSync: onThread('scrypt', always),
    sign: onThread('sign', always),
    verify: onThread('verify', bytesAt(1)),
  },
  imports: {
    createDiffieHellman: 'it has no form that works on a thread',
    diffieHellman: 'a few microseconds',
    randomInt: 'a few bytes',
  },
});
