import { ConfigError } from './errors';

/** The options of the core, read from the environment once. */
export interface Config {
  /** Bytes of stack per greenlet; pages that are not touched cost nothing. */
  readonly stackSize: number;
  /** Whether an unmapped page ends each stack. Off, more than about 32 000 greenlets fit under `vm.max_map_count`. */
  readonly stackGuard: boolean;
  /** How many finished greenlets' stacks are kept for the next ones. */
  readonly stackPool: number;
  /** Whether a kill or a timeout that was caught on its way is thrown again; see `setStickyCancellation`. */
  readonly stickyCancellation: boolean;
}

const KIB = 1024;
// V8 gives the main stack 984 KiB; 64 KiB below its limit are left to C++ that does not check, and a little to us.
const DEFAULT_STACK_SIZE = 1088 * KIB;

/**
 * Reads the configuration from `UNBLOCK_*` variables.
 *
 * @param environment the variables, `process.env` as a rule
 * @throws {ConfigError} for a value out of range or of another form
 * @example readConfig({ UNBLOCK_STACK_SIZE: '262144' }).stackSize // 262144
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return Object.freeze({
    stackSize: integer(environment, 'UNBLOCK_STACK_SIZE', DEFAULT_STACK_SIZE, 160 * KIB, 1024 * KIB * KIB),
    stackGuard: flag(environment, 'UNBLOCK_STACK_GUARD', true),
    stackPool: integer(environment, 'UNBLOCK_STACK_POOL', 128, 0, 1_000_000),
    stickyCancellation: flag(environment, 'UNBLOCK_STICKY_CANCELLATION', false),
  });
}

function integer(environment: NodeJS.ProcessEnv, name: string, preset: number, least: number, most: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return preset;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new ConfigError(`${name} must be a whole number from ${least} to ${most}, not '${text}'`);
}

function flag(environment: NodeJS.ProcessEnv, name: string, preset: boolean): boolean {
  const text = environment[name]?.toLowerCase();
  if (text === undefined || text === '') return preset;
  if (['1', 'true', 'on', 'yes'].includes(text)) return true;
  if (['0', 'false', 'off', 'no'].includes(text)) return false;
  throw new ConfigError(`${name} must be 1, true, on, yes, 0, false, off or no, not '${environment[name]}'`);
}
