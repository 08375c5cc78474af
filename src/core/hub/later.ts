import { critical } from './critical';

/**
 * Another module of ours, loaded at its first use: for what few programs use, so that the others do not wait for it at their
 * start. Nobody else runs meanwhile: to the program it is a part of the call that needs it. Who asks names the module's
 * types as well, by which its place among the layers is checked.
 *
 * @param load the `require` of the file that asks
 * @param specifier the module, as in an import
 * @returns what gives its exports
 */
export function later<T>(load: NodeJS.Require, specifier: string): () => T {
  let exports: T | undefined;
  return () => (exports ??= critical(() => load(specifier) as T));
}
