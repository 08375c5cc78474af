import { invalidArgType } from '../../core/errors';

/** A function of a module, as the module has it. */
export type ModuleFunction = (this: unknown, ...args: never[]) => unknown;

/** Makes the cooperative form of a function from the original. */
export type MakeCooperative = (original: ModuleFunction) => ModuleFunction;

/** What is replaced in one core module, and by what. */
export interface PatchTable {
  /** The module's name, without `node:`. */
  readonly module: string;
  /** Name of a function -> how its cooperative form is made. */
  readonly implements: Readonly<Record<string, MakeCooperative>>;
}

/**
 * Declares a table; nothing is applied.
 *
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for an entry that is no function
 */
export function definePatch(table: PatchTable): PatchTable {
  for (const [name, make] of Object.entries(table.implements)) {
    if (typeof make !== 'function') throw invalidArgType(`implements.${name}`, 'a function', make);
  }
  return Object.freeze(table);
}
