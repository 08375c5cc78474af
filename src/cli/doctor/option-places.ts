import fs from 'node:fs';
import path from 'node:path';

import type { Application } from './application';
import { nodeCommandsIn, nodeOptionsIn, wordsOf } from './command-line';

/** Options for Node, and where they were found. */
export interface OptionPlace {
  readonly where: string;
  readonly options: readonly string[];
  /** Those of them that come by NODE_OPTIONS: the first ones. */
  readonly variable: readonly string[];
  /** The script of package.json that starts a program with them. */
  readonly script?: string;
  /** What the options come before, if that is said there. */
  readonly program?: string;
}

/**
 * Every place from which Node gets options when the application is started.
 *
 * @param environment the variables of the process that is to start it
 */
export function optionPlaces({ root, manifest }: Application, environment: NodeJS.ProcessEnv): OptionPlace[] {
  const inVariable = (where: string, options: readonly string[]): OptionPlace => ({
    where,
    options,
    variable: options,
  });
  const places = [inVariable('NODE_OPTIONS', wordsOf(environment.NODE_OPTIONS ?? ''))];
  for (const [script, text] of Object.entries(manifest?.scripts ?? {})) {
    const where = `package.json, script "${script}"`;
    const shared = nodeOptionsIn(text).flatMap(wordsOf);
    const commands = nodeCommandsIn(text);
    for (const { options, program } of commands) {
      const place = { where, options: [...shared, ...options], variable: shared, script };
      places.push(program === undefined ? place : { ...place, program });
    }
    if (commands.length === 0) places.push(inVariable(where, shared));
  }
  places.push(inVariable('.npmrc, node-options', npmOptions(path.join(root, '.npmrc'))));
  for (const name of ['.mocharc.json', '.mocharc.jsonc']) {
    places.push({ where: name, options: mochaOptions(path.join(root, name)), variable: [] });
  }
  return places.filter(({ options, program }) => options.length > 0 || program !== undefined);
}

function textOf(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

function npmOptions(file: string): string[] {
  const line = /^\s*node-options\s*=\s*(.*)$/m.exec(textOf(file));
  return line === null ? [] : wordsOf(line[1]!.trim().replace(/^(["'])(.*)\1$/, '$2'));
}

// Mocha's option names have no dashes in front there.
function mochaOptions(file: string): string[] {
  const found = /"(?:node-option|nodeOption|n)"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(textOf(file));
  const words = [...(found?.[1] ?? '').matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
  return words.flatMap((word) => wordsOf(word.startsWith('-') ? word : `--${word}`));
}
