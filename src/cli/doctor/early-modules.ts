/** What runs before Node is patched: preloads, and what a program loads before it calls patchAll() itself. */
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';

import type { AnyNode, Program } from 'acorn';
import { ancestor, full } from 'acorn-walk';

import { isLoader } from '../../patch/engine/loader-options';
import { COPIES_THAT_STAY } from './copies';
import type { Finding } from './finding';
import { boundNames, parseFile, refersTo, requiredBy } from './syntax';

/** A module that runs before the patch. */
export interface EarlyModule {
  readonly specifier: string;
  readonly from: string;
}

// A tree of more is looked at as far as that.
const MOST_FILES = 3000;
const ADVICE = 'Start with "node --import unblock/loader", before anything else, which needs no order of modules.';

/** What of a program is evaluated before it calls `patchAll()`; undefined if it never does. */
export function modulesBeforePatch(entry: string): EarlyModule[] | undefined {
  const program = parseFile(entry);
  if (program === undefined) return undefined;
  const call = patchCall(program);
  if (call === undefined) return undefined;
  return topLevelModules(program, call)
    .filter((specifier) => !isOurs(specifier))
    .map((specifier) => ({ specifier, from: entry }));
}

/** Whether a preload is, or loads, the loader, or calls `patchAll()`. */
export function makesCooperative({ specifier, from }: EarlyModule): boolean {
  if (isLoader(specifier)) return true;
  const file = locate(specifier, from);
  const program = file === undefined ? undefined : parseFile(file);
  if (program === undefined) return false;
  return patchCall(program) !== undefined || topLevelModules(program, Infinity).some(isLoader);
}

/** Whether a specifier is that of the package itself. */
export function isOurs(specifier: string): boolean {
  return isLoader(specifier) || /^unblock(\/|$)|\/unblock\/dist\//.test(specifier);
}

/**
 * Looks for what such modules take out of Node's modules for good.
 *
 * @param where how they come to be early, such as `--require`
 */
export function checkEarlyModules(where: string, early: readonly EarlyModule[], root: string): Finding[] {
  const files = evaluated(early);
  if (files.size === 0) return [];
  const findings = [...files].flatMap(([file, program]) => capturesIn(file, program, where, root));
  if (findings.length > 0) return findings;
  return [
    {
      code: 'early-module',
      severity: 'note',
      where,
      what:
        `${early.map(({ specifier }) => specifier).join(', ')} ${early.length > 1 ? 'run' : 'runs'} before Node is patched ` +
        '(the program warns of it, UNBLOCK_LATE_PATCH); nothing that is read there keeps a function that would still block',
      advice: ADVICE,
    },
  ];
}

function capturesIn(file: string, program: Program, where: string, root: string): Finding[] {
  const copies = [...boundNames(topLevel(program)).values()].filter(
    ({ module, name, isLive }) => !isLive && name !== undefined && COPIES_THAT_STAY[module]?.includes(name),
  );
  if (copies.length === 0) return [];
  const names = [...new Set(copies.map(({ module, name }) => `${module}.${name!}`))];
  return [
    {
      code: 'early-capture',
      severity: 'warning',
      where: `${path.relative(root, file)}:${copies[0]!.line}`,
      what: `takes ${names.join(', ')} before Node is patched (${where}): by that name it blocks the process`,
      advice: ADVICE,
    },
  ];
}

// Every file that is run with these, and what is in it.
function evaluated(early: readonly EarlyModule[]): Map<string, Program> {
  const files = new Map<string, Program>();
  const seen = new Set<string>();
  const queue = [...early];
  for (const { specifier, from } of queue) {
    const file = locate(specifier, from);
    if (file === undefined || seen.has(file) || seen.size >= MOST_FILES) continue;
    seen.add(file);
    const program = /\.[cm]?js$/.test(file) ? parseFile(file) : undefined;
    if (program === undefined) continue;
    files.set(file, program);
    queue.push(...topLevelModules(program, Infinity).map((each) => ({ specifier: each, from: file })));
  }
  return files;
}

function locate(specifier: string, from: string): string | undefined {
  if (isBuiltin(specifier) || isOurs(specifier)) return undefined;
  try {
    return createRequire(from).resolve(specifier.startsWith('file:') ? new URL(specifier).pathname : specifier);
  } catch {
    return undefined;
  }
}

// Where `patchAll()` is called at the top level.
function patchCall(program: Program): number | undefined {
  const names = boundNames(everything(program));
  const calls = topLevel(program).filter(
    (node) =>
      node.type === 'CallExpression' &&
      (refersTo(node.callee, names, 'unblock/patch', 'patchAll') ||
        refersTo(node.callee, names, 'unblock', 'patchAll')),
  );
  return calls[0]?.start;
}

// An `import` is evaluated before the file that it stands in.
function topLevelModules(program: Program, end: number): string[] {
  return topLevel(program).flatMap((node) => {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return [String(node.source.value)];
    if (node.type === 'ExportNamedDeclaration') return node.source ? [String(node.source.value)] : [];
    const required = node.type === 'CallExpression' && node.start < end ? requiredBy(node) : undefined;
    return required === undefined ? [] : [required];
  });
}

function everything(program: Program): AnyNode[] {
  const nodes: AnyNode[] = [];
  full(program, (node) => void nodes.push(node as AnyNode));
  return nodes.sort((one, other) => one.start - other.start);
}

// Without what is in functions, which run later if at all; but those of which it can be seen that they run at once.
function topLevel(program: Program): AnyNode[] {
  const nodes: AnyNode[] = [];
  const note = (node: unknown, _state: unknown, above: AnyNode[]): void => {
    if (above.every((each, index) => !isFunction(each) || runsAtOnce(each, above.slice(0, index)))) {
      nodes.push(node as AnyNode);
    }
  };
  ancestor(program, {
    ImportDeclaration: note,
    ExportAllDeclaration: note,
    ExportNamedDeclaration: note,
    VariableDeclarator: note,
    AssignmentExpression: note,
    CallExpression: note,
  });
  return nodes.sort((one, other) => one.start - other.start);
}

type AnyFunction = AnyNode & { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' };

function isFunction(node: AnyNode): node is AnyFunction {
  return /Function/.test(node.type);
}

// It is called where it stands, `(() => {})()` or `(function () {}).call(this)`, or it is a module of a bundle.
function runsAtOnce(node: AnyFunction, above: readonly AnyNode[]): boolean {
  const [outer, parent] = [above.at(-2), above.at(-1)];
  const isCalled = (call: AnyNode | undefined, callee: AnyNode | undefined): boolean =>
    call?.type === 'CallExpression' && call.callee === callee;
  if (isCalled(parent, node)) return true;
  if (parent?.type === 'MemberExpression' && parent.object === node && isCalled(outer, parent)) return true;
  return node.params.some((each) => each.type === 'Identifier' && /^(exports|module)$/.test(each.name));
}
