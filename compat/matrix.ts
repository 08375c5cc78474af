// The hand-kept truth about packages: what matrix.jsonc says, checked entry by entry.

/** Plain Node; under the loader, untouched; under the loader, many at once that block in every callback. */
export const modes = ['plain', 'loader', 'crowd'] as const;
export type Mode = (typeof modes)[number];

export const statuses = ['works', 'partial', 'fails', 'untested'] as const;
export type Status = (typeof statuses)[number];

/** One package, or one version of it. */
export interface Entry {
  /** As it is installed; `node:` and a name for what comes with Node. */
  readonly package: string;
  /** As in package.json. */
  readonly range: string;
  /** The heading that it stands under. */
  readonly group: string;
  readonly status: Status;
  /** Why it does not work, or is not tested. */
  readonly reason: string | undefined;
  /** The file in cases/, without its ending. */
  readonly case: string | undefined;
  /** The lines that the package itself supports; undefined for all. */
  readonly lines: readonly string[] | undefined;
  /** Mode -> the lines on which it is expected to fail. */
  readonly fails: Readonly<Partial<Record<Mode, readonly string[]>>>;
  /** Servers that have to listen on this machine. */
  readonly needs: readonly string[];
  /** Whether it is part of the short form. */
  readonly short: boolean;
}

export interface Matrix {
  readonly entries: readonly Entry[];
  /** What is wrong with an entry that is left out, in a sentence that names it. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const known = ['package', 'range', 'group', 'status', 'reason', 'case', 'lines', 'fails', 'needs', 'short'];

/**
 * Checks a matrix. An entry with a mistake is left out, and told of; the others are not concerned.
 *
 * @param value what matrix.jsonc holds
 * @param lines the Node lines there are
 * @param servers the names of the servers that an entry may need
 */
export function readMatrix(value: unknown, lines: readonly string[], servers: readonly string[]): Matrix {
  if (!Array.isArray(value)) return { entries: [], problems: ['the matrix is no list of packages'] };
  const entries: Entry[] = [];
  const problems: string[] = [];
  for (const [index, each] of value.entries()) {
    const mistake = mistakeIn(each, lines, servers);
    const name = nameOf(each) ?? `entry ${index + 1}`;
    if (mistake !== undefined) problems.push(`${name}: ${mistake}`);
    else if (entries.some((other) => other.package === name)) problems.push(`${name}: it is there twice`);
    else entries.push(entryOf(each as Fields, lines));
  }
  return { entries, problems };
}

/** The names of all entries, those with a mistake too. */
export function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((each) => nameOf(each) ?? []) : [];
}

function nameOf(value: unknown): string | undefined {
  const name = isFields(value) ? value['package'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function mistakeIn(value: unknown, lines: readonly string[], servers: readonly string[]): string | undefined {
  if (!isFields(value)) return 'it is no object';
  const { status, reason, case: file, fails = {}, lines: own = lines, needs = [], short = false } = value;
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) return `the field ${unknown} is not known`;
  const empty = ['package', 'range', 'group'].find((field) => typeof value[field] !== 'string' || value[field] === '');
  if (empty !== undefined) return `the field ${empty} has to be a text`;
  if (!statuses.some((each) => each === status)) return `the status has to be one of ${statuses.join(', ')}`;
  if (!isOptionalText(reason) || !isOptionalText(file)) return 'reason and case have to be texts';
  if (status === 'works' ? reason !== undefined : reason === undefined) {
    return status === 'works' ? 'what works has no reason' : 'what does not just work has a reason';
  }
  if ((status === 'untested') !== (file === undefined)) return 'there is a case unless it is untested';
  if (!isListOf(own, lines)) return `lines are some of ${lines.join(', ')}`;
  if (!isListOf(needs, servers)) return `needs are some of ${servers.join(', ')}`;
  if (typeof short !== 'boolean') return 'short is true or false';
  return mistakeInFailures(fails, String(status), own);
}

function mistakeInFailures(fails: unknown, status: string, lines: readonly string[]): string | undefined {
  const shape = `fails says for ${modes.slice(1).join(' and ')} "all" or which of the lines ${lines.join(', ')}`;
  if (!isFields(fails)) return shape;
  for (const [mode, where] of Object.entries(fails)) {
    if (mode === 'plain' || !modes.some((each) => each === mode)) return shape;
    if (where !== 'all' && !isListOf(where, lines)) return shape;
  }
  const expectsFailure = Object.keys(fails).length > 0;
  const mayFail = status === 'partial' || status === 'fails';
  return expectsFailure === mayFail ? undefined : 'fails is there for what is partial or fails, and only then';
}

function entryOf(fields: Fields, lines: readonly string[]): Entry {
  const { lines: own, fails = {}, needs = [], short = false, ...rest } = fields;
  const where = Object.entries(fails as Record<string, 'all' | string[]>).map(([mode, some]) => [
    mode,
    some === 'all' ? (own ?? lines) : some,
  ]);
  const defaults = { reason: undefined, case: undefined };
  return { ...defaults, ...rest, lines: own, fails: Object.fromEntries(where) as unknown, needs, short } as Entry;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '');
}

function isListOf(value: unknown, choices: readonly string[]): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => choices.includes(each as string));
}
