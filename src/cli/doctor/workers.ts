import path from 'node:path';

import type { AnyNode, Expression, Program, SpreadElement } from 'acorn';
import { full } from 'acorn-walk';

import { isOurs } from './early-modules';
import { boundNames, keyOf, refersTo, textOf } from './syntax';

/** A worker, or a process, that a program starts without the loader. */
export interface PlainWorker {
  readonly line: number;
  readonly why: string;
}

type Argument = Expression | SpreadElement | undefined;

/** Whether a file may start one: most need not be parsed. */
export function mayStartPlainWorkers(text: Buffer): boolean {
  const hasOptions = text.includes('execArgv');
  return text.includes('worker_threads')
    ? hasOptions || text.includes('eval')
    : hasOptions && text.includes('child_process');
}

/** Finds the workers of a file that Node starts without the loader, as far as that is written there. */
export function plainWorkersIn(program: Program): PlainWorker[] {
  const nodes: AnyNode[] = [];
  full(program, (node) => void nodes.push(node as AnyNode));
  const names = boundNames(nodes.sort((one, other) => one.start - other.start));
  return nodes.flatMap((node) => {
    const why = whyPlain(node, names);
    return why === undefined ? [] : [{ line: node.loc!.start.line, why }];
  });
}

/** How a place in a file is named. */
export function placeOf(file: string, root: string, line: number): string {
  return `${path.relative(root, file)}:${line}`;
}

function whyPlain(node: AnyNode, names: ReturnType<typeof boundNames>): string | undefined {
  if (node.type === 'NewExpression' && refersTo(node.callee, names, 'worker_threads', 'Worker')) {
    if (isTrue(optionOf(node.arguments[1], 'eval'))) return 'eval: true, for which Node runs no --import';
    return leavesLoaderOut(optionOf(node.arguments[1], 'execArgv'));
  }
  if (node.type === 'CallExpression' && refersTo(node.callee, names, 'child_process', 'fork')) {
    return leavesLoaderOut(optionOf(node.arguments.at(-1), 'execArgv'));
  }
  return undefined;
}

function leavesLoaderOut(value: Expression | undefined): string | undefined {
  if (value?.type !== 'ArrayExpression') return undefined;
  const isKnown = value.elements.every((each) => each?.type !== 'SpreadElement' && textOf(each) !== undefined);
  const hasLoader = value.elements.some((each) => isOurs(textOf(each) ?? ''));
  return isKnown && !hasLoader ? 'an execArgv without the loader' : undefined;
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
