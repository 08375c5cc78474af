// Prints what the patch tables say about every module of the Node that runs this file, as JSON. Started by core.ts.
import { builtinModules, isBuiltin } from 'node:module';

import { patchable, tableOf, untouched } from '../src/patch/index';

/** One core module on one Node line. */
export interface ModuleFacts {
  readonly module: string;
  /** Names that suspend the greenlet where Node's block the process. */
  readonly cooperates: readonly string[];
  /** Names that Node does not have. */
  readonly adds: readonly string[];
  /** Names that look as if they blocked, and are left alone -> why. */
  readonly left: Readonly<Record<string, string>>;
  /** Why the module has no table; undefined if it has one. */
  readonly untouched: string | undefined;
}

function factsOf(module: string): ModuleFacts {
  const none = { module, cooperates: [], adds: [], left: {}, untouched: untouched[module] };
  if (!patchable.includes(module)) return none;
  const { implements: replaced = {}, covers = [], extensions = {}, imports = {}, target } = tableOf(module);
  const exported = target ?? (require(module) as object);
  const isThere = (name: string): boolean => has(exported, name.split('.'));
  return {
    module,
    cooperates: [...Object.keys(replaced), ...covers].filter(isThere).sort(),
    adds: Object.keys(extensions).sort(),
    left: Object.fromEntries(Object.entries(imports).filter(([name]) => isThere(name))),
    untouched: undefined,
  };
}

function has(owner: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null || !(name in owner)) return false;
  return rest.length === 0 || has((owner as Record<string, unknown>)[name], rest);
}

// What can be had with `node:` alone is not in that list on every line.
const prefixed = Object.keys(untouched).filter((name) => isBuiltin(`node:${name}`));
const modules = [...builtinModules, ...prefixed]
  .map((name) => name.replace(/^node:/, ''))
  .filter((name) => !name.startsWith('_'));
const facts = [...new Set([...modules, ...patchable])].sort().map(factsOf);
process.stdout.write(JSON.stringify(facts));
