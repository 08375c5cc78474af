import path from 'node:path';

import type { AnyNode, Expression, Program, SpreadElement } from 'acorn';
import { full } from 'acorn-walk';

import { hasLoader, valuesOf } from '../../patch/engine/loader-options';
import { wordsOf } from './command-line';
import type { LoaderWay } from './loader-use';
import { type Bound, boundNames, isModuleText, keyOf, literalsOf, refersTo, textOf } from './syntax';

/** A worker, or a process, that a program starts without the loader. */
export interface PlainWorker {
  readonly line: number;
  readonly why: string;
}

type Argument = Expression | SpreadElement | undefined;

/** Options that a worker is given, as far as they are written there. */
interface GivenOptions {
  readonly known: readonly string[];
  /** Whether there are no others, such as those of the process. */
  readonly isWhole: boolean;
}

/** What the names of a file stand for. */
interface Names {
  readonly bound: ReadonlyMap<string, Bound>;
  readonly texts: ReadonlyMap<string, string>;
}

const NOT_GIVEN: GivenOptions = { known: [], isWhole: false };
const CALLS_PATCH = /\bpatchAll\(|\bunblock\/loader\b/;

/** Whether a file may start one: most need not be parsed. */
export function mayStartPlainWorkers(text: Buffer): boolean {
  const hasOptions = text.includes('execArgv') || text.includes('env');
  return text.includes('worker_threads')
    ? hasOptions || text.includes('eval')
    : hasOptions && text.includes('child_process') && text.includes('fork');
}

/**
 * Finds the workers of a file that Node starts without the loader, as far as that is written there.
 *
 * @param ways how the process that runs the file may come to have the loader
 */
export function plainWorkersIn(program: Program, ways: readonly LoaderWay[]): PlainWorker[] {
  const nodes: AnyNode[] = [];
  full(program, (node) => void nodes.push(node as AnyNode));
  nodes.sort((one, other) => one.start - other.start);
  const names = { bound: boundNames(nodes), texts: literalsOf(nodes) };
  return nodes.flatMap((node) => {
    const why = whyPlain(node, names, ways);
    return why === undefined ? [] : [{ line: node.loc!.start.line, why }];
  });
}

/** How a place in a file is named. */
export function placeOf(file: string, root: string, line: number): string {
  return `${path.relative(root, file)}:${line}`;
}

function whyPlain(node: AnyNode, names: Names, ways: readonly LoaderWay[]): string | undefined {
  if (node.type === 'NewExpression' && refersTo(node.callee, names.bound, 'worker_threads', 'Worker')) {
    const [script, options] = node.arguments;
    return whyTextIsPlain(script, options, names) ?? whyLoaderIsLost(options, ways);
  }
  if (node.type === 'CallExpression' && refersTo(node.callee, names.bound, 'child_process', 'fork')) {
    return whyLoaderIsLost(node.arguments.at(-1), ways);
  }
  return undefined;
}

// Of an ES module Node knows what it is by its syntax, or is told so.
function whyTextIsPlain(script: Argument, options: Argument, { texts }: Names): string | undefined {
  if (!isTrue(optionOf(options, 'eval'))) return undefined;
  const text = script?.type === 'Identifier' ? texts.get(script.name) : textOf(script);
  const [type] = valuesOf(execArgvIn(options).known, '--input-type');
  const isModule = type === undefined ? text !== undefined && isModuleText(text) : type.startsWith('module');
  if (isModule || (text !== undefined && CALLS_PATCH.test(text))) return undefined;
  return 'eval: true, for which Node runs no --import unless the text is an ES module';
}

// Options and variables that are not given are those of the process.
function whyLoaderIsLost(options: Argument, ways: readonly LoaderWay[]): string | undefined {
  const [execArgv, nodeOptions] = [execArgvIn(options), nodeOptionsIn(options)];
  if (hasLoader(execArgv.known) || hasLoader(nodeOptions.known)) return undefined;
  const lost = ways.find(
    ({ byOption, byVariable }) => (!byOption || execArgv.isWhole) && (!byVariable || nodeOptions.isWhole),
  );
  if (lost === undefined) return undefined;
  return lost.byOption ? 'an execArgv without the loader' : 'an env without the NODE_OPTIONS that have the loader';
}

function execArgvIn(options: Argument): GivenOptions {
  const value = optionOf(options, 'execArgv');
  if (value?.type !== 'ArrayExpression') return NOT_GIVEN;
  const texts = value.elements.map((each) => textOf(each));
  const known = texts.filter((text) => text !== undefined);
  return { known, isWhole: known.length === texts.length };
}

function nodeOptionsIn(options: Argument): GivenOptions {
  const value = optionOf(options, 'env');
  if (value?.type !== 'ObjectExpression') return NOT_GIVEN;
  let given: GivenOptions = { known: [], isWhole: true };
  for (const each of value.properties) {
    if (each.type === 'SpreadElement' || each.computed) given = NOT_GIVEN;
    else if (keyOf(each.key) === 'NODE_OPTIONS') {
      const text = textOf(each.value);
      given = text === undefined ? NOT_GIVEN : { known: wordsOf(text), isWhole: true };
    }
  }
  return given;
}

function optionOf(options: Argument, name: string): Expression | undefined {
  if (options?.type !== 'ObjectExpression') return undefined;
  for (const each of options.properties) {
    if (each.type === 'Property' && !each.computed && keyOf(each.key) === name) return each.value;
  }
  return undefined;
}

// Minified, true is !0.
function isTrue(node: Expression | undefined): boolean {
  if (node?.type === 'Literal') return node.value === true;
  return (
    node?.type === 'UnaryExpression' &&
    node.operator === '!' &&
    node.argument.type === 'Literal' &&
    !node.argument.value
  );
}
