import path from 'node:path';

import { hasLoader, isLoader, valuesOf } from '../../patch/engine/loader-options';
import type { Application } from './application';
import { checkEarlyModules, type EarlyModule, isOurs, makesCooperative, modulesBeforePatch } from './early-modules';
import type { Finding } from './finding';
import type { OptionPlace } from './option-places';

// Scripts that start an application, and not its tools.
const STARTS = /^(start|dev|serve|server|worker)(:|$)/;

/** How a process gets the loader: by its own options, by NODE_OPTIONS, or both. */
export interface LoaderWay {
  readonly byOption: boolean;
  readonly byVariable: boolean;
}

/** The ways in which the application is started with the loader; as its users are told to, if none is found. */
export function loaderWays(places: readonly OptionPlace[]): LoaderWay[] {
  const byVariable = isEverywhere(places);
  const ways = places
    .filter((place) => !isForAll(place))
    .map(({ options, variable }) => ({
      byOption: hasLoader(options.slice(variable.length)),
      byVariable: byVariable || hasLoader(variable),
    }))
    .filter((way) => way.byOption || way.byVariable);
  return ways.length > 0 ? ways : [{ byOption: !byVariable, byVariable }];
}

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
  return [...findings, ...places.flatMap((place) => checkStart(place, root))];
}

// Node takes these for every program.
function isForAll({ where }: OptionPlace): boolean {
  return /^(NODE_OPTIONS|\.npmrc)/.test(where);
}

function isEverywhere(places: readonly OptionPlace[]): boolean {
  return places.some((place) => isForAll(place) && hasLoader(place.options));
}

// Node runs all of --require before the first --import.
function checkPreloads({ where, options }: OptionPlace, root: string): Finding[] {
  if (!hasLoader(options)) return [];
  const imports = valuesOf(options, '--import');
  const loader = imports.findIndex(isLoader);
  const specifiers = [...valuesOf(options, '--require', '-r'), ...imports.slice(0, loader)];
  const early: EarlyModule[] = specifiers
    .filter((specifier) => !isOurs(specifier))
    .map((specifier) => preloadOf(specifier, root));
  return early.length === 0 ? [] : checkEarlyModules(where, early, root);
}

function preloadOf(specifier: string, root: string): EarlyModule {
  return { specifier, from: path.join(root, 'package.json') };
}

function checkStart({ where, options, script, program }: OptionPlace, root: string): Finding[] {
  if (script === undefined || program === undefined || !STARTS.test(script)) return [];
  const preloads = valuesOf(options, '--require', '-r', '--import').map((specifier) => preloadOf(specifier, root));
  if (preloads.some(makesCooperative)) return [];
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
