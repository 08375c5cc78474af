/** The checks of arguments that many calls have in common. */
import { types } from 'node:util';

import { invalidArgType, outOfRange, unknownOption } from './errors';

/**
 * Throws unless a value can say how long something may take.
 *
 * @param timeout milliseconds; undefined, null and Infinity are for ever
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for another type; {RangeError} ERR_OUT_OF_RANGE for NaN and below 0
 */
export function checkTimeout(timeout: unknown, name = 'timeout'): asserts timeout is number | null | undefined {
  if (timeout === undefined || timeout === null) return;
  if (typeof timeout !== 'number') throw invalidArgType(name, 'a number of milliseconds, null or undefined', timeout);
  if (!(timeout >= 0)) throw outOfRange(name, '0 or more', timeout);
}

/** Throws unless a value is a whole number of at least `least`. */
export function checkCount(count: unknown, name: string, least: number): asserts count is number {
  if (typeof count !== 'number') throw invalidArgType(name, 'a number', count);
  if (!Number.isSafeInteger(count) || count < least) throw outOfRange(name, `a whole number >= ${least}`, count);
}

/** Throws unless a value can be called. */
export function checkFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalidArgType(name, 'a function', value);
}

/** Throws unless a value is an error. */
export function checkError(value: unknown, name: string): asserts value is Error {
  if (!(value instanceof Error || types.isNativeError(value))) throw invalidArgType(name, 'an error', value);
}

/** Throws unless a value can be iterated over. */
export function checkIterable(value: unknown, name: string, expected = 'an iterable'): void {
  if (typeof (value as Iterable<unknown> | null | undefined)?.[Symbol.iterator] !== 'function') {
    throw invalidArgType(name, expected, value);
  }
}

/** Throws unless a value is an object, or undefined, that has no other options than these. */
export function checkOptions(options: unknown, names: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw invalidArgType('options', 'an object', options);
  for (const name in options) if (!names.includes(name)) throw unknownOption(name, names);
}

/**
 * Reads the option of what the process may stay alive for.
 *
 * @returns whether it does; true unless given
 */
export function readRef(options: { ref?: boolean }): boolean {
  checkOptions(options, ['ref']);
  const { ref = true } = options;
  if (typeof ref !== 'boolean') throw invalidArgType('options.ref', 'a boolean', ref);
  return ref;
}

/** How a call behaves that may have to wait. */
export interface BlockOptions {
  /** Whether to wait; true unless given. */
  block?: boolean;
  /** How long at most, in milliseconds; for ever unless given. */
  timeout?: number | null;
}

const BLOCK_OPTIONS = ['block', 'timeout'];

/** Throws for BlockOptions that cannot be. */
export function checkBlockOptions(options: BlockOptions | undefined): void {
  if (options === undefined) return;
  checkOptions(options, BLOCK_OPTIONS);
  const { block, timeout } = options;
  if (block !== undefined && typeof block !== 'boolean') throw invalidArgType('options.block', 'a boolean', block);
  checkTimeout(timeout, 'options.timeout');
}
