import { ConfigError, invalidArgType } from './errors';
import { type Config, readSetting, type Setting, settings } from './settings';

export type { Config } from './settings';

type Name = keyof Config;

const NAMES = Object.keys(settings) as Name[];
const followers = new Map<Name, Array<() => void>>();
let values: Config | undefined;

/**
 * Reads the configuration from `UNBLOCK_*` variables.
 *
 * @param environment the variables, `process.env` as a rule
 * @throws {ConfigError} for a value out of range or of another form
 * @example readConfig({ UNBLOCK_STACK_SIZE: '256kb' }).stackSize // 262144
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const read = NAMES.map((name) => [name, readSetting(settings[name] as Setting, environment)]);
  return Object.freeze(Object.fromEntries(read) as Config);
}

/**
 * The options as they are now: from the environment, which is read once, unless `setConfig` has set others.
 *
 * @example config.maxBlockingTime // 100
 *
 * Source: `gevent.config`.
 */
export const config: Config = Object.freeze(
  Object.defineProperties(
    {} as Config,
    Object.fromEntries(NAMES.map((name) => [name, { enumerable: true, get: () => current()[name] }])),
  ),
);

/**
 * Sets options; they win over the environment. Best done first of all: what is there already, such as a stack, stays as it
 * is, and a timeline that is being written (`trace`) keeps its file.
 *
 * @param changes the options to set; the others stay
 * @throws {ConfigError} for an option that does not exist, a value that it cannot have, and one that cannot be set any
 *   more; nothing is set then
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for what is no object
 * @example setConfig({ watchdog: true, maxBlockingTime: 50 });
 *
 * Source: setting an attribute of `gevent.config`.
 */
export function setConfig(changes: Partial<Config>): void {
  if (typeof changes !== 'object' || changes === null) throw invalidArgType('changes', 'an object', changes);
  const names = Object.keys(changes) as Name[];
  for (const name of names) check(name, changes[name]);
  const before = current();
  values = Object.freeze({ ...before, ...changes });
  const changed = names.filter((name) => values![name] !== before[name]);
  try {
    for (const follow of new Set(changed.flatMap((name) => followers.get(name) ?? []))) follow();
  } catch (error) {
    values = before;
    throw error;
  }
}

/** Has a function called whenever one of these options has been set to something else. Internal. */
export function onConfig(names: readonly Name[], follow: () => void): void {
  for (const name of names) followers.set(name, [...(followers.get(name) ?? []), follow]);
}

function current(): Config {
  return (values ??= readConfig(process.env));
}

function check(name: string, value: unknown): void {
  if (!Object.hasOwn(settings, name)) throw new ConfigError(`There is no option '${name}'`);
  const { kind } = settings[name as Name];
  if (!kind.accepts(value)) throw new ConfigError(`The option ${name} must be ${kind.range}, not ${String(value)}`);
}
