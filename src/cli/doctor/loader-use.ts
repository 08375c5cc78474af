import path from 'node:path';

import type { Application } from './application';
import { checkEarlyModules, type EarlyModule, isOurs, modulesBeforePatch } from './early-modules';
import type { Finding } from './finding';
import { type OptionPlace, valuesOf } from './option-places';

// Scripts that start an application, and not its tools.
const STARTS = /^(start|dev|serve|server|worker)(:|$)/;

/** Checks that the application is started with the loader, and what comes before it. */
export function checkLoaderUse(application: Application, places: readonly OptionPlace[]): Finding[] {
  const { root, entry } = application;
  const before = entry === undefined ? undefined : modulesBeforePatch(entry);
  const findings =
    before === undefined || before.length === 0
      ? []
      : checkEarlyModules(`before patchAll() in ${path.relative(root, entry!)}`, before, root);
  for (const place of places) findings.push(...checkPreloads(place, root));
  if (before !== undefined || isEverywhere(places)) return findings;
  return [...findings, ...places.flatMap((place) => checkStart(place))];
}

function hasLoader(options: readonly string[]): boolean {
  return valuesOf(options, '--import', '--require', '-r').some(isOurs);
}

// Node takes these for every program.
function isEverywhere(places: readonly OptionPlace[]): boolean {
  return places.some(({ where, options }) => /^(NODE_OPTIONS|\.npmrc)/.test(where) && hasLoader(options));
}

// Node runs all of --require before the first --import.
function checkPreloads({ where, options }: OptionPlace, root: string): Finding[] {
  if (!hasLoader(options)) return [];
  const imports = valuesOf(options, '--import');
  const loader = imports.findIndex(isOurs);
  const specifiers = [...valuesOf(options, '--require', '-r'), ...imports.slice(0, Math.max(loader, 0))];
  const early: EarlyModule[] = specifiers
    .filter((specifier) => !isOurs(specifier))
    .map((specifier) => ({ specifier, from: path.join(root, 'package.json') }));
  return early.length === 0 ? [] : checkEarlyModules(where, early, root);
}

function checkStart({ where, options, script, program }: OptionPlace): Finding[] {
  if (script === undefined || program === undefined || !STARTS.test(script) || hasLoader(options)) return [];
  if (/(^|[/.])unblock([/.]|$)/.test(program)) return [];
  return [
    {
      code: 'no-loader',
      severity: 'note',
      where,
      what: `starts ${program} without the loader: its blocking calls block the process, as ever`,
      advice: `Put it in: node --import unblock/loader ${program}`,
    },
  ];
}
