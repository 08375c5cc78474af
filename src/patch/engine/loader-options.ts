/** The loader among the options of Node: by them a process has it, and hands it on to its threads and forks. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from '../../core/support';

const FILE = path.join(ROOT, 'loader.mjs');
const ADDRESSES = [FILE, pathToFileURL(FILE).href];
const LOADER = /(^|\/)unblock\/loader(\.mjs)?(\?|$)/;
// Words between spaces, where there may be some within quotes.
const WORD = /(?:[^\s"]|"(?:\\[^]|[^"\\])*")+/g;

/** Whether a specifier is that of the loader, of whichever copy of the package. */
export function isLoader(specifier: string): boolean {
  return LOADER.test(specifier) || ADDRESSES.some((address) => specifier.startsWith(address));
}

/** Whether the loader is imported by options such as `['--import', 'unblock/loader']`. */
export function hasLoader(options: readonly string[]): boolean {
  return valuesOf(options, '--import').some(isLoader);
}

/** The values of an option in a list such as `['-r', 'a', '--require=b']`. */
export function valuesOf(options: readonly string[], ...names: string[]): string[] {
  return options.flatMap((option, index) => {
    // A program may have given a thread what is no text.
    const [name = '', ...value] = String(option).split('=');
    if (!names.includes(name)) return [];
    const given = value.length > 0 ? value.join('=') : options[index + 1];
    return given === undefined ? [] : [given];
  });
}

/** The options in the variable NODE_OPTIONS, taken apart as Node does it. */
export function nodeOptionsOf({ NODE_OPTIONS = '' }: NodeJS.ProcessEnv): string[] {
  return (NODE_OPTIONS.match(WORD) ?? []).map((word) => word.replace(/\\([^])|"/g, '$1'));
}
