/** The examples in the documentation: found, and run. */
import module from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

import * as unblock from '../../src/index';
import { repoRoot } from './spawn-script';

/** An example, and where it stands. */
export interface DocExample {
  /** The file, and what is documented there. */
  readonly title: string;
  readonly source: string;
  /** What it finds declared, besides what the package exports: what its own file does. */
  readonly scope: object;
}

const load = module.createRequire(__filename);

/** Removes types, from Node 22 on; undefined before. */
type StripTypes = (source: string) => string;

/** What `node:module` has for it, without which examples cannot be run. */
export const stripTypes = Reflect.get(module, 'stripTypeScriptTypes') as StripTypes | undefined;

/** Whether this Node knows `using` declarations. */
export const knowsUsing = isSyntax('{ using none = null; }');

// A line that is an expression, and then, as a comment, a literal.
const CLAIM = /^([^\s=;](?:(?! = )[^;\n])*\)); \/\/ ('[^'\n]*'|-?\d+|\[.*\]|true|false)(?:,.*)?$/gm;

/** The examples of all documentation comments of a source file, relative to the root. */
export function examplesIn(file: string): DocExample[] {
  const text = fs.readFileSync(path.join(repoRoot, file), 'utf8');
  const found: DocExample[] = [];
  for (const comment of text.matchAll(/^( *)\/\*\*((?:(?!\*\/)[^])*)\*\/\n(.*)/gm)) {
    const [, , body = '', declaration = ''] = comment;
    const lines = body.split('\n').map((line) => line.replace(/^ *\* ?/, ''));
    const start = lines.findIndex((line) => line.startsWith('@example'));
    if (start === -1) continue;
    const rest = lines.slice(start + 1).findIndex((line) => /^(@|Source: |Has no twin)/.test(line));
    const end = rest === -1 ? lines.length : start + 1 + rest;
    const source = [lines[start]!.replace('@example', ''), ...lines.slice(start + 1, end)].join('\n').trim();
    found.push({
      title: `${file}: ${nameIn(declaration)}`,
      source,
      scope: load(path.join(repoRoot, 'dist', file.replace(/ts$/, 'js'))),
    });
  }
  return found;
}

/** The JavaScript of a Markdown file, relative to the root: each block by itself. */
export function blocksIn(file: string): DocExample[] {
  const text = fs.readFileSync(path.join(repoRoot, file), 'utf8');
  return [...text.matchAll(/^ *```(?:js|ts)\n([^]*?)^ *```$/gm)].map(([, source = ''], index) => ({
    title: `${file}: block ${index + 1}`,
    source,
    scope: {},
  }));
}

function nameIn(declaration: string): string {
  return (
    /(?:class|function|const)\s+(\w+)|^\s+(?:static |override |protected )*([\w[\].]+)/
      .exec(declaration)
      ?.slice(1)
      .find(Boolean) ?? declaration
  );
}

/**
 * Runs an example, which finds the package's exports and some more names. Where it says what an expression evaluates to,
 * as in `get(); // 42`, that is checked.
 *
 * @param stubs what it takes for granted
 * @param check is told of each such claim
 * @returns what it returns; a promise if it awaits
 */
export function runExample(
  { source, scope }: DocExample,
  stubs: Readonly<Record<string, unknown>>,
  check: (actual: unknown, claimed: unknown) => void,
): unknown {
  const checked = source
    .replace(/^import .*$/gm, '')
    .replace(CLAIM, (line, expression: string, value: string) =>
      /console/.test(line) ? line : `check(${expression}, ${value});`,
    );
  const kind = /\bawait\b/.test(source.replace(/async [^]*?\n}/g, '')) ? 'async function' : 'function';
  const js = stripTypes!(`${kind} example() {\n${checked}\n}`);
  return (new Function('scope', `with (scope) { ${js}\nreturn example(); }`) as (scope: object) => unknown)({
    ...unblock,
    ...scope,
    ...stubs,
    check,
  });
}

function isSyntax(source: string): boolean {
  try {
    new Function(source);
    return true;
  } catch {
    return false;
  }
}
