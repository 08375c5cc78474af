/** Where a greenlet is suspended, read off its frames: the call that has not returned, and the program's frames below. */
import { join, sep } from 'node:path';

const OURS = join(__dirname, '..', '..') + sep;
const FRAME = /^ {4}at (?:(?:async )?(.*?) (?:\[as ([^\]]*)\] )?\()?(.*?)\)?$/;

/** What the frames of a greenlet tell. */
export interface SuspendedCall {
  /** The call, as the program has written it: `Queue.get`, `sleep`, `crypto.scryptSync`; undefined if it made none. */
  readonly call: string | undefined;
  /** The frames outside of that call, innermost first, without ours. */
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
  const places = lines.map(placeOf);
  const first = places.findIndex(isProgram);
  const below = first === -1 ? lines.length : first;
  return {
    call: below === 0 ? undefined : nameCall(lines[below - 1]!),
    stack: lines.filter((_, index) => index >= below && !isOurs(places[index]!)).join('\n'),
  };
}

function nameCall(line: string): string | undefined {
  const [, name, alias, place = ''] = FRAME.exec(line) ?? [];
  if (name === undefined) return undefined;
  // The functions of Node often have names of no meaning to anybody else, ours those of what they replace.
  const bare = (isOurs(place) ? undefined : alias) ?? name.replace(/^(?:Object|Module|Function)\./, '');
  if (bare.includes('.') || bare.startsWith('new ')) return bare;
  const module = /^node:(?:internal\/)?(\w+)/.exec(place)?.[1] ?? findModule(bare);
  return module === undefined ? bare : `${module}.${bare}`;
}

function placeOf(line: string): string {
  return FRAME.exec(line)?.[3] ?? '';
}

function isOurs(place: string): boolean {
  return place.includes(OURS);
}

// Neither ours, nor Node's, nor built into the language.
function isProgram(place: string): boolean {
  return !isOurs(place) && !place.startsWith('node:') && place !== '<anonymous>' && place !== 'native';
}
