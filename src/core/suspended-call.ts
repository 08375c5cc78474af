/** Where a greenlet is suspended, read off its frames: the call that has not returned, and the program's frames below. */
import { join, sep } from 'node:path';

const OURS = join(__dirname, '..') + sep;
const FRAME = /^ {4}at (?:(?:async )?(.*?) (?:\[as [^\]]*\] )?\()?(.*?)\)?$/;

/** What the frames of a greenlet tell. */
export interface SuspendedCall {
  /** The call, as the program has written it: `Queue.get`, `sleep`, `crypto.scryptSync`; undefined if it made none. */
  readonly call: string | undefined;
  /** The program's frames, innermost first. */
  readonly stack: string;
}

/** Says to which module a function belongs that a patch has put in place of another. */
type ModuleFinder = (name: string) => string | undefined;

let findModule: ModuleFinder = () => undefined;

/** Sets how the modules of patched functions are found; for those who patch. */
export function setModuleFinder(find: ModuleFinder): void {
  findModule = find;
}

/** Reads the lines of a stack that has been captured inside of the call. */
export function readSuspendedCall(lines: readonly string[]): SuspendedCall {
  const first = lines.findIndex((line) => isProgram(placeOf(line)));
  const below = first === -1 ? lines.length : first;
  return {
    call: below === 0 ? undefined : nameCall(lines[below - 1]!),
    stack: lines.filter((line) => !placeOf(line).includes(OURS)).join('\n'),
  };
}

function nameCall(line: string): string | undefined {
  const [, name, place = ''] = FRAME.exec(line) ?? [];
  if (name === undefined) return undefined;
  const bare = name.replace(/^(?:Object|Module|Function)\./, '');
  if (bare.includes('.') || bare.startsWith('new ')) return bare;
  const module = /^node:(?:internal\/)?(\w+)/.exec(place)?.[1] ?? findModule(bare);
  return module === undefined ? bare : `${module}.${bare}`;
}

function placeOf(line: string): string {
  return FRAME.exec(line)?.[2] ?? '';
}

// Neither ours, nor Node's, nor built into the language.
function isProgram(place: string): boolean {
  return !place.includes(OURS) && !place.startsWith('node:') && place !== '<anonymous>' && place !== 'native';
}
