import { createRequire } from 'node:module';

/**
 * Another module, loaded at its first use: for what few programs use, so that the others do not wait for it at their start.
 * The file that asks names the module's types as well, by which its place among the layers is checked.
 *
 * @param from the file that asks
 * @param specifier the module, as in an import
 * @returns what gives its exports
 * @example const runInfo = later<typeof import('./run-info')>(__filename, './run-info');
 */
export function later<T>(from: string, specifier: string): () => T {
  let exports: T | undefined;
  return () => (exports ??= createRequire(from)(specifier) as T);
}
