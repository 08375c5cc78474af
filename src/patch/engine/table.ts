import { checkFunction } from '../../core/argument-checks';
import { invalidArgType } from '../../core/errors';

/** A function of a module, as the module has it. */
export type ModuleFunction = (this: unknown, ...args: never[]) => unknown;

/** Makes the cooperative form of a function from the original. */
export type MakeCooperative = (original: ModuleFunction) => ModuleFunction;

/** What is replaced in one module, and by what. Names may reach into a class: `Socket.prototype.connect`. */
export interface PatchSource {
  /** Name of a function that is replaced -> how its cooperative form is made. */
  readonly implements?: Readonly<Record<string, MakeCooperative>>;
  /**
   * Node's C++ functions that the module's own functions call: name of the binding -> name of the function -> how its
   * cooperative form is made. All that a program sees of a call is then still made by Node's own code.
   */
  readonly beneath?: Readonly<Record<string, Readonly<Record<string, MakeCooperative>>>>;
  /** The names of the module that cooperate because of what is beneath. */
  readonly covers?: readonly string[];
  /** Functions that the module does not have: name -> the function. */
  readonly extensions?: Readonly<Record<string, ModuleFunction>>;
  /** Names that look as if they blocked, and are left alone -> why. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** The table of a core module. */
export interface PatchTable extends PatchSource {
  /** The module's name, without `node:`. */
  readonly module: string;
  /** Whether Node's loaders of modules call it: it is patched only where they are kept from being suspended. */
  readonly isForLoaders?: boolean;
  /** What holds the names, if it is no module that can be required. */
  readonly target?: object;
}

/**
 * Declares a table; nothing is applied.
 *
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for an entry that is no function
 *
 * Source: `__implements__`, `__extensions__` and `__imports__` of gevent's modules.
 */
export function definePatch(table: PatchTable): PatchTable {
  checkSource(table);
  return Object.freeze(table);
}

/** Throws for what cannot be a source of patches. */
export function checkSource(source: PatchSource): void {
  if (typeof source !== 'object' || source === null) throw invalidArgType('source', 'an object', source);
  const { implements: replaced = {}, beneath = {}, extensions = {} } = source;
  for (const [name, make] of Object.entries(replaced)) checkFunction(make, `source.implements.${name}`);
  for (const [name, added] of Object.entries(extensions)) checkFunction(added, `source.extensions.${name}`);
  for (const [binding, functions] of Object.entries(beneath)) {
    for (const [name, make] of Object.entries(functions)) checkFunction(make, `source.beneath.${binding}.${name}`);
  }
}

/** Every name of a module that a source makes cooperative, or adds. */
export function namesOf({ implements: replaced = {}, covers = [], extensions = {} }: PatchSource): string[] {
  return [...Object.keys(replaced), ...covers, ...Object.keys(extensions)];
}
