// The half of the matrix that is about Node's own modules. Nothing in it is kept by hand: it is what the tables say.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import type { ModuleFacts } from './core-facts';

/** A core module, with what is the same on all lines and what is not. */
export interface CoreModule {
  readonly module: string;
  /** The lines that have the module. */
  readonly lines: readonly string[];
  /** Name -> the lines on which it cooperates. */
  readonly cooperates: ReadonlyMap<string, readonly string[]>;
  readonly adds: readonly string[];
  readonly left: Readonly<Record<string, string>>;
  readonly untouched: string | undefined;
}

/** Asks each Node what its modules have, and puts the answers together. */
export function readCore(lines: readonly string[], nodeOf: (line: string) => string): CoreModule[] {
  return mergeCore(new Map(lines.map((line) => [line, factsOn(nodeOf(line))])));
}

/** Line -> its facts, as one row per module. */
export function mergeCore(byLine: ReadonlyMap<string, readonly ModuleFacts[]>): CoreModule[] {
  const names = new Set([...byLine.values()].flatMap((facts) => facts.map(({ module }) => module)));
  return [...names].sort().map((module) => {
    const seen = [...byLine].flatMap(([line, facts]) =>
      facts.filter((each) => each.module === module).map((fact) => ({ line, fact })),
    );
    const cooperates = new Map<string, string[]>();
    for (const { line, fact } of seen) {
      for (const name of fact.cooperates) cooperates.set(name, [...(cooperates.get(name) ?? []), line]);
    }
    return {
      module,
      lines: seen.map(({ line }) => line),
      cooperates,
      adds: [...new Set(seen.flatMap(({ fact }) => fact.adds))].sort(),
      left: Object.assign({}, ...seen.map(({ fact }) => fact.left)) as Record<string, string>,
      untouched: seen.at(-1)?.fact.untouched,
    };
  });
}

function factsOn(node: string): ModuleFacts[] {
  const program = path.join(__dirname, 'core-facts.js');
  return JSON.parse(execFileSync(node, [program], { encoding: 'utf8' })) as ModuleFacts[];
}
