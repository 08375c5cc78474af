import fs from 'node:fs';

import { type AnyNode, type Options, parse, type Program } from 'acorn';

/** A name of a file that stands for a module of Node's, or for something in one. */
export interface Bound {
  /** Without `node:`. */
  readonly module: string;
  /** Undefined for the module itself. */
  readonly name: string | undefined;
  /** Whether it follows what is patched later: an `import` does, what was taken out of a `require` does not. */
  readonly isLive: boolean;
  readonly line: number;
}

const OPTIONS: Options = {
  ecmaVersion: 'latest',
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
};

/** Reads a file; undefined if it is no JavaScript that can be parsed. */
export function parseFile(file: string): Program | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(text, { ...OPTIONS, sourceType });
    } catch {
      // Then it is the other, or none.
    }
  }
  return undefined;
}

/** Whether Node takes a text for an ES module: by its syntax, which no script could have. */
export function isModuleText(text: string): boolean {
  const isParsable = (sourceType: 'module' | 'script'): boolean => {
    try {
      parse(text, { ecmaVersion: 'latest', allowReturnOutsideFunction: sourceType === 'script', sourceType });
      return true;
    } catch {
      return false;
    }
  };
  return !isParsable('script') && isParsable('module');
}

/** The module that an expression requires, through whatever helper of a compiler; undefined if none. */
export function requiredBy(node: AnyNode | null | undefined): string | undefined {
  if (node?.type === 'AwaitExpression') return requiredBy(node.argument);
  if (node?.type === 'ImportExpression') return textOf(node.source);
  if (node?.type !== 'CallExpression') return undefined;
  if (node.callee.type === 'Identifier' && node.callee.name === 'require') return textOf(node.arguments[0]);
  return node.arguments.map((argument) => requiredBy(argument)).find((module) => module !== undefined);
}

/** The text of a literal without parts to fill in. */
export function textOf(node: AnyNode | null | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** The names of a file that stand for one text each, and never for anything else. */
export function literalsOf(nodes: Iterable<AnyNode>): Map<string, string> {
  const values = new Map<string, AnyNode | undefined>();
  for (const node of nodes) {
    const [target, value] =
      node.type === 'VariableDeclarator'
        ? [node.id, node.init]
        : node.type === 'AssignmentExpression'
          ? [node.left, node.right]
          : [];
    if (target?.type === 'Identifier')
      values.set(target.name, values.has(target.name) ? undefined : (value ?? undefined));
  }
  const texts = new Map<string, string>();
  for (const [name, value] of values) {
    const text = textOf(value);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

/** The name of a property, as far as it is written there. */
export function keyOf(node: AnyNode): string | undefined {
  return node.type === 'Identifier' ? node.name : textOf(node);
}

/**
 * What the names of a file stand for, as far as modules are concerned.
 *
 * @param statements where to look: what is at the top of the file, or everything in it
 */
export function boundNames(statements: Iterable<AnyNode>): Map<string, Bound> {
  const names = new Map<string, Bound>();
  for (const node of statements) {
    if (node.type === 'ImportDeclaration') bindImports(node, names);
    else if (node.type === 'VariableDeclarator') bindDeclared(node.id, node.init, names);
    else if (node.type === 'AssignmentExpression') bindDeclared(node.left, node.right, names);
  }
  return names;
}

function plain(module: string): string {
  return module.replace(/^node:/, '');
}

function bindImports(node: AnyNode & { type: 'ImportDeclaration' }, names: Map<string, Bound>): void {
  const module = plain(String(node.source.value));
  for (const each of node.specifiers) {
    const name = each.type === 'ImportSpecifier' ? keyOf(each.imported) : undefined;
    names.set(each.local.name, { module, name, isLive: true, line: node.loc!.start.line });
  }
}

function bindDeclared(target: AnyNode, value: AnyNode | null | undefined, names: Map<string, Bound>): void {
  const source = valueOf(value, names);
  if (source === undefined) return;
  const line = target.loc!.start.line;
  if (target.type === 'Identifier') names.set(target.name, { ...source, isLive: false, line });
  if (target.type !== 'ObjectPattern' || source.name !== undefined) return;
  for (const property of target.properties) {
    if (property.type !== 'Property' || property.value.type !== 'Identifier') continue;
    names.set(property.value.name, { module: source.module, name: keyOf(property.key), isLive: false, line });
  }
}

// `require('m')`, `require('m').name`, `m.name`.
function valueOf(
  node: AnyNode | null | undefined,
  names: ReadonlyMap<string, Bound>,
): { module: string; name: string | undefined } | undefined {
  const required = requiredBy(node);
  if (required !== undefined) return { module: plain(required), name: undefined };
  if (isAtomics(node)) return { module: 'Atomics', name: undefined };
  if (node?.type === 'Identifier') {
    const bound = names.get(node.name);
    return bound?.name === undefined ? bound : undefined;
  }
  if (node?.type !== 'MemberExpression' || node.computed) return undefined;
  const owner = valueOf(node.object, names);
  return owner === undefined || owner.name !== undefined
    ? undefined
    : { module: owner.module, name: keyOf(node.property) };
}

// Found without a `require`, and called as if it were a module.
function isAtomics(node: AnyNode | null | undefined): boolean {
  if (node?.type === 'Identifier') return node.name === 'Atomics';
  const isMember = node?.type === 'MemberExpression' && !node.computed && keyOf(node.property) === 'Atomics';
  return isMember && node.object.type === 'Identifier' && /^global(This)?$/.test(node.object.name);
}

/** Whether an expression is this name of this module: `Worker`, `threads.Worker`, `require('m').Worker`. */
export function refersTo(node: AnyNode, names: ReadonlyMap<string, Bound>, module: string, name: string): boolean {
  if (node.type === 'Identifier') {
    const bound = names.get(node.name);
    return bound?.module === module && bound.name === name;
  }
  if (node.type === 'SequenceExpression') return refersTo(node.expressions.at(-1)!, names, module, name);
  const value = valueOf(node, names);
  return value?.module === module && value.name === name;
}
