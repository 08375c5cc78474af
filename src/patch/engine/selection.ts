/** Which modules are to be patched: read from options, a variable, and the loader's query. */
import { ConfigError, unknownOption } from '../../core/errors';

/** Module -> whether it is to be patched. */
export type Selection = Record<string, boolean>;

const WORDS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  1: true,
  '': true,
  off: false,
  false: false,
  0: false,
};

/** All modules, or none. */
export function selectAll(modules: readonly string[], isSelected: boolean): Selection {
  return Object.fromEntries(modules.map((module) => [module, isSelected]));
}

/**
 * Reads a list such as `fs,net` (these and no others) or `-crypto` (all others).
 *
 * @throws {ConfigError} for a module that cannot be patched
 *
 * Source: the command line of `gevent.monkey`.
 */
export function selectByList(modules: readonly string[], list: string, origin: string): Selection {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const selection = selectAll(modules, words.length === 0 || words.every((word) => word.startsWith('-')));
  for (const word of words) {
    const module = word.replace(/^[-+]/, '').replace(/^node:/, '');
    checkModule(modules, module, origin);
    selection[module] = !word.startsWith('-');
  }
  return selection;
}

/**
 * Reads what an URL such as `unblock/loader?fs=off` has to say on top of a selection.
 *
 * @throws {ConfigError} for a module that cannot be patched, and for a value that is neither on nor off
 */
export function selectByQuery(modules: readonly string[], query: string, selection: Selection): Selection {
  const result = { ...selection };
  for (const [module, text] of new URLSearchParams(query)) {
    checkModule(modules, module, "the loader's query");
    const value = WORDS[text.toLowerCase()];
    if (value === undefined) throw new ConfigError(`${module} must be on or off in the loader's query, not '${text}'`);
    result[module] = value;
  }
  return result;
}

/**
 * Adds a program's options to a selection.
 *
 * @throws {TypeError} ERR_INVALID_ARG_VALUE for a module that cannot be patched
 */
export function selectByOptions(
  modules: readonly string[],
  options: Readonly<Partial<Selection>>,
  selection: Selection,
): Selection {
  const result = { ...selection };
  for (const [module, value] of Object.entries(options)) {
    if (!modules.includes(module)) throw unknownOption(module, modules);
    if (value !== undefined) result[module] = Boolean(value);
  }
  return result;
}

function checkModule(modules: readonly string[], module: string, origin: string): void {
  if (!modules.includes(module)) {
    throw new ConfigError(
      `There is no module '${module}' to patch, as ${origin} has it; there is ${modules.join(', ')}`,
    );
  }
}
