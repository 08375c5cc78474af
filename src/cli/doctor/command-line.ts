/** Command lines, as far as they start Node: from scripts of a package.json, and from variables such as NODE_OPTIONS. */

/** One start of Node in a command line. */
export interface NodeCommand {
  readonly options: readonly string[];
  /** Undefined if none is given, as with `--test`. */
  readonly program: string | undefined;
}

// Of Node's options, those that take the next word.
const WITH_VALUE =
  /^(-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions|--title|--input-type)$/;
const SEPARATOR = /^(&&|\|\||;|\||&)$/;
const NODE = /(^|\/)node(\.exe)?$/;
const ASSIGNMENT = /^([A-Za-z_]\w*)=([^]*)$/;

/** Takes a line apart into words, as a shell, and Node for NODE_OPTIONS, do. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, word = ''] of line.matchAll(/((?:"(?:\\[^]|[^"\\])*"|'[^']*'|\\[^]|&&|\|\||[;&|]|[^\s"'\\;&|]+)+)/g)) {
    words.push(...splitSeparators(word));
  }
  return words;
}

/** Every start of Node that a script has. */
export function nodeCommandsIn(script: string): NodeCommand[] {
  const commands: NodeCommand[] = [];
  let words: string[] = [];
  for (const word of [...wordsOf(script), ';']) {
    if (!SEPARATOR.test(word)) {
      words.push(word);
      continue;
    }
    const start = words.findIndex((each) => NODE.test(each));
    if (start !== -1 && words.slice(0, start).every(mayComeBefore)) commands.push(commandOf(words.slice(start + 1)));
    words = [];
  }
  return commands;
}

/** The values that a script gives to NODE_OPTIONS for its commands. */
export function nodeOptionsIn(script: string): string[] {
  return wordsOf(script).flatMap((word) => {
    const [, name, value = ''] = ASSIGNMENT.exec(word) ?? [];
    return name === 'NODE_OPTIONS' ? [value] : [];
  });
}

// Variables, and programs that start what follows as it is.
function mayComeBefore(word: string): boolean {
  return ASSIGNMENT.test(word) || /^(env|cross-env|exec|time|nice|c8|nyc|npx)$/.test(word);
}

function commandOf(words: readonly string[]): NodeCommand {
  let end = 0;
  while (end < words.length && words[end]!.startsWith('-')) end += WITH_VALUE.test(words[end]!) ? 2 : 1;
  return { options: words.slice(0, end), program: words[end] };
}

function splitSeparators(text: string): string[] {
  const parts = text.match(/"(?:\\[^]|[^"\\])*"|'[^']*'|\\[^]|&&|\|\||[;&|]|[^"'\\;&|]+/g) ?? [];
  const words = [''];
  for (const part of parts) {
    if (SEPARATOR.test(part)) words.push(part, '');
    else words[words.length - 1] += unquoted(part);
  }
  return words.filter((word) => word !== '');
}

function unquoted(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  if (part.startsWith('"')) return part.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return part.replace(/^\\([^])$/, '$1');
}
