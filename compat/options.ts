// What `npm run compat` is told, checked before anything is run: a name with a slip would else mean that nothing is.
import os from 'node:os';
import { parseArgs } from 'node:util';

import { modes } from './matrix';
import { lines } from './places';
import type { Choice } from './plan';

export const usage = `npm run compat -- [options]
  --lines 20,24       the Node lines; all unless given
  --packages a,b      the packages; all unless given
  --modes plain,crowd the modes; all unless given
  --short             the packages of the short form alone
  --fresh             forget what earlier runs have found
  --workers 2         how many programs at once
  --limit 60          seconds until a program is killed`;

export interface Options {
  readonly choice: Choice;
  readonly fresh: boolean;
  readonly workers: number;
  /** Milliseconds until a program is killed. */
  readonly limit: number;
}

/**
 * Reads the arguments.
 *
 * @param args without Node and the script
 * @param packages every name in the matrix
 * @returns what they say; undefined if they ask for help
 * @throws Error that names what is not known, with what is
 */
export function readOptions(args: string[], packages: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ lines: text, packages: text, modes: text, short: flag, fresh: flag, help: flag },
      workers: { ...text, default: String(Math.min(os.availableParallelism(), 8)) },
      limit: { ...text, default: '60' },
    },
  });
  if (values.help) return undefined;
  return {
    choice: {
      lines: chosenIn(values.lines, '--lines', lines) ?? lines,
      packages: chosenIn(values.packages, '--packages', packages),
      modes: chosenIn(values.modes, '--modes', modes) ?? modes,
      short: values.short,
    },
    fresh: values.fresh,
    workers: numberIn(values.workers, '--workers'),
    limit: numberIn(values.limit, '--limit') * 1000,
  };
}

function chosenIn<Name extends string>(
  text: string | undefined,
  option: string,
  known: readonly Name[],
): Name[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',');
  const unknown = names.filter((name) => !known.includes(name as Name));
  if (unknown.length > 0) throw new Error(`${option}: not known: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

function numberIn(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option}: ${text} is no whole number from 1 on`);
  return number;
}
